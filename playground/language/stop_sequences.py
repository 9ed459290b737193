"""Stop sequences: texts that end a generated text where one of them appears. Plain strings, no tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_text, quoted

if TYPE_CHECKING:
    from playground.language.token_display import Token

MOST = 16
LONGEST = 100
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}


def parse_stops(value: object) -> tuple[str, ...]:
    r"""The stop sequences of a list, or of a text with one in each line, where \n is a line break and \t a tab.

    Raises PlaygroundError for too many of them, or one that is too long.
    """
    if isinstance(value, str):
        value = [re.sub(r"\\([nt\\])", lambda found: _ESCAPES[found[1]], line) for line in value.split("\n")]
    if not isinstance(value, (list, tuple)):
        raise PlaygroundError(say("text.request.stops", most=MOST, longest=LONGEST, value=quoted(value)))
    stops = tuple(dict.fromkeys(parse_text(one, say("text.request.stop"), may_be_empty=True) for one in value))
    stops = tuple(one for one in stops if one)
    wrong = next((one for one in stops if len(one) > LONGEST), stops if len(stops) > MOST else None)
    if wrong is not None:
        raise PlaygroundError(say("text.request.stops", most=MOST, longest=LONGEST, value=quoted(wrong)))
    return stops


def stops_text(stops: Sequence[str]) -> str:
    """The stop sequences as parse_stops reads them: one in each line."""
    signs = {"\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return "\n".join("".join(signs.get(sign, sign) for sign in one) for one in stops)


def text_before(text: str, stops: Sequence[str]) -> str:
    """The text up to the first stop sequence in it; the whole text if there is none."""
    return text[: min((place for one in stops if (place := text.find(one)) >= 0), default=len(text))]


class StopWatch:
    """Watches a text for its stop sequences as it grows."""

    def __init__(self, stops: Sequence[str], text: str = "") -> None:
        """text: what is written already; a stop sequence within it is past."""
        self._stops = stops
        self._reach = max(map(len, stops), default=0)
        self._tail = text[len(text) - min(len(text), self._reach) :]

    def ends(self, token: Token) -> bool:
        """Takes the next token. Whether a stop sequence is complete with it; it may have begun in earlier tokens."""
        if not self._stops or token.special or not token.text:
            return False
        text, new = self._tail + token.text, len(token.text)
        self._tail = text[-self._reach :]
        return any(text.find(one, max(0, len(text) - new - len(one) + 1)) >= 0 for one in self._stops)
