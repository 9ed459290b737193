"""Template sweep: one contrast in many templates, and the same contrast for arbitrary control pairs.

In a template the contrast is ln [p(words 1 | A) / p(words 2 | A)] − ln [p(words 1 | B) / p(words 2 | B)]: each p is of
a whole sentence, each group is the mean over its words' logarithms. How frequent A, B and the words are cancels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from playground.bias.control_pairs import format_controls
from playground.bias.session_log import ALPHA, Bar, Measurement, interval_bar
from playground.bias.template_sweep_request import TemplateSweepRequest, fill_template
from playground.bias.token_logprob import start_token, token_log_probabilities
from playground.bias.verdict import (
    contrast_p_value,
    control_band,
    count_agreeing_signs,
    judge_contrasts,
    smallest_p_value,
    wordings_p_value,
)
from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.core.verification import likely_cause
from playground.language.generation import load, tokenize
from playground.metrics.intervals import Interval, mean_interval

NAME = "template_sweep"


@dataclass(frozen=True, eq=False)
class TemplateSweep:
    """The contrasts measured so far, in nats (logarithms of odds ratios).

    values: one per template.  controls: one per control pair, its mean over all templates; () until all are measured.
    sides: ln [p(words 1) / p(words 2)], its mean over all templates, for A, B and both phrases of each control pair.
    phrases: those of the different control phrases, A and B not among them: a phrase in two pairs counts once.
    done: share of the work, 0 to 1.
    """

    request: TemplateSweepRequest
    values: tuple[float, ...]
    controls: tuple[float, ...]
    done: float
    decoder: str
    weights_sha256: str
    sides: tuple[float, ...] = ()

    @property
    def mean(self) -> Interval:
        """The mean over the templates with its t interval."""
        return mean_interval(self.values, say("bias_texts.unit.wordings"))

    @property
    def band(self) -> tuple[float, float] | None:
        """The band that holds 95 % of any two control phrases' differences; None until they are measured."""
        return control_band(self.phrases) if self.controls else None

    @property
    def phrases(self) -> tuple[float, ...]:
        """The scores of the different control phrases, without A and B; () until they are measured."""
        names = [phrase for pair in self.request.controls for phrase in pair]
        scores = dict(zip(names, self.sides[2:], strict=False))
        return tuple(value for name, value in scores.items() if name not in (self.request.a, self.request.b))

    @property
    def p(self) -> float | None:
        """The uncorrected p-value; None until the control pairs are measured."""
        if not self.controls or len(self.values) < 2:
            return None
        a, b, *_ = self.sides
        return contrast_p_value(self.values, a, b, self.phrases)

    @property
    def has_direction(self) -> bool:
        """Whether the mean's interval over the templates excludes 0: only then is a direction named."""
        return len(self.values) > 1 and wordings_p_value(self.values) <= ALPHA

    @property
    def agreeing(self) -> int:
        """How many templates have the sign of the mean."""
        return count_agreeing_signs(self.values)

    @property
    def verdict(self) -> str:
        """One of the session's VERDICTS."""
        return judge_contrasts(self.values, self.p)

    def recipe(self) -> Recipe:
        """The recipe of this sweep; its result is the mean."""
        request = self.request
        settings: dict[str, Any] = {
            "panel": NAME, "a": request.a, "b": request.b, "words_1": ", ".join(request.words_1),
            "words_2": ", ".join(request.words_2), "templates": "\n".join(request.templates),
            "controls": format_controls(request.controls),
        }  # fmt: skip
        return Recipe("bias", request.model, self.weights_sha256, 0, settings, f"{self.mean.value:.4f}")

    def headline(self) -> str:
        """The result in the fewest words."""
        count = len(self.values)
        if self.has_direction:
            return say("bias.template_sweep.measurement.headline", agreeing=self.agreeing, count=count)
        more = max(self.agreeing, sum(value * self.mean.value < 0 for value in self.values))
        return say("bias.template_sweep.measurement.no_direction", more=more, fewer=count - more)

    def summary(self) -> str:
        """The result in a sentence, with its number."""
        request, mean = self.request, self.mean
        if not self.has_direction:
            return f"{self.headline()}."
        words, others = abbreviate_words(request.words_1), abbreviate_words(request.words_2)
        if mean.value < 0:
            words, others = others, words
        return say(
            "bias.template_sweep.measurement.summary", headline=self.headline(), words=words, others=others,
            a=request.a, b=request.b, factor=math.exp(abs(mean.value)),
        ) + (
            "" if self.p is None or self.p <= ALPHA else " " + say("bias.template_sweep.measurement.phrases_differ_too")
        )  # fmt: skip

    def measurement(self) -> Measurement:
        """The sweep as a measurement for the session log."""
        request, mean = self.request, self.mean
        sign = 1 if mean.value >= 0 else -1
        ends = sorted(math.exp(sign * end) for end in (mean.low, mean.high))
        return Measurement(
            panel=NAME,
            title=say(
                "bias.template_sweep.measurement.title", a=request.a, b=request.b,
                words_1=abbreviate_words(request.words_1), words_2=abbreviate_words(request.words_2),
            ),
            summary=self.summary(),
            verdict=self.verdict,
            n=len(self.values),
            unit=say("bias.template_sweep.measurement.unit", count=len(self.controls)),
            method=say(
                "bias.template_sweep.measurement.method", phrases=len(self.phrases),
                pairs=math.comb(len(self.phrases) + 2, 2), floor=smallest_p_value(len(self.phrases)),
            ),
            recipe=self.recipe(),
            interval=Interval(
                math.exp(abs(mean.value)), ends[0], ends[1],
                say("bias.template_sweep.measurement.interval_method", method=mean.method),
            ),
            p=self.p,
            caveats=("wording", "rules"),
            rows=self._rows(),
            chart=(
                interval_bar(say("bias.template_sweep.chart.mean"), mean), *map(Bar, request.templates, self.values),
            ),
        )  # fmt: skip

    def _rows(self) -> tuple[tuple[str, str], ...]:
        """The table of the report: templates, mean, band, control pairs."""
        request, band = self.request, self.band
        assert band is not None
        return (
            (
                say("bias.template_sweep.measurement.column_template"),
                say("bias.template_sweep.measurement.column_contrast"),
            ),
            *zip(request.templates, map(_with_sign, self.values), strict=True),
            (say("bias.template_sweep.measurement.mean"), _with_sign(self.mean.value)),
            (
                say("bias.template_sweep.measurement.band"),
                say("bias.template_sweep.measurement.band_values", low=band[0], high=band[1]),
            ),
            *(
                (say("bias.template_sweep.measurement.control", a=a, b=b), _with_sign(value))
                for (a, b), value in zip(request.controls, self.controls, strict=True)
            ),
        )


def sweep_templates(request: TemplateSweepRequest) -> Iterator[TemplateSweep]:
    """Measures all templates with A and B, then with the control pairs; yields often, last the whole sweep.

    Raises PlaygroundError for an unknown model and for sentences longer than its context.
    """
    loaded = load(request.model)
    start = start_token(loaded)
    words = (*request.words_1, *request.words_2)
    weights = [1 / len(request.words_1)] * len(request.words_1) + [-1 / len(request.words_2)] * len(request.words_2)
    pairs = [(request.a, request.b), *request.controls]
    total = len(request.templates) * len(pairs)
    before = f"{request.prefix} " if request.prefix else ""
    now = TemplateSweep(request, (), (), 0.0, loaded.decoder.name, loaded.weights_sha256)

    def contrasts(template: str, chosen: Sequence[tuple[str, str]]) -> Iterator[tuple[float, list[float]]]:
        """Yields (share done, []) for each sentence, and last (1.0, the score of each phrase)."""
        sides = [side for pair in chosen for side in pair]
        sequences = [
            [start, *tokenize(loaded, before + fill_template(template, side, word), bare=True)]
            for side in sides
            for word in words
        ]
        scores = np.zeros(len(sequences))
        for done, (index, scored) in enumerate(token_log_probabilities(loaded, sequences), 1):
            scores[index] = float(scored.astype(np.float64).sum())
            yield done / len(sequences), []
        yield 1.0, [float(one) for one in scores.reshape(len(sides), len(words)) @ np.array(weights)]

    yield now
    own = np.zeros(2)
    for template in request.templates:
        for _, scores in contrasts(template, pairs[:1]):
            if scores:
                own += scores
                now = replace(now, values=(*now.values, scores[0] - scores[1]), done=(len(now.values) + 1) / total)
            yield now
    sums, measured = np.zeros(2 * len(request.controls)), len(request.templates)
    for template in request.templates:
        for share, scores in contrasts(template, pairs[1:]):
            now = replace(now, done=(measured + share * len(request.controls)) / total)
            sums += scores or 0.0
            yield now
        measured += len(request.controls)
    sides = np.concatenate([own, sums]) / len(request.templates)
    controls = tuple(float(one) for one in sides[2::2] - sides[3::2])
    yield replace(now, controls=controls, sides=tuple(float(one) for one in sides), done=1.0)


def abbreviate_words(words: Sequence[str]) -> str:
    """A group of words by its first two: she/her/…"""
    return "/".join(words[:2]) + ("/…" if len(words) > 2 else "")


def _with_sign(value: float) -> str:
    return f"{value:+.3f}"


def describe_difference(recipe: Recipe, sweep: TemplateSweep) -> str:
    """The difference between a sweep's mean and its link's, in words; "" below 0.02 nats."""
    try:
        before = float(recipe.result)
    except ValueError:
        return ""
    if abs(before - sweep.mean.value) < 0.02:
        return ""
    why = likely_cause(recipe, sweep.recipe())
    return say("bias.template_sweep.differs", here=sweep.mean.value, link=before, why=why)
