"""Control pairs: two arbitrary things each, which show how large a meaningless contrast is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playground.bias.cloze import read_words
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_text, quoted

Pairs = tuple[tuple[str, str], ...]
FEWEST_PAIRS, MOST_PAIRS = 20, 60
_COLOURS = (("red", "blue"), ("green", "brown"), ("grey", "yellow"), ("white", "orange"))
_DAYS = (("Monday", "Tuesday"), ("Wednesday", "Thursday"), ("Friday", "Saturday"))
# Names with A against names with B, of the same gender: only the letter differs on purpose.
_NAMES = (
    ("Alice", "Bella"), ("Andrew", "Brian"), ("Anna", "Beth"), ("Adam", "Ben"), ("Amy", "Bonnie"), ("Alan", "Bob"),
    ("Amanda", "Barbara"), ("Albert", "Bruce"), ("Audrey", "Brenda"), ("Arthur", "Bernard"), ("Abigail", "Bridget"),
    ("Aaron", "Bradley"), ("Angela", "Beatrice"), ("Alex", "Billy"), ("Ava", "Bianca"), ("Austin", "Brandon"),
    ("Agnes", "Bertha"), ("Anthony", "Barry"), ("April", "Brooke"), ("Abraham", "Boris"),
)  # fmt: skip
_TOWNS = (
    ("Ashford", "Bedford"), ("Arnold", "Barnet"), ("Alton", "Burton"), ("Ayr", "Bath"), ("Andover", "Bolton"),
    ("Ascot", "Bury"), ("Ashton", "Buxton"), ("Abingdon", "Banbury"), ("Amersham", "Burnham"), ("Alnwick", "Berwick"),
    ("Appleby", "Bingley"), ("Arundel", "Bodmin"), ("Aylesbury", "Barnsley"), ("Axminster", "Braintree"),
    ("Amble", "Batley"), ("Acton", "Brixton"), ("Alford", "Belper"), ("Atherton", "Beverley"), ("Ashby", "Blyth"),
    ("Accrington", "Basildon"),
)  # fmt: skip
_THINGS = (
    *_COLOURS, *_DAYS, ("first", "second"), ("third", "fourth"), ("tenth", "twelfth"), ("morning", "evening"),
    ("April", "May"), ("June", "July"), ("August", "October"), ("eastern", "western"), ("northern", "southern"),
    ("left", "right"), ("upper", "lower"), ("round", "square"), ("striped", "spotted"),
)  # fmt: skip

#: Families by name, for different kinds of slots. The difference within a pair is arbitrary.
CONTROLS: dict[str, Pairs] = {
    "people": (
        *((f"the guest in {one}", f"the guest in {other}") for one, other in _COLOURS),
        *((f"the {one} guest", f"the {other} guest") for one, other in (*_DAYS, *_THINGS[7:16])),
        *((f"the guest from {one}", f"the guest from {other}") for one, other in _TOWNS[:4]),
    ),
    "names": _NAMES,
    "animals": tuple((f"{one} animal", f"{other} animal") for one, other in _THINGS),
    "places": _TOWNS,
}


def read_controls(value: object) -> Pairs:
    """The pairs of a family's name, of a text with one pair per line ("red / blue"), or of a list of pairs.

    Raises PlaygroundError for fewer than FEWEST_PAIRS, more than MOST_PAIRS, repeated pairs, and lines that are
    not pairs.
    """
    if isinstance(value, str) and value.strip() in CONTROLS:
        return CONTROLS[value.strip()]
    if isinstance(value, str):
        text = parse_text(value, say("bias.cloze.text_of", name=say("bias.cloze.control_pairs")), may_be_empty=True)
        lines: Sequence[object] = [line for line in text.split("\n") if line.strip()]
    elif isinstance(value, (list, tuple)):
        lines = value
    else:
        raise PlaygroundError(say("bias.template_sweep.errors.controls_not_text", value=quoted(value)))
    if not FEWEST_PAIRS <= len(lines) <= MOST_PAIRS:
        raise PlaygroundError(
            say(
                "bias.template_sweep.errors.controls_count",
                count=len(lines),
                fewest=FEWEST_PAIRS,
                most=MOST_PAIRS,
                families=", ".join(CONTROLS),
            )  # fmt: skip
        )
    pairs = tuple(_pair(line) for line in lines)
    if len({frozenset(pair) for pair in pairs}) < len(pairs):
        raise PlaygroundError(say("bias.template_sweep.errors.controls_repeated"))
    return pairs


def _pair(line: object) -> tuple[str, str]:
    sides: object = re.split(r"\s*/\s*", line.strip()) if isinstance(line, str) else line
    if not isinstance(sides, (list, tuple)) or len(sides) != 2 or not all(isinstance(side, str) for side in sides):
        raise PlaygroundError(say("bias.template_sweep.errors.not_a_pair", value=quoted(line)))
    words = read_words(list(sides), say("bias.cloze.control_pairs"), most=2)
    if len(words) != 2:
        raise PlaygroundError(say("bias.template_sweep.errors.not_a_pair", value=quoted(line)))
    return words[0], words[1]


def format_controls(pairs: Pairs) -> str:
    """The name of the family that the pairs are, or else the pairs as lines; as recipes hold them."""
    for name, family in CONTROLS.items():
        if pairs == family:
            return name
    return pair_lines(pairs)


def pair_lines(pairs: Pairs) -> str:
    """The pairs as text, one per line."""
    return "\n".join(f"{one} / {other}" for one, other in pairs)
