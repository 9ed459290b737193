"""A text put before everything, to make a model fairer: measured before and after, in two ways, beside a text of no

bearing. What the visitor works on is the ranking of pronouns in fixed sentences; what nobody worked on is which
pronouns the model then writes by itself. A prompt that mends the one need not mend the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from playground.bias.group_generation import GroupsRequest, Texts, continued, read_groups
from playground.bias.session_log import CANNOT_TELL, CONSISTENT, DEPENDS, Trial
from playground.bias.template_sweep import FanRequest, fan, read_fan
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import checked_text
from playground.metrics.intervals import Interval, mean_of

NAME = "prefix"
#: What stands before the sentences, in the order in which it is measured.
NOTHING, YOURS, NEUTRAL = "nothing", "your text", "a text of no bearing"
CONDITIONS = (NOTHING, YOURS, NEUTRAL)
RANKED, WRITTEN = "ranked", "written"
MEASURES = {
    RANKED: "Ranking she against he in fixed sentences: what your text is to change",
    WRITTEN: "She and he in what the model writes by itself: what nobody worked on",
}
_LONGEST = 400


@dataclass(frozen=True)
class PrefixRequest:
    """prefix, neutral: the two texts.  ranking: the wordings, with A and B and she and he.  groups: A and B again."""

    prefix: str
    neutral: str
    ranking: FanRequest
    groups: GroupsRequest

    def before(self, condition: str) -> str:
        """What stands before the sentences under a condition."""
        return {NOTHING: "", YOURS: self.prefix, NEUTRAL: self.neutral}[condition]


@dataclass(frozen=True, eq=False)
class Prefixed:
    """What is measured so far, by condition.

    ranked: one contrast a wording, in nats: see wordings.py.  written: one number for each pair of texts from one seed
    and beginning: how much more of she, and less of he, A's text has than B's, −2 to 2.
    """

    request: PrefixRequest
    ranked: Mapping[str, tuple[float, ...]]
    written: Mapping[str, tuple[float, ...]]
    weights_sha256: str
    said: str = ""

    def values(self, measure: str) -> Mapping[str, tuple[float, ...]]:
        """Of a measure, by condition."""
        return self.ranked if measure == RANKED else self.written

    def gap(self, measure: str, condition: str) -> Interval:
        """How far A and B are apart, with its interval."""
        return mean_of(self.values(measure)[condition], "wordings" if measure == RANKED else "pairs of texts")

    def reduction(self, measure: str, other: str = NOTHING, condition: str = YOURS) -> Interval:
        """How far the gap went towards 0 from the other condition to this one, paired; it may have gone past 0."""
        values = self.values(measure)
        sign = math.copysign(1.0, self.gap(measure, NOTHING).value)
        pairs = zip(values[other], values[condition], strict=True)
        return mean_of([sign * (there - here) for there, here in pairs], "pairs")

    def moves(self, measure: str, condition: str = YOURS) -> int:
        """1 if the gap is surely narrower under a condition than with nothing before, -1 if surely wider, else 0."""
        found = self.reduction(measure, NOTHING, condition)
        before, after = (abs(self.gap(measure, name).value) for name in (NOTHING, condition))
        return int(found.low > 0 and after < before) - int(found.high < 0)

    def turned(self, measure: str) -> bool:
        """Whether your text surely turns the gap round."""
        sign = math.copysign(1.0, self.gap(measure, NOTHING).value)
        after = self.gap(measure, YOURS)
        return max(sign * after.low, sign * after.high) < 0

    def helps(self, measure: str) -> bool:
        """Whether your text narrows the gap for sure, and more than a text of no bearing does."""
        return self.moves(measure) > 0 and not self.turned(measure) and self.reduction(measure, NEUTRAL).low > 0

    @property
    def verdict(self) -> str:
        """One of the visit's VERDICTS: what holds by both measures, by one, by none."""
        helped = [self.helps(measure) for measure in (RANKED, WRITTEN)]
        return CONSISTENT if all(helped) else DEPENDS if any(helped) else CANNOT_TELL


def read_prefix(given: Mapping[str, Any]) -> PrefixRequest:
    """The checked request of {"prefix", "neutral", "a", "b", "templates", "beginnings", "each", "seed", "model"}.

    Raises PlaygroundError.
    """
    texts = {}
    for key, name in (("prefix", "text before"), ("neutral", "text of no bearing")):
        text = checked_text(given.get(key), name).strip()
        if not text or len(text) > _LONGEST:
            raise PlaygroundError(f"The {name} must have 1 to {_LONGEST} characters; it has {len(text):,}.")
        texts[key] = text
    asked = {"a": given.get("a"), "b": given.get("b"), "words_1": ["she"], "words_2": ["he"], "controls": "people"}
    ranking = read_fan({**asked, "templates": given.get("templates"), "model": given.get("model")})
    groups = read_groups(
        {
            "templates": given.get("beginnings"), "groups": [ranking.a, ranking.b], "each": given.get("each", 8),
            "seed": given.get("seed", 0), "model": ranking.model,
        }
    )  # fmt: skip
    return PrefixRequest(texts["prefix"], texts["neutral"], ranking, groups)


def prefixed(request: PrefixRequest) -> Iterator[Prefixed]:
    """Measures both ways under all conditions; yields often, the last with everything in it. Raises PlaygroundError."""
    now = Prefixed(request, {}, {}, "")
    for condition in CONDITIONS:
        asked = replace(request.ranking, prefix=request.before(condition))
        for made in fan(asked):  # its control pairs are not needed here
            now = replace(now, weights_sha256=made.weights_sha256, said=f"Ranking after {condition}.")
            yield now
            if len(made.values) == len(asked.templates):
                now = replace(now, ranked={**now.ranked, condition: made.values})
                break
    for condition in CONDITIONS:
        texts: Texts | None = None
        for texts in continued(replace(request.groups, prefix=request.before(condition))):
            said = f"Writing after {condition}: {len(texts.texts)} of {request.groups.count} texts."
            yield replace(now, said=said)
        assert texts is not None
        now = replace(now, written={**now.written, condition: _leanings(texts)})
    yield replace(now, said="")


def _leanings(texts: Texts) -> tuple[float, ...]:
    """For each beginning and seed, she less he in A's text, less the same in B's."""
    lean = {
        (text.template, text.number, text.group): float(text.has("she")) - float(text.has("he")) for text in texts.texts
    }
    pairs = sorted({(template, number) for template, number, _ in lean})
    return tuple(lean[template, number, 0] - lean[template, number, 1] for template, number in pairs)


def recipe_of(made: Prefixed) -> Recipe:
    """What measures it again."""
    request = made.request
    settings: dict[str, Any] = {
        "panel": NAME, "prefix": request.prefix, "neutral": request.neutral, "a": request.ranking.a,
        "b": request.ranking.b, "templates": "\n".join(request.ranking.templates),
        "beginnings": "\n".join(request.groups.templates), "each": request.groups.each,
    }  # fmt: skip
    means = [made.gap(measure, YOURS).value for measure in MEASURES]
    result = ",".join(f"{mean:.2f}" for mean in means)
    return Recipe("bias", request.ranking.model, made.weights_sha256, request.groups.seed, settings, result)


def trial_of(made: Prefixed) -> Trial:
    """As it is counted in the visit."""
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
    return Trial(
        panel=NAME,
        title=f"“{request.ranking.a}” against “{request.ranking.b}”, with a text before",
        found=f"The gap between she and he, {'; '.join(parts)}.",
        verdict=made.verdict,
        n=len(made.ranked[NOTHING]) + len(made.written[NOTHING]),
        unit=f"wordings ({len(made.ranked[NOTHING])}) and pairs of texts ({len(made.written[NOTHING])})",
        method=(
            "The same sentences, and the same seeds, with nothing before them, with your text, and with a text of no "
            "bearing. The interval is of what your text takes off the first gap, paired by wording (t). Consistent: "
            "it narrows both gaps for sure, and more than the other text does; one of them: depends."
        ),
        recipe=recipe_of(made),
        interval=made.reduction(RANKED),
        p=float(test.pvalue) if math.isfinite(float(test.pvalue)) else 1.0,
        comparisons=len(MEASURES),
        caveats=("wording", "lipstick"),
        rows=tuple(rows),
    )
