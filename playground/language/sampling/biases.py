"""The text of a logit bias, such as "Paris:+5, ' the':ban, 42:-3": its rules, and the token ids that it means."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import quoted
from playground.language.sampling.stage import TokenTexts

#: As in OpenAI's API.
STRONGEST = 100.0
MOST_ENTRIES = 300
BAN = "ban"
_ENTRY = re.compile(
    r"""\s*(?:'(?P<single>(?:[^'\\]|\\.)+)'|"(?P<double>(?:[^"\\]|\\.)+)"|(?P<bare>[^\s:'",][^:'",]*?))\s*"""
    r""":\s*(?P<bias>[^\s,]+)\s*(?:,|$)"""
)
_ESCAPES = {"n": "\n", "t": "\t"}


def _entries(text: str) -> list[tuple[str, bool, float]]:
    """(token, whether it was quoted, bias) for each entry; -inf is a ban. Raises PlaygroundError if one is wrong."""
    entries: list[tuple[str, bool, float]] = []
    position = 0
    while position < len(text) and text[position:].strip():
        match = _ENTRY.match(text, position)
        if match is None:
            raise _wrong(text[position:])
        position = match.end()
        inside = match["single"] or match["double"]
        token = match["bare"] if inside is None else re.sub(r"\\(.)", _unescape, inside)
        entries.append((token, inside is not None, _strength(match["bias"], text)))
    if len(entries) > MOST_ENTRIES:
        raise PlaygroundError(say("sampler.stages.logit_bias.too_many", count=len(entries), most=MOST_ENTRIES))
    return entries


def _unescape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[1], match[1])


def _strength(text: str, whole: str) -> float:
    if text.lower() == BAN:
        return -math.inf
    try:
        bias = float(text)
    except ValueError:
        raise _wrong(whole) from None
    if not abs(bias) <= STRONGEST:
        raise PlaygroundError(say("sampler.stages.logit_bias.strength", value=quoted(text), most=STRONGEST))
    return bias


def _wrong(text: str) -> PlaygroundError:
    return PlaygroundError(say("sampler.stages.logit_bias.wrong", value=quoted(text)))


def parse_biases(value: object) -> str:
    """The text without blanks around it, if it can be read. Raises PlaygroundError if not."""
    if not isinstance(value, str):
        raise _wrong(str(value))
    _entries(value)
    return value.strip()


@lru_cache(maxsize=16)
def resolve_biases(text: str, tokens: TokenTexts | None) -> dict[int, float]:
    """Token id -> bias; -inf bans it. A later entry for the same token replaces an earlier one.

    The result is shared between calls: do not change it.
    A number is an id. A quoted text is exactly one token. A word without quotes is meant with and without the space
    before it, and one of the two must be a token. Raises PlaygroundError if there is no such token.
    """
    biases: dict[int, float] = {}
    for token, exact, bias in _entries(text) if text else []:
        if tokens is None:
            raise ValueError("a logit bias needs the model's tokenizer")
        if not exact and token.isdecimal() and len(token) < 20:
            ids = {int(token)}
            if not tokens.has(int(token)):
                raise PlaygroundError(say("sampler.stages.logit_bias.no_id", id=int(token)))
        else:
            forms = [token] if exact else [token, f" {token}"]
            found = [tokens.ids_of(form) for form in forms]
            ids = {item[0] for item in found if len(item) == 1}
            if not ids:
                count = min(len(item) for item in found)
                raise PlaygroundError(say("sampler.stages.logit_bias.no_token", token=token, count=count))
        biases |= dict.fromkeys(ids, bias)
    return biases
