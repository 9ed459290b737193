"""WEAT 1 to 10: which word sets each test compares, what it asks, and what was published.

The sets come from WEFE 1.0.1 (MIT), which took them from Caliskan, Bryson and Narayanan 2017,
doi:10.1126/science.aal4230. Their d and p are for other vectors, GloVe of 840 billion words of the web with 300
numbers each, and stand here as a citation only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from playground.core.paths import DATA

_SETS = DATA / "weat" / "weat.json"
SOURCE = (
    "WEAT 1 to 10 of Caliskan, Bryson and Narayanan 2017 (doi:10.1126/science.aal4230), as in WEFE 1.0.1, MIT licence."
)


@dataclass(frozen=True)
class WeatTest:
    """One test. sets: names of X, Y, A, B among the word sets.  list_names: the four in words, as the page names them.

    question: what it asks in a line.  published_d, published_p: of Caliskan et al. 2017, p as they wrote it.
    """

    number: int
    title: str
    sets: tuple[str, str, str, str]
    list_names: tuple[str, str, str, str]
    question: str
    published_d: float
    published_p: str

    def lists(self) -> tuple[tuple[str, ...], ...]:
        """The words of X, Y, A and B."""
        return tuple(_sets()[name] for name in self.sets)


_PLEASANT = ("pleasant words", "unpleasant words")
_EUROPEAN, _AFRICAN = "European American names", "African American names"
_TESTS = (
    WeatTest(
        1, "Flowers and insects, pleasant and unpleasant", ("flowers", "insects", "pleasant_5", "unpleasant_5a"),
        ("flowers", "insects", *_PLEASANT),
        "Harmless: do flowers stand nearer to pleasant words than insects do?", 1.50, "10⁻⁷",
    ),
    WeatTest(
        2, "Instruments and weapons, pleasant and unpleasant",
        ("instruments", "weapons", "pleasant_5", "unpleasant_5a"), ("instruments", "weapons", *_PLEASANT),
        "Harmless: do musical instruments stand nearer to pleasant words than weapons do?", 1.53, "10⁻⁷",
    ),
    WeatTest(
        3, "Names of two groups, pleasant and unpleasant (32 names each)",
        ("european_american_names_5", "african_american_names_5", "pleasant_5", "unpleasant_5b"),
        (_EUROPEAN, _AFRICAN, *_PLEASANT),
        "Serious: do names given mostly to European Americans stand nearer to pleasant words than names given mostly "
        "to African Americans?", 1.41, "10⁻⁸",
    ),
    WeatTest(
        4, "Names of two groups, as sent to employers",
        ("european_american_names_7", "african_american_names_7", "pleasant_5", "unpleasant_5b"),
        (_EUROPEAN, _AFRICAN, *_PLEASANT),
        "Serious: the same, with the names of a study in which employers answered the same letter less often under one "
        "kind of name.", 1.50, "10⁻⁴",
    ),
    WeatTest(
        5, "The same names, other pleasant and unpleasant words",
        ("european_american_names_7", "african_american_names_7", "pleasant_9", "unpleasant_9"),
        (_EUROPEAN, _AFRICAN, *_PLEASANT),
        "Serious: the names of test 4, with eight other words for pleasant and unpleasant. Does the answer depend on "
        "the words?", 1.28, "10⁻³",
    ),
    WeatTest(
        6, "Men's and women's names, career and family", ("male_names", "female_names", "career", "family"),
        ("men's names", "women's names", "career words", "family words"),
        "Do men's names stand nearer to career and women's names nearer to family?", 1.81, "10⁻³",
    ),
    WeatTest(
        7, "Mathematics and arts, male and female terms", ("math", "arts", "male_terms", "female_terms"),
        ("mathematics words", "arts words", "male terms", "female terms"),
        "Does mathematics stand nearer to words for men, and the arts nearer to words for women?", 1.06, "0.018",
    ),
    WeatTest(
        8, "Science and arts, male and female terms", ("science", "arts_2", "male_terms_2", "female_terms_2"),
        ("science words", "arts words", "male terms", "female terms"),
        "Does science stand nearer to words for men, and the arts nearer to words for women?", 1.24, "10⁻²",
    ),
    WeatTest(
        9, "Illness of mind and body, temporary and permanent",
        ("mental_disease", "physical_disease", "temporary", "permanent"),
        ("words of mental illness", "words of physical illness", "words for what passes", "words for what lasts"),
        "Is mental illness spoken of as temporary and physical illness as permanent?", 1.38, "10⁻²",
    ),
    WeatTest(
        10, "Names of the young and the old, pleasant and unpleasant",
        ("young_people_names", "old_people_names", "pleasant_9", "unpleasant_9"),
        ("names of young people", "names of old people", *_PLEASANT),
        "Do names that were given to people now young stand nearer to pleasant words?", 1.21, "10⁻²",
    ),
)  # fmt: skip
#: From harmless to serious, as the page offers them.
ORDER = (1, 2, 7, 8, 6, 10, 9, 5, 4, 3)


def weat_tests() -> dict[int, WeatTest]:
    """The ten tests by number."""
    return {test.number: test for test in _TESTS}


@cache
def _sets() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in json.loads(_SETS.read_text("utf-8")).items()}
