"""The sampler's later stages along a text: links, branches and continuations reproduce it; the view shows them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from playground.core import recipe as recipes
from playground.core.errors import PlaygroundError
from playground.language import next_token
from playground.language.generation import Generation, describe_difference, generate, load
from playground.language.sampler_tokens import sampler_tokens
from playground.language.sampling import SETTINGS, STAGES, SamplerSettings
from playground.language.sampling.describe import explanation
from playground.language.text_request import TextRequest, read_request, request_from

PROMPT = "Once upon a time, once upon a time"
ALL_ON = SamplerSettings(
    temperature=1.4, logit_bias="60:2,'a':-1", presence_penalty=0.5, frequency_penalty=0.2, dry_multiplier=0.8,
    repetition_penalty=1.1, top_n_sigma=2.5, top_a=0.05, epsilon_cutoff=0.0005, eta_cutoff=0.002, xtc_probability=0.5,
    xtc_threshold=0.01, min_p=0.001, typical_p=0.98,
)  # fmt: skip
MIROSTAT = SamplerSettings(mirostat_tau=6.0, mirostat_eta=0.3, presence_penalty=0.5)


def last_report(request: TextRequest, known: Generation | None = None) -> Generation:
    *_, last = generate(request, known)
    return last


def ids(text: Generation) -> list[int]:
    return [token.id for token in text.tokens]


@pytest.mark.parametrize("settings", [ALL_ON, MIROSTAT, replace(ALL_ON, stage_order="top_p,temperature")])
def test_a_link_alone_reproduces_a_text_under_every_stage(llama: str, settings: SamplerSettings) -> None:
    request = read_request(
        {"prompt": PROMPT, "model": llama, "max_new_tokens": 30, "seed": 11, "decoder": "open"}, vars(settings)
    )
    text = last_report(request)
    recipe = recipes.from_query(text.recipe().to_query())
    assert request_from(recipe) == request
    again = last_report(request_from(recipe))
    assert again.tokens == text.tokens and describe_difference(recipe, again) == ""
    assert ids(text) != ids(last_report(replace(request, sampler=SamplerSettings())))


def test_a_recipe_holds_a_later_setting_only_if_it_is_used(llama: str) -> None:
    recipe = last_report(TextRequest(PROMPT, model=llama, max_new_tokens=2)).recipe()
    first = {"temperature", "top_k", "top_p", "min_p", "typical_p", "repetition_penalty"}
    assert set(SETTINGS) & set(recipe.settings) == first
    used = replace(SamplerSettings(), top_a=0.1)
    recipe = last_report(TextRequest(PROMPT, model=llama, max_new_tokens=2, sampler=used)).recipe()
    assert set(SETTINGS) & set(recipe.settings) == first | {"top_a"}


@pytest.mark.parametrize("settings", [ALL_ON, MIROSTAT])
def test_a_branch_and_a_continuation_equal_a_text_generated_at_once(llama: str, settings: SamplerSettings) -> None:
    request = TextRequest(PROMPT, model=llama, max_new_tokens=20, seed=3, sampler=settings)
    base = last_report(request)
    branch = replace(request, forced=(None,) * 7 + (90,))
    known = replace(base, request=branch, tokens=base.tokens[:7], finish_reason="")
    assert last_report(branch, known).tokens == last_report(branch).tokens
    longer = replace(request, max_new_tokens=30)
    assert last_report(longer, replace(base, finish_reason="")).tokens == last_report(longer).tokens


def test_a_banned_token_never_comes_and_a_raised_one_does(llama: str) -> None:
    greedy = SamplerSettings(temperature=0.0)
    request = TextRequest(PROMPT, model=llama, max_new_tokens=8, sampler=greedy)
    (first, *_) = ids(last_report(request))
    banned = last_report(replace(request, sampler=replace(greedy, logit_bias=f"{first}:ban")))
    assert first not in ids(banned)
    raised = last_report(replace(request, sampler=replace(greedy, logit_bias="77:100")))
    assert ids(raised) == [77] * 8


@pytest.mark.parametrize("bias", ["9999:1", "'two words here':1"])
def test_a_bias_for_no_token_of_the_model_is_an_error_before_anything_is_read(llama: str, bias: str) -> None:
    request = TextRequest(PROMPT, model=llama, sampler=SamplerSettings(logit_bias=bias))
    with pytest.raises(PlaygroundError, match="^Logit bias: "):
        next(generate(request))


def test_the_tokens_that_break_a_repetition_are_those_with_such_a_character(llama: str) -> None:
    loaded = load(llama)
    tokens = sampler_tokens(loaded)
    expected = {i for i in range(384) if set(':"*\n') & set(loaded.tokenizer.decode([i]))}
    assert tokens.ids_containing('\n:"*') == expected and len(expected) >= 4


@pytest.mark.parametrize("settings", [ALL_ON, MIROSTAT])
def test_the_view_shows_the_distribution_that_the_text_was_drawn_from(llama: str, settings: SamplerSettings) -> None:
    text = last_report(TextRequest(PROMPT, model=llama, max_new_tokens=12, seed=5, sampler=settings))
    prompt = [token.id for token in text.prompt]
    for position in (0, 5, 11):
        history = next_token.history_of(text, position)
        assert next_token.read_history(json.loads(json.dumps(history.to_json()))) == history
        result = next_token.next_token(llama, "auto", prompt, ids(text)[:position], settings, history)
        chosen = next(entry for entry in result.stages[-1]["entries"] if entry["id"] == text.tokens[position].id)
        assert chosen["probability"] == pytest.approx(text.tokens[position].sampled_probability, rel=1e-4)
        names = [stage["name"] for stage in result.stages if stage["active"]]
        assert names == [
            "raw",
            *(stage.name for stage in STAGES if explanation(stage, settings) and stage.name in names),
        ]
        for stage in result.stages:
            for entry in (*stage["entries"], *stage["ghosts"]):
                assert bool(entry["working"]) == stage["active"], stage["name"]


def test_a_limit_of_mirostat_is_forgotten_under_other_settings(llama: str) -> None:
    text = last_report(TextRequest(PROMPT, model=llama, max_new_tokens=6, seed=5, sampler=MIROSTAT))
    history, prompt = next_token.history_of(text, 5), [token.id for token in text.prompt]
    assert history.states["mirostat"] != pytest.approx(12.0)

    def working(settings: SamplerSettings) -> str:
        result = next_token.next_token(llama, "auto", prompt, ids(text)[:5], settings, history)
        return str(result.stages[-1]["entries"][0]["working"])

    assert f"limit {history.states['mirostat']:.2f}" in working(MIROSTAT)
    assert "limit 14.00" in working(replace(MIROSTAT, mirostat_tau=7.0))


@pytest.mark.parametrize("history", [{"coin": "x"}, {"states": [1]}, {"written": -1}, {"under": {"a": None}}])
def test_an_invalid_history_of_the_page_returns_an_error(llama: str, history: dict[str, object]) -> None:
    message = json.dumps({"context": {"key": "k", "history": history}, "settings": {}})
    assert "unreadable" in str(next_token.live_stages(message)["error"])
