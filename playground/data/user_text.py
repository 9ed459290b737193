"""A visitor's text for fine-tuning: running text, or pairs of prompt and answer; and which part is held out.

This module does not know tokens: positions are in characters.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import EXAMPLES

SHORTEST_TEXT, LONGEST_TEXT = 600, 1_000_000
FEWEST_PAIRS, MOST_PAIRS, LONGEST_SIDE = 6, 2_000, 2_000
#: Held out: the last tenth of a text, within these limits in characters; of pairs, every sixth.
_HELD_OUT_SHARE, _LEAST_HELD_OUT, _MOST_HELD_OUT = 0.1, 240, 1_600
_EVERY = 6


def text_rule() -> str:
    """Which part of a text is held out, in a sentence."""
    return say("data.user_text.text_rule")


def pairs_rule() -> str:
    """Which pairs are held out, in a sentence."""
    return say("data.user_text.pairs_rule")


@dataclass(frozen=True)
class Pair:
    """A prompt and its answer, neither of them empty."""

    prompt: str
    answer: str


def example(name: str) -> str:
    """A bundled text: "text", "pairs", or "general" (like the base model's data, to measure forgetting)."""
    return (EXAMPLES / f"tuning-{name}.txt").read_text("utf-8")


def decode_text(content: str | bytes) -> str:
    """Text with Unix line ends. Raises PlaygroundError if it is not UTF-8, or too long."""
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise PlaygroundError(say("data.user_text.not_utf8")) from error
    if len(content) > LONGEST_TEXT:
        raise PlaygroundError(say("data.user_text.too_long", characters=len(content), most=LONGEST_TEXT))
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in content):
        raise PlaygroundError(say("data.user_text.broken"))
    return content.replace("\r\n", "\n").replace("\r", "\n").strip()


def split_text(content: str | bytes) -> tuple[str, str]:
    """(training part, held-out part) of a running text; see text_rule. Raises PlaygroundError if it is too short."""
    text = decode_text(content)
    if len(text) < SHORTEST_TEXT:
        raise PlaygroundError(say("data.user_text.too_short", characters=len(text), least=SHORTEST_TEXT))
    length = int(min(max(_HELD_OUT_SHARE * len(text), _LEAST_HELD_OUT), _MOST_HELD_OUT))
    near = text[len(text) - length - length // 2 : len(text) - length]
    cut = max(near.rfind("\n"), -1) + 1 or max(near.rfind(" "), -1) + 1
    place = len(text) - length - length // 2 + cut if cut else len(text) - length
    train, held_out = text[:place].rstrip(), text[place:]
    if len(set(train)) < 8 or len(set(held_out)) < 8:
        raise PlaygroundError(say("data.user_text.repetitive"))
    return train, held_out


def read_pairs(content: str | bytes) -> list[Pair]:
    """Pairs from lines "prompt TAB answer"; empty lines are skipped.

    Raises PlaygroundError for a line that is not a pair, and for too few, too many or too long pairs.
    """
    pairs = []
    for number, line in enumerate(decode_text(content).split("\n"), 1):
        if not line.strip():
            continue
        sides = [side.strip() for side in line.split("\t")]
        if len(sides) != 2 or not all(sides):
            raise PlaygroundError(say("data.user_text.not_a_pair", line=number))
        if max(map(len, sides)) > LONGEST_SIDE:
            raise PlaygroundError(say("data.user_text.pair_too_long", line=number, most=LONGEST_SIDE))
        pairs.append(Pair(*sides))
    if not FEWEST_PAIRS <= len(pairs) <= MOST_PAIRS:
        raise PlaygroundError(say("data.user_text.pair_count", count=len(pairs), fewest=FEWEST_PAIRS, most=MOST_PAIRS))
    return pairs


def split_pairs(pairs: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """(pairs to train on, held-out pairs); see pairs_rule."""
    train = [pair for index, pair in enumerate(pairs, 1) if index % _EVERY]
    return train, pairs[_EVERY - 1 :: _EVERY]
