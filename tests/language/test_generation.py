"""Generation: reproduced, forced, continued, stopped and invalid texts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from playground.core import recipe as recipes
from playground.core.errors import PlaygroundError
from playground.language.comparison import first_difference, generate_pair
from playground.language.generation import Generation, describe_difference, generate, load, templated_prompt
from playground.language.sampling import SamplerSettings
from playground.language.stored_example import (
    REQUESTS,
    TEXT,
    first_logits,
    generate_example,
    is_from_elsewhere,
    stored_example,
    stored_position,
)
from playground.language.text_request import TextRequest, read_request, request_from

PROMPT = "Once upon a time"


def last_report(request: TextRequest, known: Generation | None = None) -> Generation:
    *_, last = generate(request, known)
    return last


def ids(text: Generation) -> list[int]:
    return [token.id for token in text.tokens]


def test_the_same_request_gives_the_same_text_and_another_seed_a_different_one(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=20, seed=4)
    first, second = last_report(request), last_report(request)
    assert first.tokens == second.tokens and len(first.tokens) == 20
    assert ids(last_report(replace(request, seed=5))) != ids(first)


def test_greedy_equals_generate_of_transformers(llama: str, gpt2: str) -> None:
    import torch

    for model in (llama, gpt2):
        loaded = load(model)
        text = last_report(
            TextRequest(PROMPT, model=model, max_new_tokens=24, sampler=SamplerSettings(temperature=0.0))
        )
        prompt = torch.tensor([[token.id for token in text.prompt]])
        theirs = loaded.decoder.model.generate(prompt, max_new_tokens=24, do_sample=False, pad_token_id=0)
        assert ids(text) == theirs[0, prompt.shape[1] :].tolist()


def test_greedy_with_a_penalty_equals_generate_of_transformers(llama: str) -> None:
    import torch

    loaded = load(llama)
    settings = SamplerSettings(temperature=0.0, repetition_penalty=1.4)
    text = last_report(TextRequest(PROMPT, model=llama, max_new_tokens=24, sampler=settings))
    prompt = torch.tensor([[token.id for token in text.prompt]])
    theirs = loaded.decoder.model.generate(
        prompt, max_new_tokens=24, do_sample=False, repetition_penalty=1.4, pad_token_id=0
    )
    assert ids(text) == theirs[0, prompt.shape[1] :].tolist()


def test_the_tokens_join_to_the_decoded_text(llama: str) -> None:
    loaded = load(llama)
    prompt = "né à Paris 🙂 東京 <|im_end|> \x00 \n"
    text = last_report(TextRequest(prompt, model=llama, max_new_tokens=40, seed=2))
    assert "".join(token.text for token in text.prompt) == prompt
    whole = loaded.tokenizer.decode([token.id for token in (*text.prompt, *text.tokens)])
    joined = "".join(token.text for token in (*text.prompt, *text.tokens))
    assert whole.rstrip("\ufffd") == joined.rstrip("\ufffd")
    assert any(token.bytes for token in text.prompt)


def test_each_token_has_its_probability_rank_and_alternatives(llama: str) -> None:
    import numpy as np
    import torch

    text = last_report(TextRequest(PROMPT, model=llama, max_new_tokens=6))
    loaded = load(llama)
    tokens = [*text.prompt, *text.tokens]
    with torch.inference_mode():
        logits = loaded.decoder.model(torch.tensor([[token.id for token in tokens]])).logits[0]
    shares = torch.softmax(logits.double(), -1).numpy()
    assert tokens[0].probability is None and tokens[0].alternatives == ()
    for place, token in enumerate(tokens[1:]):
        share = shares[place]
        assert token.probability == pytest.approx(share[token.id], rel=1e-3)
        assert token.surprisal_bits == pytest.approx(-np.log2(share[token.id]), abs=1e-2)
        assert token.rank == 1 + (share > share[token.id]).sum()
        best = np.argsort(-share)[:10]
        assert {other.id for other in token.alternatives} == set(best.tolist())
        assert [other.probability for other in token.alternatives] == sorted(
            (other.probability for other in token.alternatives), reverse=True
        )


def test_forced_tokens_are_at_their_positions(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=12, seed=1)
    free = last_report(request)
    forced = last_report(replace(request, forced=(None, None, 77)))
    assert ids(forced)[:2] == ids(free)[:2] and ids(forced)[2] == 77
    assert [token.forced for token in forced.tokens[:4]] == [False, False, True, False]
    assert ids(last_report(replace(request, forced=(77, 78)))) != ids(free)


def test_a_branch_from_known_tokens_equals_one_generated_from_the_start(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=20, seed=3)
    base = last_report(request)
    branch = replace(request, forced=(None,) * 7 + (90,))
    known = replace(base, request=branch, tokens=base.tokens[:7], finish_reason="")
    assert last_report(branch, known).tokens == last_report(branch).tokens


def test_a_continued_text_equals_one_generated_at_once(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=10, seed=8)
    short = last_report(request)
    longer = replace(request, max_new_tokens=25)
    assert last_report(longer, replace(short, finish_reason="")).tokens == last_report(longer).tokens


def test_the_recipe_of_a_stopped_text_reproduces_exactly_its_tokens(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=100, seed=8)
    writer = generate(request)
    text = next(text for text in writer if text.tokens)
    writer.close()
    stopped = text.stopped()
    again = last_report(request_from(stopped.recipe()))
    assert stopped.finish_reason == "stopped" and again.tokens == stopped.tokens


def test_a_link_alone_reproduces_the_text(llama: str) -> None:
    settings = SamplerSettings(1.4, 30, 0.9, 0.01, 0.95, 1.2)
    request = TextRequest(
        'Q: "a&b" <i>é 🙂</i>\n',
        model=llama, max_new_tokens=15, seed=2**40, sampler=settings, forced=(None, 60), decoder="open"
    )  # fmt: skip
    text = last_report(request)
    recipe = recipes.from_query(text.recipe().to_query())
    assert request_from(recipe) == request
    again = last_report(request_from(recipe))
    assert again.tokens == text.tokens and describe_difference(recipe, again) == ""


def test_a_rewound_prompt_is_in_the_recipe(llama: str) -> None:
    text = last_report(TextRequest(PROMPT, mode="chat", model=llama, max_new_tokens=5, prompt_tokens=4, forced=(70,)))
    assert len(text.prompt) == 4
    again = last_report(request_from(recipes.from_query(text.recipe().to_query())))
    assert again.prompt == text.prompt and again.tokens == text.tokens


def test_a_different_result_is_described_with_its_likely_cause(llama: str) -> None:
    text = last_report(TextRequest(PROMPT, model=llama, max_new_tokens=8))
    theirs = text.recipe()
    other = replace(theirs, result=recipes.pack_ids([*ids(text)[:3], (ids(text)[3] + 1) % 384, *ids(text)[4:]]))
    assert describe_difference(other, text).startswith("token 4 is ")
    assert "weights differ" in describe_difference(replace(other, weights_sha256="0" * 64), text)
    assert "tokens here" in describe_difference(replace(theirs, result=recipes.pack_ids(ids(text) + [5])), text)


def test_the_end_token_ends_a_text_but_is_not_part_of_it(llama: str) -> None:
    text = last_report(TextRequest(PROMPT, model=llama, max_new_tokens=20, forced=(60, 2)))
    assert text.finish_reason == "eos" and len(text.tokens) == 2
    assert text.tokens[1].special and "<|im_end|>" not in text.text


@pytest.mark.slow
def test_a_full_context_ends_a_text(llama: str) -> None:
    settings = SamplerSettings(temperature=0.0)
    text = last_report(TextRequest(PROMPT * 6, model=llama, max_new_tokens=500, sampler=settings))
    if text.finish_reason != "eos":
        assert text.finish_reason == "context"
        assert len(text.prompt) + len(text.tokens) == 128


def test_chat_wraps_the_prompt_in_the_models_own_template(llama: str) -> None:
    request = TextRequest("Hi", mode="chat", model=llama, max_new_tokens=3, system="Be kind")
    expected = "<|im_start|>system\nBe kind<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    assert templated_prompt(request) == expected
    text = last_report(request)
    assert "".join(token.text for token in text.prompt) == expected
    assert [token.special for token in text.prompt].count(True) == 5


def test_chat_without_a_template_is_an_error(gpt2: str) -> None:
    with pytest.raises(PlaygroundError, match="no chat template: choose completion"):
        last_report(TextRequest("Hi", mode="chat", model=gpt2))


def test_a_prompt_past_the_context_is_an_error_with_the_excess(llama: str) -> None:
    with pytest.raises(PlaygroundError, match=r"has [\d,]+ tokens.*[\d,]+ too many"):
        last_report(TextRequest("sea " * 200, model=llama))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"prompt": ""}, "prompt is empty"),
        ({"prompt": None}, "must be text"),
        ({"prompt": "a\ud800b"}, "Character 2 .*lone surrogate"),
        ({"prompt": "x" * 500_001}, "over 500,000"),
        ({"max_new_tokens": 0}, "1 to 4,096"),
        ({"max_new_tokens": 2.5}, "1 to 4,096"),
        ({"max_new_tokens": float("nan")}, "1 to 4,096"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"seed": 2**63}, "seed must be a whole number"),
        ({"seed": "abc"}, "seed must be a whole number"),
        ({"mode": "poem"}, "completion, chat; it was 'poem'"),
        ({"decoder": "slow"}, "auto, fast, open"),
        ({"forced": 7}, "list of token ids"),
        ({"forced": [1.5]}, "list of token ids"),
        ({"forced": [-1]}, "list of token ids"),
        ({"forced": [1, 2, 3], "max_new_tokens": 2}, "do not fit"),
        ({"model": "gpt-9"}, "no model"),
        ({"model": "../../etc"}, "owner/name|no model|not the id"),
    ],
)
def test_an_invalid_request_is_an_error_that_names_the_setting(
    models_dir: Path, values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        last_report(read_request({"prompt": PROMPT, **values}, {}))


def test_a_forced_id_outside_the_vocabulary_is_an_error(llama: str) -> None:
    with pytest.raises(PlaygroundError, match="ids 0 to 383"):
        last_report(TextRequest(PROMPT, model=llama, forced=(384,)))


def test_the_first_difference_of_two_texts(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=16, seed=1)
    *_, (first, second) = generate_pair(request, replace(request, sampler=SamplerSettings(temperature=2.5)))
    assert first is not None and second is not None
    place = first_difference(first, second)
    assert place is not None and ids(first)[:place] == ids(second)[:place] and ids(first)[place] != ids(second)[place]
    *_, (first, second) = generate_pair(request, request)
    assert first_difference(first, second) is None


def test_two_texts_in_turns_equal_each_alone(llama: str) -> None:
    one, two = (TextRequest(PROMPT, model=llama, max_new_tokens=30, seed=seed) for seed in (1, 2))
    alone = [ids(last_report(one)), ids(last_report(two))]
    *_, (first, second) = generate_pair(one, two)
    assert [ids(first), ids(second)] == alone


@pytest.mark.weights
@pytest.mark.slow
@pytest.mark.parametrize("name", REQUESTS)
def test_a_stored_example_equals_a_real_run(default_model: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv("PLAYGROUND_DTYPE")
    stored, text = stored_example(name), generate_example(name)
    assert stored.weights_sha256 == text.weights_sha256
    assert replace(stored.request, decoder="auto") == REQUESTS[name]
    relative, absolute = 0.02, 1e-4
    if is_from_elsewhere(name):
        text = last_report(replace(REQUESTS[name], forced=tuple(ids(stored))))
        relative, absolute = 0.2, 0.1  # measured between two kinds: at most 0.086, 0.01 on average
    assert (stored.text, ids(stored), stored.finish_reason) == (text.text, ids(text), text.finish_reason)
    for here, there in zip((*text.prompt, *text.tokens), (*stored.prompt, *stored.tokens), strict=True):
        if here.probability is not None:
            assert here.probability == pytest.approx(there.probability, rel=relative, abs=absolute)
    json.dumps(text.to_json())
    if name == TEXT:
        loose = {"rtol": 0, "atol": 3.0} if is_from_elsewhere() else {"rtol": 0, "atol": 1e-3}
        np.testing.assert_allclose(stored_position().logits, first_logits(text), **loose)


def test_the_first_token_of_the_stored_example_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    position, example = stored_position(), stored_example()
    shares = np.exp(position.logits.astype(np.float64) - position.logits.max())
    first = example.tokens[0]
    assert list(position.previous) == [token.id for token in example.prompt]
    assert shares[first.id] / shares.sum() == pytest.approx(first.probability, abs=1e-4)
    assert not position.logits.flags.writeable
    for damaged in ("no file", "another file"):
        stored_position.cache_clear()
        monkeypatch.setattr(
            "playground.language.stored_example._LOGITS", Path(__file__) if "other" in damaged else Path("/none")
        )
        with pytest.raises(PlaygroundError, match="example"):
            stored_position()
    monkeypatch.undo()
    stored_position.cache_clear()


def test_the_stored_example_has_the_default_settings_of_the_page() -> None:
    from playground.language.text_request import DEFAULT_PROMPT

    assert REQUESTS[TEXT] == TextRequest(DEFAULT_PROMPT)


@pytest.mark.parametrize("count", [1, 2, 63, 64, 65, 66, 128, 129, 130, 500])
def test_chunks_never_leave_a_last_token_alone(count: int) -> None:
    from playground.language.kv_cache import CHUNK, chunk_ranges

    ranges = list(chunk_ranges(count))
    assert [start for start, _ in ranges] == [0, *[end for _, end in ranges[:-1]]] and ranges[-1][1] == count
    assert all(2 <= end - start <= CHUNK + 1 for start, end in ranges) or count == 1
