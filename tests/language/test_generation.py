"""Writing texts: what is reproduced, forced, continued, stopped and refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from playground.core import recipe as recipes
from playground.core.errors import PlaygroundError
from playground.language.comparison import first_difference, generate_pair
from playground.language.generation import Generation, describe_difference, generate, load, templated_prompt
from playground.language.sampling import SamplerSettings
from playground.language.stored_example import REQUEST, generate_example, stored_example
from playground.language.text_request import TextRequest, read_request, request_from

PROMPT = "Once upon a time"


def written(request: TextRequest, known: Generation | None = None) -> Generation:
    *_, last = generate(request, known)
    return last


def ids(made: Generation) -> list[int]:
    return [token.id for token in made.tokens]


def test_the_same_request_gives_the_same_text_and_another_seed_another(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=20, seed=4)
    first, second = written(request), written(request)
    assert first.tokens == second.tokens and len(first.tokens) == 20
    assert ids(written(replace(request, seed=5))) != ids(first)


def test_greedy_equals_generate_of_transformers(llama: str, gpt2: str) -> None:
    import torch

    for model in (llama, gpt2):
        loaded = load(model)
        made = written(TextRequest(PROMPT, model=model, max_new_tokens=24, sampler=SamplerSettings(temperature=0.0)))
        prompt = torch.tensor([[token.id for token in made.prompt]])
        theirs = loaded.decoder.model.generate(prompt, max_new_tokens=24, do_sample=False, pad_token_id=0)
        assert ids(made) == theirs[0, prompt.shape[1] :].tolist()


def test_greedy_with_a_penalty_equals_generate_of_transformers(llama: str) -> None:
    import torch

    loaded = load(llama)
    settings = SamplerSettings(temperature=0.0, repetition_penalty=1.4)
    made = written(TextRequest(PROMPT, model=llama, max_new_tokens=24, sampler=settings))
    prompt = torch.tensor([[token.id for token in made.prompt]])
    theirs = loaded.decoder.model.generate(
        prompt, max_new_tokens=24, do_sample=False, repetition_penalty=1.4, pad_token_id=0
    )
    assert ids(made) == theirs[0, prompt.shape[1] :].tolist()


def test_the_texts_of_all_tokens_join_to_the_decoded_text(llama: str) -> None:
    loaded = load(llama)
    prompt = "né à Paris 🙂 東京 <|im_end|> \x00 \n"
    made = written(TextRequest(prompt, model=llama, max_new_tokens=40, seed=2))
    assert "".join(token.text for token in made.prompt) == prompt
    whole = loaded.tokenizer.decode([token.id for token in (*made.prompt, *made.tokens)])
    joined = "".join(token.text for token in (*made.prompt, *made.tokens))
    assert whole.rstrip("\ufffd") == joined.rstrip("\ufffd")
    assert any(token.bytes for token in made.prompt)


def test_each_token_tells_what_the_model_gave_it(llama: str) -> None:
    import numpy as np
    import torch

    made = written(TextRequest(PROMPT, model=llama, max_new_tokens=6))
    loaded = load(llama)
    tokens = [*made.prompt, *made.tokens]
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


def test_forced_tokens_stand_where_they_are_forced(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=12, seed=1)
    free = written(request)
    forced = written(replace(request, forced=(None, None, 77)))
    assert ids(forced)[:2] == ids(free)[:2] and ids(forced)[2] == 77
    assert [token.forced for token in forced.tokens[:4]] == [False, False, True, False]
    assert ids(written(replace(request, forced=(77, 78)))) != ids(free)


def test_a_branch_continued_from_what_is_known_equals_one_made_anew(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=20, seed=3)
    base = written(request)
    branch = replace(request, forced=(None,) * 7 + (90,))
    known = replace(base, request=branch, tokens=base.tokens[:7], finish_reason="")
    assert written(branch, known).tokens == written(branch).tokens


def test_a_text_goes_on_as_if_it_had_never_stopped(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=10, seed=8)
    short = written(request)
    longer = replace(request, max_new_tokens=25)
    assert written(longer, replace(short, finish_reason="")).tokens == written(longer).tokens


def test_a_stopped_text_has_a_recipe_that_makes_just_as_much(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=100, seed=8)
    writer = generate(request)
    made = next(text for text in writer if text.tokens)
    writer.close()
    stopped = made.stopped()
    again = written(request_from(stopped.recipe()))
    assert stopped.finish_reason == "stopped" and again.tokens == stopped.tokens


def test_a_link_alone_makes_the_text_again(llama: str) -> None:
    settings = SamplerSettings(1.4, 30, 0.9, 0.01, 0.95, 1.2)
    request = TextRequest(
        'Q: "a&b" <i>é 🙂</i>\n',
        model=llama, max_new_tokens=15, seed=2**40, sampler=settings, forced=(None, 60), decoder="open"
    )  # fmt: skip
    made = written(request)
    recipe = recipes.from_query(made.recipe().to_query())
    assert request_from(recipe) == request
    again = written(request_from(recipe))
    assert again.tokens == made.tokens and describe_difference(recipe, again) == ""


def test_a_rewound_prompt_is_in_the_recipe(llama: str) -> None:
    made = written(TextRequest(PROMPT, mode="chat", model=llama, max_new_tokens=5, prompt_tokens=4, forced=(70,)))
    assert len(made.prompt) == 4
    again = written(request_from(recipes.from_query(made.recipe().to_query())))
    assert again.prompt == made.prompt and again.tokens == made.tokens


def test_another_result_says_where_it_differs_and_why(llama: str) -> None:
    made = written(TextRequest(PROMPT, model=llama, max_new_tokens=8))
    theirs = made.recipe()
    other = replace(theirs, result=recipes.pack_ids([*ids(made)[:3], (ids(made)[3] + 1) % 384, *ids(made)[4:]]))
    assert describe_difference(other, made).startswith("token 4 is ")
    assert "weights differ" in describe_difference(replace(other, weights_sha256="0" * 64), made)
    assert "tokens here" in describe_difference(replace(theirs, result=recipes.pack_ids(ids(made) + [5])), made)


def test_the_end_mark_ends_a_text_and_is_no_part_of_it(llama: str) -> None:
    made = written(TextRequest(PROMPT, model=llama, max_new_tokens=20, forced=(60, 2)))
    assert made.finish_reason == "eos" and len(made.tokens) == 2
    assert made.tokens[1].special and "<|im_end|>" not in made.text


@pytest.mark.slow
def test_a_full_context_ends_a_text(llama: str) -> None:
    settings = SamplerSettings(temperature=0.0)
    made = written(TextRequest(PROMPT * 6, model=llama, max_new_tokens=500, sampler=settings))
    if made.finish_reason != "eos":
        assert made.finish_reason == "context"
        assert len(made.prompt) + len(made.tokens) == 128


def test_chat_wraps_the_prompt_in_the_models_own_template(llama: str) -> None:
    request = TextRequest("Hi", mode="chat", model=llama, max_new_tokens=3, system="Be kind")
    expected = "<|im_start|>system\nBe kind<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    assert templated_prompt(request) == expected
    made = written(request)
    assert "".join(token.text for token in made.prompt) == expected
    assert [token.special for token in made.prompt].count(True) == 5


def test_chat_without_a_template_explains_itself(gpt2: str) -> None:
    with pytest.raises(PlaygroundError, match="no chat template: choose completion"):
        written(TextRequest("Hi", mode="chat", model=gpt2))


def test_a_prompt_past_the_context_says_by_how_much(llama: str) -> None:
    with pytest.raises(PlaygroundError, match=r"has [\d,]+ tokens.*[\d,]+ too many"):
        written(TextRequest("sea " * 200, model=llama))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"prompt": ""}, "prompt is empty"),
        ({"prompt": None}, "must be text"),
        ({"prompt": "a\ud800b"}, "Character 2 .*lone surrogate"),
        ({"prompt": "x" * 2_000_001}, "at most 2,000,000"),
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
def test_a_bad_request_explains_itself(models_dir: Path, values: dict[str, object], sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        written(read_request({"prompt": PROMPT, **values}, {}))


def test_a_forced_id_outside_the_vocabulary_explains_itself(llama: str) -> None:
    with pytest.raises(PlaygroundError, match="ids 0 to 383"):
        written(TextRequest(PROMPT, model=llama, forced=(384,)))


def test_two_texts_are_compared_token_by_token(llama: str) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=16, seed=1)
    *_, (first, second) = generate_pair(request, replace(request, sampler=SamplerSettings(temperature=2.5)))
    assert first is not None and second is not None
    place = first_difference(first, second)
    assert place is not None and ids(first)[:place] == ids(second)[:place] and ids(first)[place] != ids(second)[place]
    *_, (first, second) = generate_pair(request, request)
    assert first_difference(first, second) is None


def test_two_visitors_do_not_disturb_each_other(llama: str) -> None:
    one, two = (TextRequest(PROMPT, model=llama, max_new_tokens=30, seed=seed) for seed in (1, 2))
    alone = [ids(written(one)), ids(written(two))]
    *_, (first, second) = generate_pair(one, two)
    assert [ids(first), ids(second)] == alone


def has_vnni() -> bool:
    """Whether this is the kind of processor that made the stored example: one that adds products of bytes exactly.

    Others saturate on the way, so that int8 weights give somewhat other probabilities, and close choices turn.
    """
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text().split() if cpuinfo.exists() else []
    return bool({"avx512_vnni", "avx_vnni"} & set(flags))


@pytest.mark.weights
@pytest.mark.slow
def test_the_stored_example_equals_a_real_run(default_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYGROUND_DTYPE")
    stored, made = stored_example(), generate_example()
    assert stored.weights_sha256 == made.weights_sha256
    assert replace(stored.request, decoder="auto") == REQUEST
    relative, absolute = 0.02, 1e-4
    if not has_vnni():
        made = written(replace(REQUEST, forced=tuple(ids(stored))))
        relative, absolute = 0.2, 0.02
    assert (stored.text, ids(stored), stored.finish_reason) == (made.text, ids(made), made.finish_reason)
    for here, there in zip((*made.prompt, *made.tokens), (*stored.prompt, *stored.tokens), strict=True):
        if here.probability is not None:
            assert here.probability == pytest.approx(there.probability, rel=relative, abs=absolute)
    json.dumps(made.to_json())


def test_the_example_has_the_settings_that_the_page_starts_with() -> None:
    from playground.panels.text.controls import DEFAULT_PROMPT

    assert REQUEST == TextRequest(DEFAULT_PROMPT)


@pytest.mark.parametrize("count", [1, 2, 63, 64, 65, 66, 128, 129, 130, 500])
def test_no_last_token_is_read_alone(count: int) -> None:
    from playground.language.kv_cache import CHUNK, chunk_ranges

    ranges = list(chunk_ranges(count))
    assert [start for start, _ in ranges] == [0, *[end for _, end in ranges[:-1]]] and ranges[-1][1] == count
    assert all(2 <= end - start <= CHUNK + 1 for start, end in ranges) or count == 1
