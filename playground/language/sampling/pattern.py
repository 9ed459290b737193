"""Structured output: tokens that would break a regular expression or a JSON schema are cut, before all other stages.

llguidance follows the pattern through the tokenizer's bytes, as an automaton: its time and memory have limits, so a
pattern cannot run away, whatever a visitor writes. It has no look-around and no back-references.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.settings import Setting
from playground.core.validation import quoted
from playground.language.sampling.distribution import Logits, cut
from playground.language.sampling.stage import SamplerStage, SamplingContext, TokenTexts

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

LONGEST = 4000
#: Places of texts that are kept: a text goes on from its last one, and a slider asks for one again and again.
_KEPT = 32
#: JSON on one line: a small model would fill it with blanks.
_JSON_STYLE: Any = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}


def parse_pattern(value: object) -> str:
    """The pattern without blanks around it, if it can be used. Raises PlaygroundError, which says why, if not."""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise PlaygroundError(say("sampler.stages.pattern.too_long", most=LONGEST))
    if value.strip():
        _grammar(value.strip())
    return value.strip()


def is_schema(pattern: str) -> bool:
    """Whether a pattern is a JSON schema: a regular expression has nothing to repeat at its beginning."""
    return pattern.startswith("{")


@lru_cache(maxsize=64)
def _grammar(pattern: str) -> str:
    """The pattern as llguidance reads it."""
    from llguidance import LLMatcher

    try:
        grammar = (
            LLMatcher.grammar_from_json_schema(json.loads(pattern), overrides=_JSON_STYLE)
            if is_schema(pattern)
            else LLMatcher.grammar_from_regex(pattern)
        )
    except (ValueError, RecursionError) as error:
        raise _unusable(pattern, str(error)) from None
    if wrong := LLMatcher.validate_grammar(grammar):
        raise _unusable(pattern, wrong)
    return grammar


def _unusable(pattern: str, error: str) -> PlaygroundError:
    """The sentence for a pattern that cannot be used. error: llguidance's, of many lines."""
    lines = [line.strip() for line in error.splitlines() if line.strip()] or [""]
    named = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    reason = re.sub(r"^at \d+\(\d+\): ", "", named[0] if named else lines[0])
    form = "wrong_schema" if is_schema(pattern) else "wrong"
    return PlaygroundError(say(f"sampler.stages.pattern.{form}", reason=quoted(reason, 160).strip("'\"")))


class _Tokenizer:
    """A tokenizer as llguidance asks for it."""

    bos_token_id = None

    def __init__(self, tokens: TokenTexts) -> None:
        self._ids_of = tokens.ids_of
        self.tokens = tokens.contents()
        self.eos_token_id = min(tokens.end_ids, default=None)
        self.special_token_ids = sorted(tokens.special_ids)

    def __call__(self, text: str | bytes) -> list[int]:
        return list(self._ids_of(text if isinstance(text, str) else text.decode("utf-8", "replace")))


@lru_cache(maxsize=4)
def _tokenizer(tokens: TokenTexts) -> LLTokenizer:
    from llguidance import LLTokenizer, TokenizerWrapper

    return LLTokenizer(TokenizerWrapper(_Tokenizer(tokens)), eos_token=sorted(tokens.end_ids))


@dataclass(frozen=True)
class _Place:
    """A place in a text. matcher: after the ids before it.  allowed: (vocabulary,), None if the text broke it."""

    matcher: LLMatcher
    allowed: NDArray[np.bool_] | None


_places: OrderedDict[tuple[TokenTexts, str, tuple[int, ...]], _Place] = OrderedDict()
_lock = threading.Lock()


def allowed_tokens(pattern: str, written: Sequence[int], tokens: TokenTexts | None) -> NDArray[np.bool_] | None:
    """Which tokens may follow: (vocabulary,). None if the ids written so far do not fit the pattern any more.

    Raises PlaygroundError for a pattern that takes too long to follow.
    """
    if tokens is None:
        raise ValueError("a pattern needs the model's tokenizer")
    return _place(pattern, tuple(written), tokens).allowed


def _place(pattern: str, written: tuple[int, ...], tokens: TokenTexts) -> _Place:
    from llguidance import LLMatcher

    with _lock:
        key = (tokens, pattern, written)
        if key in _places:
            _places.move_to_end(key)
            return _places[key]
        before = _places.get((tokens, pattern, written[:-1])) if written else None
        if before is not None and before.allowed is not None:
            matcher, fresh = before.matcher.deep_copy(), written[-1:]
        else:
            matcher, fresh = LLMatcher(_tokenizer(tokens), _grammar(pattern), log_level=0), written
        fits = all(matcher.try_consume_tokens([token]) == 1 for token in fresh)
        allowed = np.frombuffer(matcher.compute_logit_bias(), np.uint8) > 0 if fits else None
        if fits and matcher.is_error():
            no_token = matcher.get_error().startswith("NoExtensionBias")
            raise PlaygroundError(say(f"sampler.stages.pattern.{'no_match' if no_token else 'too_complex'}"))
        _places[key] = place = _Place(matcher, allowed)
        while len(_places) > _KEPT:
            _places.popitem(last=False)
        return place


def keep_allowed(logits: Logits, allowed: NDArray[np.bool_] | None) -> Logits:
    """Cuts what would break the pattern. Raises PlaygroundError if nothing that fits is left. Both: (vocabulary,)."""
    if allowed is None:
        return logits
    keep = np.zeros(logits.shape, np.bool_)
    keep[: min(allowed.size, keep.size)] = allowed[: keep.size]
    if not (logits[keep] > -np.inf).any():
        raise PlaygroundError(say("sampler.stages.pattern.nothing_left"))
    return cut(logits, keep)


def _apply(logits: Logits, at: SamplingContext) -> Logits:
    if not at.settings.pattern:
        return logits
    return keep_allowed(logits, allowed_tokens(at.settings.pattern, at.generated, at.tokens))


STAGES = (
    SamplerStage(
        "pattern",
        "structure",
        (Setting("pattern", "", off="", parse=parse_pattern),),
        _apply,
        "Willard and Louf 2023, arXiv:2307.09702; llguidance",
    ),
)
