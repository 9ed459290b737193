"""WEAT 1 to 10: the word sets that each test compares, and the published results.

The sets come from WEFE 1.0.1 (MIT), which took them from Caliskan, Bryson and Narayanan 2017,
doi:10.1126/science.aal4230, with four changes; CORRECTIONS makes them the supplement's again. The published d and p are
for other vectors, GloVe of 840 billion words of web text in 300 dimensions, and are only cited here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from playground.core.catalogue import say
from playground.core.paths import DATA

_SETS = DATA / "weat" / "weat.json"
#: Word sets that differ from the supplement of Caliskan et al. 2017: {word of WEFE: the supplement's, "" for none}.
#: Tests 4 and 5 have 16 names a side; in lower case "bill" of test 10 is a law more often than a name.
CORRECTIONS = {
    "european_american_names_7": {"Jay": "", "Kristen": ""},
    "african_american_names_7": {"Tremayne": "", "Latonya": ""},
    "temporary": {"short": "short-term"},
    "young_people_names": {"Bill": "Billy"},
}


@dataclass(frozen=True)
class WeatTest:
    """One test. sets: names of X, Y, A, B among the word sets.  list_keys: the four in the catalogue's weat.lists.

    published_d, published_p: of Caliskan et al. 2017, p as they wrote it.
    """

    number: int
    sets: tuple[str, str, str, str]
    list_keys: tuple[str, str, str, str]
    published_d: float
    published_p: str

    @property
    def title(self) -> str:
        """What it compares, in a line."""
        return say(f"bias.weat.tests.title_{self.number}")

    @property
    def question(self) -> str:
        """What it asks, in a line."""
        return say(f"bias.weat.tests.question_{self.number}")

    @property
    def list_names(self) -> tuple[str, ...]:
        """What X, Y, A and B are, as parts of a sentence."""
        return tuple(say(f"bias.weat.lists.{name}") for name in self.list_keys)

    def lists(self) -> tuple[tuple[str, ...], ...]:
        """The words of X, Y, A and B."""
        return tuple(_sets()[name] for name in self.sets)

    @property
    def is_corrected(self) -> bool:
        """Whether its lists differ from those of WEFE, which older links were measured with."""
        return not CORRECTIONS.keys().isdisjoint(self.sets)


def source() -> str:
    """Where the tests come from, with the licence."""
    return say("bias.weat.tests.source")


_PLEASANT = ("pleasant", "unpleasant")
_NAMES = ("european_american", "african_american")
_TESTS = (
    WeatTest(
        1, ("flowers", "insects", "pleasant_5", "unpleasant_5a"), ("flowers", "insects", *_PLEASANT), 1.50, "10⁻⁷"
    ),
    WeatTest(
        2, ("instruments", "weapons", "pleasant_5", "unpleasant_5a"), ("instruments", "weapons", *_PLEASANT),
        1.53, "10⁻⁷",
    ),
    WeatTest(
        3, ("european_american_names_5", "african_american_names_5", "pleasant_5", "unpleasant_5b"),
        (*_NAMES, *_PLEASANT), 1.41, "10⁻⁸",
    ),
    WeatTest(
        4, ("european_american_names_7", "african_american_names_7", "pleasant_5", "unpleasant_5b"),
        (*_NAMES, *_PLEASANT), 1.50, "10⁻⁴",
    ),
    WeatTest(
        5, ("european_american_names_7", "african_american_names_7", "pleasant_9", "unpleasant_9"),
        (*_NAMES, *_PLEASANT), 1.28, "10⁻³",
    ),
    WeatTest(
        6, ("male_names", "female_names", "career", "family"), ("mens_names", "womens_names", "career", "family"),
        1.81, "10⁻³",
    ),
    WeatTest(
        7, ("math", "arts", "male_terms", "female_terms"), ("mathematics", "arts", "male_terms", "female_terms"),
        1.06, "0.018",
    ),
    WeatTest(
        8, ("science", "arts_2", "male_terms_2", "female_terms_2"), ("science", "arts", "male_terms", "female_terms"),
        1.24, "10⁻²",
    ),
    WeatTest(
        9, ("mental_disease", "physical_disease", "temporary", "permanent"),
        ("mental_illness", "physical_illness", "temporary", "permanent"), 1.38, "10⁻²",
    ),
    WeatTest(
        10, ("young_people_names", "old_people_names", "pleasant_9", "unpleasant_9"),
        ("young_names", "old_names", *_PLEASANT), 1.21, "10⁻²",
    ),
)  # fmt: skip
#: From harmless to serious, as the page offers them.
ORDER = (1, 2, 7, 8, 6, 10, 9, 5, 4, 3)


def weat_tests() -> dict[int, WeatTest]:
    """The ten tests by number."""
    return {test.number: test for test in _TESTS}


@cache
def _sets() -> dict[str, tuple[str, ...]]:
    sets = json.loads(_SETS.read_text("utf-8"))
    return {
        name: tuple(right for word in words if (right := CORRECTIONS.get(name, {}).get(word, word)))
        for name, words in sets.items()
    }
