"""One contrast through many wordings at once, beside the same contrast of pairs that mean nothing.

In a wording the contrast is ln [p(words 1 | A) / p(words 2 | A)] − ln [p(words 1 | B) / p(words 2 | B)], each p a whole
sentence's, each group the mean over its words' logarithms: what A, B and the words weigh by themselves falls out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from playground.bias.cloze import BLANK, LONGEST_SENTENCE, capitalize_first, fill_blank, read_sentence, read_words
from playground.bias.control_pairs import Pairs, format_controls, read_controls
from playground.bias.session_log import Measurement
from playground.bias.token_logprob import start_token, token_log_probabilities
from playground.bias.verdict import contrast_p_value, control_band, count_agreeing_signs, judge_contrasts
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_text, quoted
from playground.language.generation import load, tokenize
from playground.language.text_request import DEFAULT_MODEL
from playground.metrics.intervals import Interval, mean_interval

NAME = "template_sweep"
SLOT = "{}"
FEWEST_TEMPLATES, MOST_TEMPLATES = 3, 40
MOST_TARGETS = 6
MOST_SENTENCES = 12_000


@dataclass(frozen=True)
class TemplateSweepRequest:
    """What is measured. templates: each with one SLOT, for A or B, and one blank, for the words.

    prefix: a text before every sentence, "" for none.
    """

    templates: tuple[str, ...]
    a: str
    b: str
    words_1: tuple[str, ...]
    words_2: tuple[str, ...]
    controls: Pairs
    model: str = DEFAULT_MODEL
    prefix: str = ""


@dataclass(frozen=True, eq=False)
class TemplateSweep:
    """The contrasts as far as they are measured, in nats (logarithms of odds ratios).

    values: one a wording.  controls: one a control pair, its mean over all wordings; () until all are measured.
    done: the share of the work, 0 to 1.
    """

    request: TemplateSweepRequest
    values: tuple[float, ...]
    controls: tuple[float, ...]
    done: float
    decoder: str
    weights_sha256: str

    @property
    def mean(self) -> Interval:
        """The mean over the wordings with its t interval."""
        return mean_interval(self.values, "wordings")

    @property
    def band(self) -> tuple[float, float] | None:
        """Where 95 % of the control pairs lie; None until they are measured."""
        return control_band(self.controls) if self.controls else None

    @property
    def agreeing(self) -> int:
        """How many wordings have the sign of the mean."""
        return count_agreeing_signs(self.values)

    @property
    def verdict(self) -> str:
        """One of the session's VERDICTS."""
        return judge_contrasts(self.values, self.controls)

    def recipe(self) -> Recipe:
        """The recipe of this sweep; its result is the mean."""
        asked = self.request
        settings: dict[str, Any] = {
            "panel": NAME, "a": asked.a, "b": asked.b, "words_1": ", ".join(asked.words_1),
            "words_2": ", ".join(asked.words_2), "templates": "\n".join(asked.templates),
            "controls": format_controls(asked.controls),
        }  # fmt: skip
        return Recipe("bias", asked.model, self.weights_sha256, 0, settings, f"{self.mean.value:.4f}")

    def headline(self) -> str:
        """The result in the fewest words."""
        return f"Holds in {self.agreeing} of {len(self.values)} wordings"

    def summary(self) -> str:
        """The result in a sentence, with its number."""
        asked, mean = self.request, self.mean
        one, other = abbreviate_words(asked.words_1), abbreviate_words(asked.words_2)
        if mean.value < 0:
            one, other = other, one
        return (
            f"{self.headline()}: “{one}” rather than “{other}” is likelier with “{asked.a}” than with “{asked.b}”, "
            f"by a factor of {math.exp(abs(mean.value)):.3g} on average."
        )

    def measurement(self) -> Measurement:
        """The sweep as a measurement for the session log."""
        asked, mean, band = self.request, self.mean, self.band
        assert band is not None
        sign = 1 if mean.value >= 0 else -1
        ends = sorted(math.exp(sign * end) for end in (mean.low, mean.high))
        rows = [("wording", "contrast in nats"), *zip(asked.templates, map(_signed, self.values), strict=True)]
        rows += [("mean", _signed(mean.value)), ("band of nothing", f"{band[0]:+.3f} to {band[1]:+.3f}")]
        rows += [
            (f"control: {a} / {b}", _signed(value)) for (a, b), value in zip(asked.controls, self.controls, strict=True)
        ]
        return Measurement(
            panel=NAME,
            title=(
                f"“{asked.a}” against “{asked.b}”: {abbreviate_words(asked.words_1)} or "
                f"{abbreviate_words(asked.words_2)}"
            ),
            summary=self.summary(),
            verdict=self.verdict,
            n=len(self.values),
            unit=f"wordings, and {len(self.controls)} control pairs through each of them",
            method=METHOD,
            recipe=self.recipe(),
            interval=Interval(math.exp(abs(mean.value)), ends[0], ends[1], f"of the factor; {mean.method}"),
            p=contrast_p_value(self.values, self.controls),
            caveats=("wording", "rules"),
            rows=tuple(rows),
        )


METHOD = (
    "Each whole sentence is scored after the end-of-text token, words of several tokens in full. A wording's contrast "
    "is how far the odds of the first words against the second change from B to A, as a logarithm. Its mean has a t "
    "interval over the wordings. The band is where 95 % of the control pairs' means lie, each pair counted both ways "
    "round. p is the larger of two: the t test's, and the share of control pairs, with this one, that move as far."
)


def read_template_sweep(given: Mapping[str, Any]) -> TemplateSweepRequest:
    """The checked request of {"templates", "a", "b", "words_1", "words_2", "controls", "model"}.

    Raises PlaygroundError.
    """
    a, b = _read_side(given.get("a"), "A"), _read_side(given.get("b"), "B")
    if a == b:
        raise PlaygroundError("A and B are the same: change one of them.")
    first = read_words(given.get("words_1"), "first group of words", most=MOST_TARGETS)
    second = read_words(given.get("words_2"), "second group of words", most=MOST_TARGETS)
    both = sorted({*first} & {*second})
    if both:
        raise PlaygroundError(f"{quoted(both[0])} is in both groups of words: take it out of one.")
    templates = read_templates(given.get("templates"))
    controls = read_controls(given.get("controls"))
    count = len(templates) * 2 * (1 + len(controls)) * (len(first) + len(second))
    if count > MOST_SENTENCES:
        raise PlaygroundError(
            f"These are {count:,} sentences; at most {MOST_SENTENCES:,} are scored: take fewer wordings, words or "
            "control pairs."
        )
    return TemplateSweepRequest(templates, a, b, first, second, controls, str(given.get("model") or DEFAULT_MODEL))


def _read_side(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise PlaygroundError(f"{name} must be a word or a few; it was {quoted(value)}.")
    return read_words([value], name)[0]


def read_templates(value: object) -> tuple[str, ...]:
    """The wordings of a text, one a line, or of a list. Raises PlaygroundError, naming the line that is wrong."""
    if isinstance(value, str):
        lines: Sequence[object] = [
            line for line in parse_text(value, "wordings", may_be_empty=True).split("\n") if line.strip()
        ]
    elif isinstance(value, (list, tuple)):
        lines = value
    else:
        raise PlaygroundError(f"The wordings must be text, one a line; it was {quoted(value)}.")
    if not FEWEST_TEMPLATES <= len(lines) <= MOST_TEMPLATES:
        raise PlaygroundError(
            f"The wordings are {len(lines):,}; {FEWEST_TEMPLATES} to {MOST_TEMPLATES} can be measured, one a line."
        )
    templates = tuple(_template(line, number) for number, line in enumerate(lines, 1))
    for number, template in enumerate(templates, 1):
        if template in templates[: number - 1]:
            raise PlaygroundError(f"Wording {number} stands there twice: each may count once.")
    return templates


def _template(line: object, number: int) -> str:
    if not isinstance(line, str) or line.count(SLOT) != 1 or len(line) > LONGEST_SENTENCE:
        raise PlaygroundError(
            f"Wording {number} must have {SLOT} once, where A or B goes, one blank {BLANK}, and at most "
            f"{LONGEST_SENTENCE} characters; it was {quoted(line)}."
        )
    return read_sentence(line, f"wording {number}")


def fill_template(template: str, side: str, word: str) -> str:
    """The wording with A or B in its slot and a word in its blank; a capital letter where the sentence begins."""
    sentence = template.replace(SLOT, side)
    return fill_blank(capitalize_first(sentence) if template.startswith(SLOT) else sentence, word)


def sweep_templates(request: TemplateSweepRequest) -> Iterator[TemplateSweep]:
    """Measures all wordings of A and B, then the control pairs; yields often, the last with everything in it.

    Raises PlaygroundError for a model that cannot be had and for sentences past its context.
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
        """(share done, contrast of each pair so far: right when all is done)."""
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
        by_side = scores.reshape(len(sides), len(words)) @ np.array(weights)
        yield 1.0, [float(by_side[at] - by_side[at + 1]) for at in range(0, len(sides), 2)]

    yield now
    for template in request.templates:
        for _, found in contrasts(template, pairs[:1]):
            if found:
                now = replace(now, values=(*now.values, *found), done=(len(now.values) + 1) / total)
            yield now
    sums, measured = np.zeros(len(request.controls)), len(request.templates)
    for template in request.templates:
        for share, found in contrasts(template, pairs[1:]):
            now = replace(now, done=(measured + share * len(request.controls)) / total)
            sums += found or 0.0
            yield now
        measured += len(request.controls)
    yield replace(now, controls=tuple(float(one) for one in sums / len(request.templates)), done=1.0)


def abbreviate_words(words: Sequence[str]) -> str:
    """A group of words by its first two."""
    return "/".join(words[:2]) + ("/…" if len(words) > 2 else "")


def _signed(value: float) -> str:
    return f"{value:+.3f}"


def describe_difference(recipe: Recipe, made: TemplateSweep) -> str:
    """What differs between a sweep's mean and that of its link; "" if nothing does."""
    try:
        before = float(recipe.result)
    except ValueError:
        return ""
    if abs(before - made.mean.value) < 0.02:
        return ""
    why = "the weights differ" if recipe.weights_sha256 not in ("", made.weights_sha256) else "another decoder rounds"
    return f"the mean is {made.mean.value:+.3f} here and {before:+.3f} in the link: {why}"
