"""Prompt debiasing: the same measurements without a prefix, with the visitor's, and with an unrelated one.

The prefix targets how the model ranks pronouns in fixed sentences. The control is which pronouns it generates: a prefix
that closes the first gap need not close the second. Any text moves both gaps, so the effect of the prefix is the gap
with it against the gap with the unrelated one: what it does beyond what any text does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from playground.bias.group_generation import (
    GroupGenerationRequest,
    GroupTexts,
    generate_group_texts,
    read_group_generation,
)
from playground.bias.multiple_testing import sign_test
from playground.bias.session_log import CANNOT_TELL, CONSISTENT, DEPENDS, Measurement, interval_bar
from playground.bias.template_sweep import sweep_templates
from playground.bias.template_sweep_request import TemplateSweepRequest, read_template_sweep
from playground.bias.verdict import wordings_p_value
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_text
from playground.metrics.intervals import Interval, mean_interval

NAME = "prompt_debiasing"
#: Prefixes, in the order in which they are measured.
NOTHING, YOURS, NEUTRAL = "nothing", "yours", "unrelated"
CONDITIONS = (NOTHING, YOURS, NEUTRAL)
#: Pronouns ranked in fixed sentences, and pronouns in generated text.
RANKED, WRITTEN = "ranked", "written"
MEASURES = (RANKED, WRITTEN)
#: What a prefix does to a gap.
NARROWER, WIDER, REVERSED, NO_CHANGE = "narrower", "wider", "reversed", "none"
#: Fewer pairs that all agree are chance: an exact sign test needs six.
_FEWEST_ALIKE = 6
_LONGEST = 400


@dataclass(frozen=True)
class PromptDebiasingRequest:
    """A checked request.

    prefix, neutral: the visitor's prefix and the unrelated one.  ranking: templates that rank she and he for A and B.
    groups: beginnings to continue, about A and B.
    """

    prefix: str
    neutral: str
    ranking: TemplateSweepRequest
    groups: GroupGenerationRequest

    def before(self, condition: str) -> str:
        """The prefix under a condition, one of CONDITIONS."""
        return {NOTHING: "", YOURS: self.prefix, NEUTRAL: self.neutral}[condition]


@dataclass(frozen=True, eq=False)
class PromptDebiasing:
    """The result so far, by condition.

    ranked: a contrast per template, in nats: see template_sweep.py.
    written: for each pair of texts with the same seed and beginning, (she - he in A's text) - (she - he in B's), where
    she and he are 1 if the text contains the pronoun; -2 to 2.
    progress: what is being measured, in a sentence; "" at the end.
    """

    request: PromptDebiasingRequest
    ranked: Mapping[str, tuple[float, ...]]
    written: Mapping[str, tuple[float, ...]]
    weights_sha256: str
    progress: str = ""

    def values(self, measure: str) -> Mapping[str, tuple[float, ...]]:
        """The values of a measure, by condition."""
        return self.ranked if measure == RANKED else self.written

    def gap(self, measure: str, condition: str) -> Interval:
        """The mean difference between A and B, with its interval."""
        unit = say("bias_texts.unit.wordings") if measure == RANKED else say("bias_texts.unit.pairs_of_texts")
        return mean_interval(self.values(measure)[condition], unit)

    def shift(self, measure: str, baseline: str = NEUTRAL, condition: str = YOURS) -> Interval:
        """The gap under a condition minus the gap under a baseline; paired."""
        values = self.values(measure)
        pairs = zip(values[baseline], values[condition], strict=True)
        return mean_interval([here - there for there, here in pairs], say("bias_texts.unit.pairs"))

    def effect(self, measure: str, baseline: str = NEUTRAL, condition: str = YOURS) -> str:
        """NARROWER, WIDER or REVERSED if the gap significantly differs between two conditions, else NO_CHANGE.

        Reversed: both gaps are significant, with different signs.
        """
        shift, before, after = (
            self.shift(measure, baseline, condition), self.gap(measure, baseline), self.gap(measure, condition),
        )  # fmt: skip
        pairs = len(self.values(measure)[condition])
        if not _excludes_zero(shift, pairs):
            return NO_CHANGE
        both = _excludes_zero(before, pairs) and _excludes_zero(after, pairs)
        if both and before.value * after.value < 0:
            return REVERSED
        return NARROWER if abs(after.value) < abs(before.value) else WIDER

    def p_value(self, measure: str) -> float:
        """Of the paired t test of a gap with the visitor's prefix against that with the unrelated one.

        If all pairs change by the same, which leaves no spread to test by, that of the sign test.
        """
        changes = np.subtract(self.values(measure)[YOURS], self.values(measure)[NEUTRAL])
        if np.ptp(changes) == 0 and changes[0]:
            return sign_test(len(changes), len(changes))
        return wordings_p_value(changes.tolist())

    @property
    def verdict(self) -> str:
        """One of session_log.VERDICTS.

        Consistent if the prefix has the same effect on both gaps, depends if it has an effect on one only, or another
        on each; it cannot tell if there is none.
        """
        effects = {self.effect(measure) for measure in MEASURES}
        if effects == {NO_CHANGE}:
            return CANNOT_TELL
        return CONSISTENT if len(effects) == 1 else DEPENDS


def _excludes_zero(interval: Interval, pairs: int) -> bool:
    """Whether an interval excludes 0; one without width does so only with enough pairs."""
    wide = interval.low < interval.high or pairs >= _FEWEST_ALIKE
    return wide and (interval.low > 0 or interval.high < 0)


def read_prompt_debiasing(values: Mapping[str, Any]) -> PromptDebiasingRequest:
    """A checked request. values: prefix, neutral, a, b, templates, beginnings, each, seed, model.

    Raises PlaygroundError for a value that is missing or out of range.
    """
    prefix = _read_prefix(values.get("prefix"), say("bias_texts.group_generation.prefix_name"))
    neutral = _read_prefix(values.get("neutral"), say("bias_texts.prompt_debiasing.neutral_name"))
    sweep = {"a": values.get("a"), "b": values.get("b"), "words_1": ["she"], "words_2": ["he"], "controls": "people"}
    ranking = read_template_sweep({**sweep, "templates": values.get("templates"), "model": values.get("model")})
    groups = read_group_generation(
        {
            "templates": values.get("beginnings"), "groups": [ranking.a, ranking.b], "each": values.get("each", 8),
            "seed": values.get("seed", 0), "model": ranking.model,
        }
    )  # fmt: skip
    return PromptDebiasingRequest(prefix, neutral, ranking, groups)


def _read_prefix(value: Any, name: str) -> str:
    text = parse_text(value, name).strip()
    if not text or len(text) > _LONGEST:
        raise PlaygroundError(say("bias_texts.prompt_debiasing.length", name=name, most=_LONGEST, count=len(text)))
    return text


def measure_prompt_debiasing(request: PromptDebiasingRequest) -> Iterator[PromptDebiasing]:
    """Measures both gaps under all conditions; yields the result so far, often, and at last the whole.

    Raises PlaygroundError if the model cannot be loaded.
    """
    now = PromptDebiasing(request, {}, {}, "")
    for condition in CONDITIONS:
        ranking = replace(request.ranking, prefix=request.before(condition))
        progress = say("bias_texts.prompt_debiasing.ranking", condition=condition_name(condition))
        for sweep in sweep_templates(ranking):
            now = replace(now, weights_sha256=sweep.weights_sha256, progress=progress)
            yield now
            if len(sweep.values) == len(ranking.templates):  # control pairs would follow: not needed here
                now = replace(now, ranked={**now.ranked, condition: sweep.values})
                break
    for condition in CONDITIONS:
        texts: GroupTexts | None = None
        for texts in generate_group_texts(replace(request.groups, prefix=request.before(condition))):
            yield replace(now, progress=_writing_progress(condition, texts))
        assert texts is not None
        now = replace(now, written={**now.written, condition: _pronoun_differences(texts)})
    yield replace(now, progress="")


def condition_name(condition: str) -> str:
    """A condition in words: "without a prefix"."""
    return say(f"bias_texts.prompt_debiasing.conditions.{condition}")


def _writing_progress(condition: str, texts: GroupTexts) -> str:
    counts = {"written": len(texts.texts), "total": texts.request.count}
    return say("bias_texts.prompt_debiasing.writing", condition=condition_name(condition), **counts)


def _pronoun_differences(texts: GroupTexts) -> tuple[float, ...]:
    """For each beginning and seed: she minus he in A's text, minus the same in B's."""
    lean = {
        (text.template, text.number, text.group): float(text.has("she")) - float(text.has("he")) for text in texts.texts
    }
    pairs = sorted({(template, number) for template, number, _ in lean})
    return tuple(lean[template, number, 0] - lean[template, number, 1] for template, number in pairs)


def prompt_debiasing_recipe(result: PromptDebiasing) -> Recipe:
    """The recipe of a result; its fingerprint is both gaps with the visitor's prefix, to a hundredth."""
    request = result.request
    settings: dict[str, Any] = {
        "panel": NAME, "prefix": request.prefix, "neutral": request.neutral, "a": request.ranking.a,
        "b": request.ranking.b, "templates": "\n".join(request.ranking.templates),
        "beginnings": "\n".join(request.groups.templates), "each": request.groups.each,
    }  # fmt: skip
    gaps = ",".join(f"{result.gap(measure, YOURS).value:.2f}" for measure in MEASURES)
    return Recipe("bias", request.ranking.model, result.weights_sha256, request.groups.seed, settings, gaps)


def prompt_debiasing_measurement(result: PromptDebiasing) -> Measurement:
    """The result as a measurement for the session log. Its p is the larger of both gaps': small only if both change.

    Source: the larger of several p-values, Berger 1982, Technometrics 24(4).
    """
    ranking = result.request.ranking
    wordings, pairs = len(result.ranked[NOTHING]), len(result.written[NOTHING])
    return Measurement(
        panel=NAME,
        title=say("bias_texts.prompt_debiasing.log_title", a=ranking.a, b=ranking.b),
        summary=_summary(result),
        verdict=result.verdict,
        n=wordings + pairs,
        unit=say("bias_texts.prompt_debiasing.counted", wordings=wordings, pairs=pairs),
        method=say("bias_texts.prompt_debiasing.method"),
        recipe=prompt_debiasing_recipe(result),
        interval=result.shift(RANKED),
        p=max(result.p_value(measure) for measure in MEASURES),
        caveats=("wording", "lipstick"),
        rows=_rows(result),
        chart=tuple(
            interval_bar(f"{say(f'bias_texts.prompt_debiasing.gap_{measure}')}: {condition_name(condition)}", gap)
            for measure in MEASURES
            for condition, gap in ((condition, result.gap(measure, condition)) for condition in CONDITIONS)
        ),
    )


def _summary(result: PromptDebiasing) -> str:
    return say(
        "bias_texts.prompt_debiasing.summary",
        ranked_before=result.gap(RANKED, NOTHING).value,
        ranked_neutral=result.gap(RANKED, NEUTRAL).value,
        ranked_after=result.gap(RANKED, YOURS).value,
        written_before=result.gap(WRITTEN, NOTHING).value,
        written_neutral=result.gap(WRITTEN, NEUTRAL).value,
        written_after=result.gap(WRITTEN, YOURS).value,
    )


def _rows(result: PromptDebiasing) -> tuple[tuple[str, ...], ...]:
    """The table of the report, its header first."""
    columns = ("measure", "prefix", "gap", "low_95", "high_95")
    rows = [tuple(say(f"bias_texts.columns.{name}") for name in columns)]
    for measure in MEASURES:
        for condition in CONDITIONS:
            gap = result.gap(measure, condition)
            numbers = (f"{number:+.3f}" for number in (gap.value, gap.low, gap.high))
            name = say(f"bias_texts.prompt_debiasing.measure_{measure}")
            rows.append((name, condition_name(condition), *numbers))
    return tuple(rows)
