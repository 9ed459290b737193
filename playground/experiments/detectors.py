"""What is wrong with a training, read from its numbers and its frame, and said with the numbers that gave it away.

Pure functions: names and rows of the curve, the frame, all as they come from a run. Each detector has its thresholds at
its head; they were set on small trainings that were broken on purpose and on healthy ones (tests/labs/training). They
say what is likely, not what is certain.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.training.image_data import COPY

#: So many rows at the end are "now"; a detector of a GAN's or VAE's state wants so many steps before it speaks.
NOW, PATIENCE = 40, 60


@dataclass(frozen=True)
class TrainingFinding:
    """name: of the failure.  title: on the page.  sentence: what was seen, with numbers, and why it is a failure."""

    name: str
    title: str
    sentence: str


@dataclass(frozen=True)
class TrainingTrace:
    """names: of the columns after step, seconds and seen.  rows: of the curve; None is a number that is none.

    frame: scalars, strings and arrays by name; {} if there is none.
    """

    names: tuple[str, ...]
    rows: Sequence[Sequence[float | None]]
    frame: Mapping[str, Any]

    def column(self, name: str) -> NDArray[np.float64]:
        """(rows,) NaN where a number is none; empty if there is no such column."""
        if name not in self.names:
            return np.zeros(0)
        place = 3 + self.names.index(name)
        return np.array([math.nan if row[place] is None else row[place] for row in self.rows], float)

    def now(self, name: str) -> float:
        """The median of the last NOW; NaN if there are none."""
        values = self.column(name)[-NOW:]
        values = values[np.isfinite(values)]
        return float(np.median(values)) if len(values) else math.nan

    def steps(self) -> int:
        """How many are done."""
        return int(self.rows[-1][0] or 0) if self.rows else 0

    def number(self, name: str) -> float:
        """A scalar of the frame; NaN if it has none."""
        value = self.frame.get(name)
        is_number = isinstance(value, int | float | np.generic) and not isinstance(value, bool)
        return float(value) if is_number and value is not None else math.nan


Detector = Callable[[TrainingTrace], TrainingFinding | None]


def detectors() -> tuple[Detector, ...]:
    """All of them, the gravest first."""
    return (
        exploding, garbage_labels, garbage_noise, garbage_class, overpowering, vanishing, mode_collapse,
        modes_dropped, posterior_collapse, overfitting,
    )  # fmt: skip


def diagnose(
    names: Sequence[str], rows: Sequence[Sequence[float | None]], frame: Mapping[str, Any]
) -> list[TrainingFinding]:
    """What all detectors see; [] for a healthy run, and for one that is too young to tell."""
    seen = TrainingTrace(tuple(names), rows, frame)
    found = (detector(seen) for detector in detectors())
    return [finding for finding in found if finding is not None]


_GAN_LOSSES = ("discriminator", "d_loss")
_LOSSES = (*_GAN_LOSSES, "bits", "v", "loss")
LOSS_GROWS, WEIGHTS_GROW, GAN_LOSS = 3.0, 4.0, 30.0


def exploding(seen: TrainingTrace) -> TrainingFinding | None:
    """No number any more; or a loss LOSS_GROWS × its first ones, or weights WEIGHTS_GROW × those at the first step."""
    if not seen.rows:
        return None
    title, why = (
        "Exploding: the steps are too large",
        "Each step overshoots further than the last: the rate is too high.",
    )
    last = {name: value for name, value in zip(seen.names, seen.rows[-1][3:], strict=True)}
    broken = [name for name, value in last.items() if value is None or not math.isfinite(value)]
    if broken:
        said = f"At step {seen.steps():,} “{broken[0]}” is no number any more."
        return TrainingFinding("exploding", title, f"{said} {why}")
    weights = seen.column("weights")
    if len(weights) > 3 and weights[-1] > WEIGHTS_GROW * weights[0]:
        said = f"The weights are {weights[-1] / weights[0]:.1f} times as large as at the first step"
        return TrainingFinding("exploding", title, f"{said} ({weights[0]:.3g}, now {weights[-1]:.3g}). {why}")
    for name in _LOSSES:
        values = seen.column(name)
        if len(values) < 10:
            continue
        first, now = float(np.median(np.abs(values[:3]))), seen.now(name)
        of_gan = name in _GAN_LOSSES  # theirs may grow to either side; a bound that falls far below zero is a good one
        limit, now = (max(LOSS_GROWS * first, GAN_LOSS), abs(now)) if of_gan else (LOSS_GROWS * first, now)
        if now > limit:
            said = f"The loss “{name}” was {first:.3g} at first and is {now:.3g}"
            return TrainingFinding("exploding", title, f"{said}: more than {limit:.3g}. {why}")
    return None


AGREEMENT_LOST = 0.12


def garbage_labels(seen: TrainingTrace) -> TrainingFinding | None:
    """Labels of training pictures agree with their nearest neighbours AGREEMENT_LOST less than held-out ones do."""
    train, held_out = seen.number("audit_label_agreement"), seen.number("audit_label_agreement_held_out")
    if not held_out - train > AGREEMENT_LOST:
        return None
    return TrainingFinding(
        "wrong labels", "Garbage in: labels are wrong",
        f"Only {train:.0%} of the training pictures have the label of the picture that looks most like them; of the "
        f"held-out ones {held_out:.0%} do. The model is told that unlike things are the same, and mixes them.",
    )  # fmt: skip


NOISY = 0.06


def garbage_noise(seen: TrainingTrace) -> TrainingFinding | None:
    """More than NOISY of the training pictures have neighbouring pixels that have nothing to do with each other."""
    noisy = seen.number("audit_noisy")
    if not noisy > NOISY:
        return None
    return TrainingFinding(
        "grey noise", "Garbage in: pictures are noise",
        f"In {noisy:.0%} of the training pictures neighbouring pixels have nothing to do with each other (correlation "
        "under 0.2): that is noise. The model learns to make it too, in the same share.",
    )  # fmt: skip


CLASS_LEFT, CLASS_DEVIATIONS = 0.75, 4.0


def garbage_class(seen: TrainingTrace) -> TrainingFinding | None:
    """A class has less than CLASS_LEFT of its pictures, CLASS_DEVIATIONS standard deviations of a count too few."""
    count, expected = seen.number("audit_rarest_count"), seen.number("audit_rarest_expected")
    if not expected > 0 or count >= CLASS_LEFT * expected or expected - count < CLASS_DEVIATIONS * math.sqrt(expected):
        return None
    word = str(seen.frame.get("audit_rarest", ""))
    return TrainingFinding(
        "missing class", "Garbage in: part of a class is missing",
        f"“{word}” has {count:,.0f} training pictures; its share of the held-out ones lets expect {expected:,.0f}: "
        f"{1 - count / expected:.0%} are missing. The model makes it rarer, and knows it less well.",
    )  # fmt: skip


APART, GAP = 0.995, 7.0


def overpowering(seen: TrainingTrace) -> TrainingFinding | None:
    """D ranks more than APART of the pairs rightly, and its mean scores lie GAP apart: see told_apart in gan.py."""
    apart, real, fake = (seen.now(name) for name in ("told_apart", "real", "generated"))
    if seen.steps() < PATIENCE or not apart > APART or not real - fake > GAP or vanishing(seen):
        return None  # vanishing gradients are what comes of it, and name the cause too
    return TrainingFinding(
        "overpowering", "The discriminator is too strong",
        f"Over the last {NOW} rounds it gave the real picture the higher score in {apart:.1%} of the pairs, on average "
        f"{real:.1f} against {fake:.1f}. Nothing that the generator tries is ever taken for real.",
    )  # fmt: skip


GRADIENT_LEFT, GRADIENT_SMALL = 0.1, 0.02


def vanishing(seen: TrainingTrace) -> TrainingFinding | None:
    """G's gradient is under GRADIENT_LEFT of its largest and under GRADIENT_SMALL, while D tells the two apart."""
    gradients = seen.column("gradient")
    if "told_apart" not in seen.names or seen.steps() < PATIENCE or not len(gradients):
        return None
    now, most = seen.now("gradient"), float(np.nanmax(gradients[: max(1, len(gradients))]))
    apart = seen.now("told_apart")
    if not (now < GRADIENT_LEFT * most and now < GRADIENT_SMALL and apart > 0.9):
        return None
    return TrainingFinding(
        "vanishing", "Vanishing gradients: the generator hears nothing",
        f"The generator's gradient has shrunk to {now:.2g}, from {most:.2g}, while the discriminator ranks {apart:.0%} "
        "of the pairs rightly: so sure of itself, it no longer tells which way would be better.",
    )  # fmt: skip


DIVERSITY_LEFT, COLLAPSE_PATIENCE = 0.2, 100
_ONE_TRICK = "The generator has found one thing that works and makes it whatever the noise."


def mode_collapse(seen: TrainingTrace) -> TrainingFinding | None:
    """Pictures of different noise differ less than DIVERSITY_LEFT as much as data do."""
    made, data = seen.number("diversity"), seen.number("diversity_data")
    if seen.steps() < COLLAPSE_PATIENCE or "told_apart" not in seen.names or not 0 <= made < DIVERSITY_LEFT * data:
        return None
    return TrainingFinding(
        "mode collapse", "Mode collapse: all noise gives nearly the same",
        f"Two generated pictures differ by {made:.3f} on average, two real ones by {data:.3f}: {made / data:.0%}. "
        f"{_ONE_TRICK}",
    )  # fmt: skip


MODES_LEFT, MODES_PATIENCE = 0.4, 500


def modes_dropped(seen: TrainingTrace) -> TrainingFinding | None:
    """Of a GAN on points: less than MODES_LEFT of the modes are covered (frame: "modes", "modes_covered")."""
    modes, covered = seen.number("modes"), seen.number("modes_covered")
    if seen.steps() < MODES_PATIENCE or "score_fake" not in seen.names or not covered < MODES_LEFT * modes:
        return None
    return TrainingFinding(
        "mode collapse", "Mode collapse: parts of the data are never made",
        f"The generator's points lie on {covered:.0f} of {modes:.0f} heaps; the others get none, or hardly any. "
        f"{_ONE_TRICK}",
    )  # fmt: skip


DEAD_NATS, DEAD_SHARE = 0.02, 0.9


def posterior_collapse(seen: TrainingTrace) -> TrainingFinding | None:
    """DEAD_SHARE of the code's numbers tell less than DEAD_NATS each of a picture."""
    each = seen.frame.get("kl_each")
    if seen.steps() < PATIENCE or not isinstance(each, np.ndarray) or not len(each):
        return None
    dead = int((each < DEAD_NATS).sum())
    if dead < DEAD_SHARE * len(each):
        return None
    beta = seen.number("beta")
    said = f"{dead} of the {len(each)} numbers of the code tell less than {DEAD_NATS} nats of the picture"
    weight = f" at a KL weight of {beta:g}" if math.isfinite(beta) else ""
    return TrainingFinding(
        "posterior collapse", "Posterior collapse: the code says nothing",
        f"{said}{weight}: the code costs more than it helps, so the decoder ignores it and draws one average picture.",
    )  # fmt: skip


LOSS_APART, BITS_APART, SCORE_APART, SCORE_SHARE = 1.2, 0.35, 1.5, 0.3


def overfitting(seen: TrainingTrace) -> TrainingFinding | None:
    """Held-out loss over LOSS_APART × that on training pictures (a bound in bits: BITS_APART more; a GAN: the mean

    score of training pictures SCORE_APART higher, and SCORE_SHARE of real over generated); or generated pictures less
    than COPY as far from the nearest training picture as from the nearest of equally many held-out ones.
    """
    if seen.steps() < PATIENCE or "held_out" not in seen.names:
        return None
    train, held_out = (float(seen.column(name)[-1]) for name in ("train", "held_out"))
    near, far = seen.number("copy_train"), seen.number("copy_held_out")
    few = f"{seen.number('training_pictures'):,.0f} training pictures"
    is_gan, copies = "told_apart" in seen.names, near < COPY * far
    if is_gan:  # beside how far D holds real and generated ones apart, which may be very far
        apart = train - held_out > max(SCORE_APART, SCORE_SHARE * (seen.now("real") - seen.now("generated")))
    else:
        apart = held_out - train > BITS_APART if "bits" in seen.names else held_out > LOSS_APART * train > 0
    if not copies and not apart:
        return None
    said = (
        f"The discriminator scores them {train:.2f} on average, held-out ones {held_out:.2f}"
        if is_gan
        else f"On them the loss is {train:.3g}, on held-out pictures {held_out:.3g}"
    )
    copied = (
        f" Did it copy? Yes, it seems: generated pictures lie {near:.3f} from the nearest training picture, {far:.3f} "
        "from the nearest held-out one."
        if copies
        else f" Did it copy? On average not yet: {near:.3f} to the nearest training picture, {far:.3f} to one held out."
    )
    sentence = f"{few}. {said}.{copied if math.isfinite(far) else ''}"
    how = "the pictures are learnt by heart" if copies else "better on its own pictures than on new ones"
    return TrainingFinding("overfitting", f"Overfitting: {how}", sentence)
