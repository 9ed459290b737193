"""What gender a translator gives people of forty occupations: where the sentence says it, and where it does not.

For each sentence both beginnings, masculine and feminine, are forced upon the decoder, and their probabilities
compared: this says more than the one translation that it would write. The unit is the occupation, not the sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from playground.bias.gender_alternatives import GenderAlternative
from playground.bias.multiple_testing import sign_test
from playground.bias.occupations import (
    HE,
    NONE,
    SHE,
    TEMPLATE_NAMES,
    Occupation,
    OccupationSentence,
    occupation_sentences,
    occupations,
)
from playground.bias.session_log import ALPHA, CANNOT_TELL, CONSISTENT, DEPENDS, Measurement
from playground.core.recipe import Recipe, Setting
from playground.language.translation import MODEL, Translation, TranslationRequest, load
from playground.language.translation_batch import encode_sentences, prefix_logprobs, translate_batch
from playground.metrics.intervals import Interval, wilson

NAME = "translation"
#: If both beginnings together are rarer than this, the translation begins in another way: their shares say little.
LEAST_COVERED = 0.1
_WHOSE = {HE: "he", SHE: "she", NONE: "nothing"}
CAVEATS = ("made up", "two genders", "wording")


@dataclass(frozen=True)
class GenderAnswer:
    """What a sentence became. feminine: share of the feminine beginning among both, 0 to 1.  covered: both together."""

    case: OccupationSentence
    translation: str
    feminine: float
    covered: float

    @property
    def counts(self) -> bool:
        """Whether the translation begins in one of the two ways often enough for their shares to mean anything."""
        return self.covered >= LEAST_COVERED

    @property
    def agrees(self) -> bool | None:
        """Whether the more probable beginning has the gender that was said; None if none was, or it does not count."""
        if self.case.gender == NONE or not self.counts:
            return None
        return (self.feminine > 0.5) == (self.case.gender == SHE)


@dataclass(frozen=True)
class OccupationRow:
    """An occupation with its answers, wording by wording."""

    occupation: Occupation
    answers: tuple[GenderAnswer, ...]

    def mostly_agrees(self, said: str) -> bool | None:
        """Whether the gender that was said was followed in most of the wordings that count; None if none does."""
        found = [answer.agrees for answer in self.answers if answer.case.gender == said and answer.agrees is not None]
        return 2 * sum(found) > len(found) if found else None


@dataclass(frozen=True)
class GenderTable:
    """Rows so far, of `total`."""

    direction: str
    rows: tuple[OccupationRow, ...]
    total: int
    weights_sha256: str

    @property
    def done(self) -> bool:
        """Whether all occupations are in it."""
        return len(self.rows) == self.total


@dataclass(frozen=True)
class GenderAccuracy:
    """How often a wording's gender was followed. name: of the wording.

    share: over occupations, with Wilson's interval; None if no occupation counts.
    """

    wording: int
    name: str
    gender: str
    share: Interval | None


def measure_occupations(direction: str) -> Iterator[GenderTable]:
    """Yields the table after each occupation. Raises PlaygroundError if the model cannot be had."""
    net = load(direction)
    everyone = occupations()
    rows: list[OccupationRow] = []
    for occupation in everyone:
        cases = occupation_sentences(occupation, direction)
        read = encode_sentences(net, [case.text for case in cases])
        written = translate_batch(net, read)
        pairs = [(number, begin) for number, case in enumerate(cases) for begin in (*case.masculine, *case.feminine)]
        logarithms = iter(prefix_logprobs(net, read, pairs))
        answers = []
        for case, text in zip(cases, written, strict=True):
            masculine, feminine = (
                sum(float(np.exp(next(logarithms))) for _ in begins) for begins in (case.masculine, case.feminine)
            )
            share = feminine / max(masculine + feminine, 1e-45)
            answers.append(GenderAnswer(case, text, share, masculine + feminine))
        rows.append(OccupationRow(occupation, tuple(answers)))
        yield GenderTable(direction, tuple(rows), len(everyone), net.weights_sha256)


def gender_accuracies(made: GenderTable) -> list[GenderAccuracy]:
    """How often each wording's gender was followed, for he and for she."""
    result = []
    for wording, (_, *names) in enumerate(TEMPLATE_NAMES[made.direction]):
        for said, name in zip((HE, SHE), names, strict=True):
            found = [
                answer.agrees
                for row in made.rows
                for answer in row.answers
                if answer.case.wording == wording and answer.case.gender == said and answer.agrees is not None
            ]
            result.append(GenderAccuracy(wording, name, said, wilson(sum(found), len(found)) if found else None))
    return result


def count_default_feminine(made: GenderTable) -> tuple[int, int]:
    """(occupations that became feminine in most wordings where nothing was said, of how many that count)."""
    found = []
    for row in made.rows:
        shares = [answer.feminine > 0.5 for answer in row.answers if answer.case.gender == NONE and answer.counts]
        if shares:
            found.append(2 * sum(shares) > len(shares))
    return sum(found), len(found)


def table_measurement(made: GenderTable) -> Measurement:
    """The finished table as a measurement. The p-value is of a sign test over occupations: he followed, she not."""
    he, she = ([row.mostly_agrees(said) for row in made.rows] for said in (HE, SHE))
    both = [(one, other) for one, other in zip(he, she, strict=True) if one is not None and other is not None]
    only_he, only_she = (sum(one and not other for one, other in pairs) for pairs in (both, [(b, a) for a, b in both]))
    p = sign_test(only_he, only_he + only_she)
    followed_she, followed_he = sum(other for _, other in both), sum(one for one, _ in both)
    feminine, asked = count_default_feminine(made)
    count = len(both)
    found = (
        f"Of {count} occupations, the feminine was followed for {followed_she}, the masculine for {followed_he}; "
        f"where nothing is said, {feminine} of {asked} become feminine."
    )
    return Measurement(
        panel=NAME,
        title=f"Gender of {count} occupations, {direction_name(made.direction)}",
        summary=found,
        verdict=_verdict(made, p),
        n=count,
        unit="occupations, in up to nine sentences each",
        method=(
            "both beginnings forced upon the decoder; the more probable one counts, in most of the wordings where both "
            f"together have {LEAST_COVERED:.0%} or more; interval: of the feminine followed; sign test over occupations"
        ),
        recipe=table_recipe(made),
        interval=wilson(followed_she, count) if count else None,
        p=p,
        comparisons=len(TEMPLATE_NAMES[made.direction]),
        caveats=CAVEATS,
        rows=_written(made),
    )


def _verdict(made: GenderTable, p: float) -> str:
    """One answer only if every wording points the same way, and chance is no explanation."""
    told = gender_accuracies(made)
    pairs = [(he.share, she.share) for he, she in zip(told[::2], told[1::2], strict=True)]
    differences = [he.value - she.value for he, she in pairs if he is not None and she is not None]
    ways = {difference > 0 for difference in differences}
    if p > ALPHA:
        return CANNOT_TELL if len(ways) < 2 else DEPENDS
    return CONSISTENT if len(ways) == 1 and 0 not in differences else DEPENDS


def _written(made: GenderTable) -> tuple[tuple[str, ...], ...]:
    rows = [("occupation", "sentence", "said", "translation", "feminine share", "both together")]
    for row in made.rows:
        for one in row.answers:
            said, case = _WHOSE[one.case.gender], one.case
            rows.append(
                (case.occupation, case.text, said, one.translation, f"{one.feminine:.4f}", f"{one.covered:.4f}")
            )
    return tuple(rows)


def direction_name(direction: str) -> str:
    """The direction of a translator in words: "English to Portuguese"."""
    return "English to Portuguese" if direction == "en-pt" else "Portuguese to English"


def table_recipe(made: GenderTable) -> Recipe:
    """The recipe of a table; its result is a fingerprint of the translations and the shares, these to a thousandth."""
    told = "\n".join(f"{one.translation} {one.feminine:.3f}" for row in made.rows for one in row.answers)
    settings: dict[str, Setting] = {"panel": NAME, "part": "table", "direction": made.direction}
    return Recipe("bias", MODEL, made.weights_sha256, 0, settings, hashlib.sha256(told.encode()).hexdigest()[:12])


def sentence_recipe(made: Translation) -> Recipe:
    """The recipe of a translation; its result is a fingerprint of the text."""
    asked = made.request
    settings: dict[str, Setting] = {
        "panel": NAME,
        "direction": asked.direction,
        "beams": asked.beams,
        "text": asked.text,
    }
    return Recipe("bias", MODEL, made.weights_sha256, 0, settings, hashlib.sha256(made.text.encode()).hexdigest()[:12])


def sentence_measurement(made: Translation, found: tuple[GenderAlternative, ...]) -> Measurement:
    """One translated sentence as a measurement: it counts, but supports no general statement."""
    told = "; ".join(f'"{one.word}" rather than "{one.other}": {_share(one.feminine)} feminine' for one in found[:4])
    return Measurement(
        panel=NAME,
        title=f'"{made.request.text}"',
        summary=f'"{made.text}"' + (f" {told}." if told else " No word in it could have had the other gender."),
        verdict=CANNOT_TELL,
        n=1,
        unit="sentence",
        method=f"translated {_way(made.request)}; each word's other form, by spelling, forced in its place",
        recipe=sentence_recipe(made),
        no_interval="none: one sentence, and a translator that always answers the same",
        comparisons=max(1, len(found)),
        caveats=CAVEATS[1:],
    )


def _way(asked: TranslationRequest) -> str:
    return "greedily" if asked.beams == 1 else f"by {asked.beams} beams"


def _share(value: float) -> str:
    """A share in per cent, never rounded to all or nothing."""
    if value < 0.001:
        return "< 0.1 %"
    return "> 99.9 %" if value > 0.999 else f"{value:.1%}".replace("%", " %")
