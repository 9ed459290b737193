"""Prompt debiasing: a prefix before every prompt, measured with, without, and with a prefix of no bearing.

The visitor's target is the ranking of pronouns in fixed sentences; the control is which pronouns the model generates.
A prefix that closes the first gap need not close the second.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from playground.bias.group_generation import (
    GroupGenerationRequest,
    GroupTexts,
    generate_group_texts,
    read_group_generation,
)
from playground.bias.session_log import CANNOT_TELL, CONSISTENT, DEPENDS, Measurement
from playground.bias.template_sweep import TemplateSweepRequest, read_template_sweep, sweep_templates
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_text
from playground.metrics.intervals import Interval, mean_interval

NAME = "prompt_debiasing"
#: Prefixes, in the order in which they are measured.
NOTHING, YOURS, NEUTRAL = "nothing", "your text", "a text of no bearing"
CONDITIONS = (NOTHING, YOURS, NEUTRAL)
RANKED, WRITTEN = "ranked", "written"
MEASURES = {
    RANKED: "Ranking she against he in fixed sentences: what your text is to change",
    WRITTEN: "She and he in what the model writes by itself: what nobody worked on",
}
_LONGEST = 400


@dataclass(frozen=True)
class PromptDebiasingRequest:
    """prefix, neutral: the two texts.  ranking: the wordings, with A and B and she and he.  groups: A and B again."""

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

    ranked: one contrast a template, in nats: see template_sweep.py.  written: one number for each pair of
    texts from one seed and beginning: how much more of she, and less of he, A's text has than B's, −2 to 2.
    """

    request: PromptDebiasingRequest
    ranked: Mapping[str, tuple[float, ...]]
    written: Mapping[str, tuple[float, ...]]
    weights_sha256: str
    progress: str = ""

    def values(self, measure: str) -> Mapping[str, tuple[float, ...]]:
        """Of a measure, by condition."""
        return self.ranked if measure == RANKED else self.written

    def gap(self, measure: str, condition: str) -> Interval:
        """How far A and B are apart, with its interval."""
        return mean_interval(self.values(measure)[condition], "wordings" if measure == RANKED else "pairs of texts")

    def reduction(self, measure: str, other: str = NOTHING, condition: str = YOURS) -> Interval:
        """How far the gap went towards 0 from the other condition to this one, paired; it may have gone past 0."""
        values = self.values(measure)
        sign = math.copysign(1.0, self.gap(measure, NOTHING).value)
        pairs = zip(values[other], values[condition], strict=True)
        return mean_interval([sign * (there - here) for there, here in pairs], "pairs")

    def gap_change(self, measure: str, condition: str = YOURS) -> int:
        """1 if the gap is significantly narrower under a condition than without a prefix, -1 if wider, else 0."""
        found = self.reduction(measure, NOTHING, condition)
        before, after = (abs(self.gap(measure, name).value) for name in (NOTHING, condition))
        return int(found.low > 0 and after < before) - int(found.high < 0)

    def reverses(self, measure: str) -> bool:
        """Whether the prefix significantly reverses the sign of the gap."""
        sign = math.copysign(1.0, self.gap(measure, NOTHING).value)
        after = self.gap(measure, YOURS)
        return max(sign * after.low, sign * after.high) < 0

    def helps(self, measure: str) -> bool:
        """Whether the prefix narrows the gap significantly, and more than one of no bearing does."""
        return self.gap_change(measure) > 0 and not self.reverses(measure) and self.reduction(measure, NEUTRAL).low > 0

    @property
    def verdict(self) -> str:
        """One of the session's VERDICTS: what holds by both measures, by one, by none."""
        helped = [self.helps(measure) for measure in (RANKED, WRITTEN)]
        return CONSISTENT if all(helped) else DEPENDS if any(helped) else CANNOT_TELL


def read_prompt_debiasing(given: Mapping[str, Any]) -> PromptDebiasingRequest:
    """The checked request of {"prefix", "neutral", "a", "b", "templates", "beginnings", "each", "seed", "model"}.

    Raises PlaygroundError.
    """
    texts = {}
    for key, name in (("prefix", "text before"), ("neutral", "text of no bearing")):
        text = parse_text(given.get(key), name).strip()
        if not text or len(text) > _LONGEST:
            raise PlaygroundError(f"The {name} must have 1 to {_LONGEST} characters; it has {len(text):,}.")
        texts[key] = text
    asked = {"a": given.get("a"), "b": given.get("b"), "words_1": ["she"], "words_2": ["he"], "controls": "people"}
    ranking = read_template_sweep({**asked, "templates": given.get("templates"), "model": given.get("model")})
    groups = read_group_generation(
        {
            "templates": given.get("beginnings"), "groups": [ranking.a, ranking.b], "each": given.get("each", 8),
            "seed": given.get("seed", 0), "model": ranking.model,
        }
    )  # fmt: skip
    return PromptDebiasingRequest(texts["prefix"], texts["neutral"], ranking, groups)


def measure_prompt_debiasing(request: PromptDebiasingRequest) -> Iterator[PromptDebiasing]:
    """Measures both ways under all conditions; yields often, the last with everything in it. Raises PlaygroundError."""
    now = PromptDebiasing(request, {}, {}, "")
    for condition in CONDITIONS:
        asked = replace(request.ranking, prefix=request.before(condition))
        for made in sweep_templates(asked):  # its control pairs are not needed here
            now = replace(now, weights_sha256=made.weights_sha256, progress=f"Ranking after {condition}.")
            yield now
            if len(made.values) == len(asked.templates):
                now = replace(now, ranked={**now.ranked, condition: made.values})
                break
    for condition in CONDITIONS:
        texts: GroupTexts | None = None
        for texts in generate_group_texts(replace(request.groups, prefix=request.before(condition))):
            said = f"Writing after {condition}: {len(texts.texts)} of {request.groups.count} texts."
            yield replace(now, progress=said)
        assert texts is not None
        now = replace(now, written={**now.written, condition: _leanings(texts)})
    yield replace(now, progress="")


def _leanings(texts: GroupTexts) -> tuple[float, ...]:
    """For each beginning and seed, she less he in A's text, less the same in B's."""
    lean = {
        (text.template, text.number, text.group): float(text.has("she")) - float(text.has("he")) for text in texts.texts
    }
    pairs = sorted({(template, number) for template, number, _ in lean})
    return tuple(lean[template, number, 0] - lean[template, number, 1] for template, number in pairs)


def prompt_debiasing_recipe(made: PromptDebiasing) -> Recipe:
    """The recipe of a result; its fingerprint is both gaps under the prefix."""
    request = made.request
    settings: dict[str, Any] = {
        "panel": NAME, "prefix": request.prefix, "neutral": request.neutral, "a": request.ranking.a,
        "b": request.ranking.b, "templates": "\n".join(request.ranking.templates),
        "beginnings": "\n".join(request.groups.templates), "each": request.groups.each,
    }  # fmt: skip
    means = [made.gap(measure, YOURS).value for measure in MEASURES]
    result = ",".join(f"{mean:.2f}" for mean in means)
    return Recipe("bias", request.ranking.model, made.weights_sha256, request.groups.seed, settings, result)


def prompt_debiasing_measurement(made: PromptDebiasing) -> Measurement:
    """The result as a measurement for the session log."""
    from scipy.stats import ttest_rel

    request = made.request
    parts = []
    for measure, name in ((RANKED, "ranked"), (WRITTEN, "written")):
        before, after = made.gap(measure, NOTHING).value, made.gap(measure, YOURS).value
        parts.append(f"{name}: {before:+.2f} before, {after:+.2f} after")
    rows = [("measure", "before the sentences", "gap", "95 % from", "to")]
    for measure in (RANKED, WRITTEN):
        for condition in CONDITIONS:
            gap = made.gap(measure, condition)
            rows.append((measure, condition, f"{gap.value:+.3f}", f"{gap.low:+.3f}", f"{gap.high:+.3f}"))
    test = ttest_rel(made.ranked[NOTHING], made.ranked[YOURS])
    return Measurement(
        panel=NAME,
        title=f"“{request.ranking.a}” against “{request.ranking.b}”, with a text before",
        summary=f"The gap between she and he, {'; '.join(parts)}.",
        verdict=made.verdict,
        n=len(made.ranked[NOTHING]) + len(made.written[NOTHING]),
        unit=f"wordings ({len(made.ranked[NOTHING])}) and pairs of texts ({len(made.written[NOTHING])})",
        method=(
            "The same sentences, and the same seeds, with nothing before them, with your text, and with a text of no "
            "bearing. The interval is of what your text takes off the first gap, paired by wording (t). Consistent: "
            "it narrows both gaps for sure, and more than the other text does; one of them: depends."
        ),
        recipe=prompt_debiasing_recipe(made),
        interval=made.reduction(RANKED),
        p=float(test.pvalue) if math.isfinite(float(test.pvalue)) else 1.0,
        comparisons=len(MEASURES),
        caveats=("wording", "lipstick"),
        rows=tuple(rows),
    )
