"""Structured output: a pattern's stage against Python's re and jsonschema, and patterns that cannot be used."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace

import jsonschema
import numpy as np
import pytest
from sampler_logits import OFF

from playground.core.errors import PlaygroundError
from playground.language.generation import generate, load
from playground.language.sampler_tokens import SamplerTokens, sampler_tokens
from playground.language.sampling import SamplerSettings, SamplingContext, TextSampler, apply_stages
from playground.language.sampling.describe import describe_stages
from playground.language.sampling.pattern import allowed_tokens, parse_pattern
from playground.language.text_request import TextRequest, read_request, recipe_of, request_from
from playground.language.token_display import vocabulary

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


@pytest.fixture
def tokens(llama: str) -> SamplerTokens:
    return sampler_tokens(load(llama))


def draw_text(tokens: SamplerTokens, settings: SamplerSettings, seed: int, most: int = 60) -> tuple[str, bool]:
    """(a text drawn from a flat distribution under the settings, whether it was ended by an end token)."""
    sampler, numbers = TextSampler(settings, seed, tokens), np.random.default_rng(seed)
    contents, written = tokens.contents(), []
    for _ in range(most):
        logits = numbers.normal(size=len(contents)).astype(np.float32)
        token = sampler.distribution(logits, written).draw(float(numbers.random()))
        if token in tokens.end_ids:
            return b"".join(contents[one] for one in written).decode(), True
        written.append(token)
        sampler.advance(token)
    return b"".join(contents[one] for one in written).decode("utf-8", "replace"), False


@pytest.mark.parametrize(
    "pattern", [r"(yes|no)\.?", r"\d{4}-\d{2}-\d{2}", r"[A-Z][a-z]{1,8}( [a-z]{1,5}){2}", r"(a|bb){3,5}", r"é+|né"]
)
def test_every_text_under_a_regular_expression_matches_it(tokens: SamplerTokens, pattern: str) -> None:
    ended = 0
    for seed in range(12):
        text, is_complete = draw_text(tokens, replace(OFF, pattern=pattern), seed)
        ended += is_complete
        assert not is_complete or re.fullmatch(pattern, text), text
    assert ended >= 6


def test_every_text_under_a_schema_is_valid_json(tokens: SamplerTokens) -> None:
    settings = replace(OFF, pattern=parse_pattern(json.dumps(SCHEMA)))
    complete = [text for seed in range(16) for text, ended in [draw_text(tokens, settings, seed, 120)] if ended]
    assert len(complete) >= 4
    for text in complete:
        jsonschema.validate(json.loads(text), SCHEMA)


def test_the_first_tokens_are_exactly_those_that_a_match_can_begin_with(tokens: SamplerTokens) -> None:
    allowed = allowed_tokens("(the sea|there)", (), tokens)
    texts = [content.decode("utf-8", "replace") for content in tokens.contents()]
    expected = {
        place
        for place, text in enumerate(texts)
        if text and place not in tokens.special_ids and any(one.startswith(text) for one in ("the sea", "there"))
    }
    assert allowed is not None and set(np.flatnonzero(allowed)) == expected


def test_the_stage_is_shown_with_what_it_removes(llama: str, tokens: SamplerTokens) -> None:
    loaded, numbers = load(llama), np.random.default_rng(0)
    logits = numbers.normal(size=loaded.decoder.vocabulary).astype(np.float32)
    at = SamplingContext(replace(OFF, pattern="(yes|no)"), tokens=tokens)
    stage = next(
        one for one in describe_stages(logits, at, vocabulary(loaded.tokenizer).piece) if one["name"] == "pattern"
    )
    shares = np.exp(logits.astype(np.float64)) / np.exp(logits.astype(np.float64)).sum()
    allowed = allowed_tokens("(yes|no)", (), tokens)
    assert stage["active"] and stage["removed_mass"] == pytest.approx(shares[~allowed].sum())
    assert "(yes|no)" in stage["explanation"] and "it goes" in stage["ghosts"][0]["working"]
    assert [name for name, _ in apply_stages(logits, at)][:2] == ["raw", "pattern"]


def test_a_text_follows_its_pattern_and_a_link_holds_it(llama: str) -> None:
    request = TextRequest("Once", model=llama, sampler=SamplerSettings(pattern="(sea|night){2}"), max_new_tokens=20)
    *_, text = generate(request)
    assert re.fullmatch("(sea|night){2}", text.text) and text.finish_reason == "eos"
    recipe = recipe_of(request, "open", "")
    assert request_from(recipe).sampler == request.sampler
    assert "pattern" not in recipe_of(replace(request, sampler=SamplerSettings()), "open", "").settings


def test_after_a_forced_token_outside_the_pattern_the_stage_cuts_nothing(llama: str, tokens: SamplerTokens) -> None:
    logits = np.zeros(load(llama).decoder.vocabulary, np.float32)
    wrong = tokens.ids_of("Z")[0]
    at = SamplingContext(replace(OFF, pattern="\\d+"), [wrong], written=1, tokens=tokens)
    assert dict(apply_stages(logits, at))["pattern"] is logits


def test_cuts_before_the_pattern_may_leave_nothing_which_is_said(tokens: SamplerTokens) -> None:
    settings = replace(OFF, pattern="\\d", top_k=1, stage_order="top_k,pattern")
    logits = np.zeros(len(tokens.contents()), np.float32)
    logits[tokens.ids_of("Z")[0]] = 5
    order = read_request({"prompt": "a"}, {"stage_order": settings.stage_order}).sampler.stage_order
    with pytest.raises(PlaygroundError, match="no token that is left fits"):
        apply_stages(logits, SamplingContext(replace(settings, stage_order=order), tokens=tokens))


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("(", r"regular expression cannot be used \(unclosed group\)"),
        ("(?=a)b", "look-around"),
        (r"(a)\1", "cannot be used"),
        ("*", "cannot be used"),
        ("{", "JSON schema cannot be used"),
        ('{"type": "thing"}', "JSON schema cannot be used"),
        ('{"type": "object", "$ref": "https://example.org/x"}', "JSON schema cannot be used"),
        ("a" * 5000, "shorten it"),
        (7, "shorten it"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_one_sentence(pattern: object, sentence: str) -> None:
    with pytest.raises(PlaygroundError, match=sentence) as error:
        read_request({"prompt": "a"}, {"pattern": pattern})
    assert "\n" not in str(error.value) and len(str(error.value)) < 300


def test_a_pattern_that_no_text_matches_says_so(tokens: SamplerTokens) -> None:
    with pytest.raises(PlaygroundError, match="no text matches it"):
        draw_text(tokens, replace(OFF, pattern=r"[^\s\S]"), 1, 4)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)+c", "(x+x+)+y", "(.*a){60}", "(a{1,1000}){1,1000}b"])
def test_patterns_that_ruin_other_matchers_are_bounded(tokens: SamplerTokens, pattern: str) -> None:
    began = time.process_time()
    text, _ = draw_text(tokens, replace(OFF, pattern=pattern), 1, 40)
    assert text and time.process_time() - began < 20  # bounded, not fast: others take longer than the universe
