"""The gender a translator gives to people of forty occupations, where the sentence says it and where it does not.

For each sentence the masculine and the feminine beginning are forced on the decoder, and their probabilities compared:
this says more than the one translation it would write. The statistical unit is the occupation, not the sentence.
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
    Occupation,
    OccupationSentence,
    occupation_sentences,
    occupations,
    wording_names,
)
from playground.bias.session_log import ALPHA, CANNOT_TELL, CONSISTENT, DEPENDS, SHARE, Measurement, interval_bar
from playground.core.catalogue import say
from playground.core.numbers import percent
from playground.core.recipe import Recipe, Setting
from playground.language.translation import MODEL, Translation, TranslationRequest, load
from playground.language.translation_batch import encode_sentences, prefix_logprobs, translate_batch
from playground.metrics.intervals import Interval, wilson

NAME = "translation"
#: If both beginnings together are rarer than this, the translation begins differently: their shares say little.
LEAST_COVERED = 0.1
CAVEATS = ("made_up", "two_genders", "wording")


@dataclass(frozen=True)
class GenderAnswer:
    """The translation of a sentence.

    feminine: share of the feminine beginning among the two, 0 to 1.  covered: probability of both together.
    """

    case: OccupationSentence
    translation: str
    feminine: float
    covered: float

    @property
    def counts(self) -> bool:
        """Whether the two beginnings are probable enough for their shares to mean anything."""
        return self.covered >= LEAST_COVERED

    @property
    def agrees(self) -> bool | None:
        """Whether the more probable beginning has the sentence's gender; None if it has none, or does not count."""
        if self.case.gender == NONE or not self.counts:
            return None
        return (self.feminine > 0.5) == (self.case.gender == SHE)


@dataclass(frozen=True)
class OccupationRow:
    """An occupation with its answers, wording by wording."""

    occupation: Occupation
    answers: tuple[GenderAnswer, ...]

    def mostly_agrees(self, gender: str) -> bool | None:
        """Whether most wordings with this gender that count are followed; None if none counts."""
        follows = [one.agrees for one in self.answers if one.case.gender == gender and one.agrees is not None]
        return 2 * sum(follows) > len(follows) if follows else None


@dataclass(frozen=True)
class GenderTable:
    """The rows so far. total: how many there will be."""

    direction: str
    rows: tuple[OccupationRow, ...]
    total: int
    weights_sha256: str

    @property
    def done(self) -> bool:
        """Whether all occupations are measured."""
        return len(self.rows) == self.total


@dataclass(frozen=True)
class GenderAccuracy:
    """How often the translator follows one gender in one wording.

    name: of the wording, in words.  share: over occupations, with Wilson's interval; None if no occupation counts.
    """

    wording: int
    name: str
    gender: str
    share: Interval | None


def measure_occupations(direction: str) -> Iterator[GenderTable]:
    """Yields the table after each occupation. Raises PlaygroundError if the model cannot be loaded."""
    net = load(direction)
    everyone = occupations()
    rows: list[OccupationRow] = []
    for occupation in everyone:
        cases = occupation_sentences(occupation, direction)
        source = encode_sentences(net, [case.text for case in cases])
        written = translate_batch(net, source)
        pairs = [(number, begin) for number, case in enumerate(cases) for begin in (*case.masculine, *case.feminine)]
        logarithms = iter(prefix_logprobs(net, source, pairs))
        answers = []
        for case, text in zip(cases, written, strict=True):
            masculine, feminine = (
                sum(float(np.exp(next(logarithms))) for _ in begins) for begins in (case.masculine, case.feminine)
            )
            share = feminine / max(masculine + feminine, 1e-45)
            answers.append(GenderAnswer(case, text, share, masculine + feminine))
        rows.append(OccupationRow(occupation, tuple(answers)))
        yield GenderTable(direction, tuple(rows), len(everyone), net.weights_sha256)


def gender_accuracies(table: GenderTable) -> list[GenderAccuracy]:
    """How often each wording's gender is followed, for he and for she in turn."""
    accuracies = []
    for wording, (_, *names) in enumerate(wording_names(table.direction)):
        for gender, name in zip((HE, SHE), names, strict=True):
            follows = [
                answer.agrees
                for row in table.rows
                for answer in row.answers
                if answer.case.wording == wording and answer.case.gender == gender and answer.agrees is not None
            ]
            share = wilson(sum(follows), len(follows)) if follows else None
            accuracies.append(GenderAccuracy(wording, name, gender, share))
    return accuracies


def count_default_feminine(table: GenderTable) -> tuple[int, int]:
    """(occupations that become feminine in most sentences without gender, occupations with such a sentence)."""
    feminine = []
    for row in table.rows:
        answers = [answer.feminine > 0.5 for answer in row.answers if answer.case.gender == NONE and answer.counts]
        if answers:
            feminine.append(2 * sum(answers) > len(answers))
    return sum(feminine), len(feminine)


def table_measurement(table: GenderTable) -> Measurement:
    """The finished table as a measurement. p: of a sign test over occupations, he followed against she followed."""
    he, she = ([row.mostly_agrees(gender) for row in table.rows] for gender in (HE, SHE))
    both = [(one, other) for one, other in zip(he, she, strict=True) if one is not None and other is not None]
    only_he, only_she = sum(one and not other for one, other in both), sum(other and not one for one, other in both)
    p = sign_test(only_he, only_he + only_she)
    follows_he, follows_she = sum(one for one, _ in both), sum(other for _, other in both)
    feminine, total = count_default_feminine(table)
    count = len(both)
    words = table.direction.replace("-", "_")
    counts = {"count": count, "she": follows_she, "he": follows_he, "feminine": feminine, "total": total}
    said = {f"{one}_said": say(f"bias_texts.translation.the_{one}_{words}") for one in ("he", "she")}
    return Measurement(
        panel=NAME,
        title=say("bias_texts.translation.log_title", count=count, direction=direction_name(table.direction)),
        summary=say("bias_texts.translation.summary", luck=_luck(p), **said, **counts),
        verdict=_verdict(table, p),
        n=count,
        unit=say("bias_texts.translation.counted"),
        method=say("bias_texts.translation.method", least=LEAST_COVERED),
        recipe=table_recipe(table),
        interval=wilson(follows_she, count) if count else None,
        scale=SHARE,
        p=p,
        comparisons=len(wording_names(table.direction)),
        caveats=CAVEATS,
        rows=_rows(table),
        chart=tuple(interval_bar(one.name, one.share) for one in gender_accuracies(table) if one.share is not None),
    )


def _luck(p: float) -> str:
    """Whether luck alone could make the gap between he and she, in a sentence."""
    key = "excluded" if p <= 0.001 else "unlikely" if p <= ALPHA else "possible"
    return say(f"bias_texts.translation.luck_{key}")


def _verdict(table: GenderTable, p: float) -> str:
    """Consistent only if every wording points the same way and chance does not explain it."""
    accuracies = gender_accuracies(table)
    pairs = [(he.share, she.share) for he, she in zip(accuracies[::2], accuracies[1::2], strict=True)]
    differences = [he.value - she.value for he, she in pairs if he is not None and she is not None]
    signs = {difference > 0 for difference in differences}
    if p > ALPHA:
        return CANNOT_TELL if len(signs) < 2 else DEPENDS
    return CONSISTENT if len(signs) == 1 and 0 not in differences else DEPENDS


def _rows(table: GenderTable) -> tuple[tuple[str, ...], ...]:
    """The table of the report, its header first."""
    columns = ("occupation", "sentence", "said", "translation", "feminine_share", "both")
    rows = [tuple(say(f"bias_texts.columns.{name}") for name in columns)]
    for row in table.rows:
        for answer in row.answers:
            case = answer.case
            gender = say(f"bias_texts.translation.said_{case.gender}")
            shares = f"{answer.feminine:.4f}", f"{answer.covered:.4f}"
            rows.append((case.occupation, case.text, gender, answer.translation, *shares))
    return tuple(rows)


def direction_name(direction: str) -> str:
    """The direction of a translator in words: "English to Portuguese"."""
    return say("bias_texts.translation.en_pt") if direction == "en-pt" else say("bias_texts.translation.pt_en")


def table_recipe(table: GenderTable) -> Recipe:
    """The recipe of a table; its result is a hash of the translations and of the shares to a thousandth."""
    lines = "\n".join(f"{one.translation} {one.feminine:.3f}" for row in table.rows for one in row.answers)
    settings: dict[str, Setting] = {"panel": NAME, "part": "table", "direction": table.direction}
    return Recipe("bias", MODEL, table.weights_sha256, 0, settings, hashlib.sha256(lines.encode()).hexdigest()[:12])


def sentence_recipe(translation: Translation) -> Recipe:
    """The recipe of a translation; its result is a hash of the text."""
    request = translation.request
    settings: dict[str, Setting] = {
        "panel": NAME,
        "direction": request.direction,
        "beams": request.beams,
        "text": request.text,
    }
    result = hashlib.sha256(translation.text.encode()).hexdigest()[:12]
    return Recipe("bias", MODEL, translation.weights_sha256, 0, settings, result)


def describe_alternatives(alternatives: tuple[GenderAlternative, ...]) -> str:
    """The first words that could have had the other gender, each with the feminine form's share."""
    words = (
        say("bias_texts.translation.alternative", word=one.word, other=one.other, share=_share(one.feminine))
        for one in alternatives[:4]
    )
    return f"{'; '.join(words)}." if alternatives else say("bias_texts.translation.no_alternative")


def sentence_measurement(translation: Translation, alternatives: tuple[GenderAlternative, ...]) -> Measurement:
    """One translated sentence as a measurement: it counts, but supports no general statement."""
    return Measurement(
        panel=NAME,
        title=f'"{translation.request.text}"',
        summary=f'"{translation.text}" {describe_alternatives(alternatives)}',
        verdict=CANNOT_TELL,
        n=1,
        unit=say("bias_texts.unit.sentence"),
        method=say("bias_texts.translation.sentence_method", way=_decoding(translation.request)),
        recipe=sentence_recipe(translation),
        no_interval=say("bias_texts.translation.no_interval"),
        comparisons=max(1, len(alternatives)),
        caveats=CAVEATS[1:],
    )


def _decoding(request: TranslationRequest) -> str:
    if request.beams == 1:
        return say("bias_texts.translation.way_greedy")
    return say("bias_texts.translation.way_beams", beams=request.beams)


def _share(value: float) -> str:
    """A share in per cent, never rounded to 0 % or 100 %."""
    if value < 0.001:
        return "< 0.1 %"
    if value > 0.999:
        return "> 99.9 %"
    return f"{100 * value:.1f}\u00a0%" if value > 0.995 else percent(value)
