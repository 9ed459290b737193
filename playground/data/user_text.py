"""Text that a visitor pastes for a training: a running text, or pairs of a prompt and its answer; what is held out.

It knows nothing of tokens: positions of cuts are in characters.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.core.errors import PlaygroundError
from playground.core.paths import EXAMPLES

SHORTEST_TEXT, LONGEST_TEXT = 600, 1_000_000
FEWEST_PAIRS, MOST_PAIRS, LONGEST_SIDE = 6, 2_000, 2_000
#: The last tenth of a text is held out, between so many characters; of pairs every sixth.
_HELD_OUT_SHARE, _LEAST_HELD_OUT, _MOST_HELD_OUT = 0.1, 240, 1_600
_EVERY = 6

TEXT_RULE = (
    "The end of the text is held out: its last tenth, 240 to 1,600 characters, from a line's or word's beginning."
)
PAIRS_RULE = "Every sixth pair is held out; the loss counts the answers alone."


@dataclass(frozen=True)
class Pair:
    """prompt, answer: neither is empty."""

    prompt: str
    answer: str


def example(name: str) -> str:
    """A text that comes with the playground: "text", "pairs", or "general" (of the old kind, to see forgetting)."""
    return (EXAMPLES / f"tuning-{name}.txt").read_text("utf-8")


def decode_text(content: str | bytes) -> str:
    """Text with plain line ends. Raises PlaygroundError if it is no text in UTF-8, or too long."""
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise PlaygroundError("The file is not text in UTF-8: save it as plain text (UTF-8).") from error
    if len(content) > LONGEST_TEXT:
        raise PlaygroundError(
            f"The text has {len(content):,} characters; at most {LONGEST_TEXT:,} are read: shorten it."
        )
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in content):
        raise PlaygroundError("The text holds broken characters: paste it once more from where it came.")
    return content.replace("\r\n", "\n").replace("\r", "\n").strip()


def split_text(content: str | bytes) -> tuple[str, str]:
    """The training part and the held-out part of a running text, by TEXT_RULE. Raises PlaygroundError if too short."""
    text = decode_text(content)
    if len(text) < SHORTEST_TEXT:
        raise PlaygroundError(
            f"The text has {len(text):,} characters: paste at least {SHORTEST_TEXT:,}, so that there is something to "
            "learn and something to hold out."
        )
    wanted = int(min(max(_HELD_OUT_SHARE * len(text), _LEAST_HELD_OUT), _MOST_HELD_OUT))
    near = text[len(text) - wanted - wanted // 2 : len(text) - wanted]
    cut = max(near.rfind("\n"), -1) + 1 or max(near.rfind(" "), -1) + 1
    place = len(text) - wanted - wanted // 2 + cut if cut else len(text) - wanted
    train, held_out = text[:place].rstrip(), text[place:]
    if len(set(train)) < 8 or len(set(held_out)) < 8:
        raise PlaygroundError("The text repeats a few characters: paste real sentences.")
    return train, held_out


def read_pairs(content: str | bytes) -> list[Pair]:
    """Pairs from lines "prompt TAB answer"; empty lines are left out.

    Raises PlaygroundError, naming the line, for one that is no pair, and for too few, too many or too long ones.
    """
    pairs = []
    for number, line in enumerate(decode_text(content).split("\n"), 1):
        if not line.strip():
            continue
        sides = [side.strip() for side in line.split("\t")]
        if len(sides) != 2 or not all(sides):
            raise PlaygroundError(
                f"Line {number} is no pair: write a prompt, one tab, and its answer (copying two columns of a "
                "spreadsheet does it)."
            )
        if max(map(len, sides)) > LONGEST_SIDE:
            raise PlaygroundError(f"Line {number} is too long: at most {LONGEST_SIDE:,} characters a side.")
        pairs.append(Pair(*sides))
    if not FEWEST_PAIRS <= len(pairs) <= MOST_PAIRS:
        raise PlaygroundError(f"There are {len(pairs):,} pairs: give {FEWEST_PAIRS} to {MOST_PAIRS:,}, one a line.")
    return pairs


def split_pairs(pairs: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Those to train on and those held out, by PAIRS_RULE."""
    train = [pair for index, pair in enumerate(pairs, 1) if index % _EVERY]
    return train, pairs[_EVERY - 1 :: _EVERY]
