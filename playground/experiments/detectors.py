"""Diagnosis of a training from its numbers and its frame: failures, each with the numbers that show it.

Pure functions of a run's curve and frame. The thresholds, above each detector, were set on small trainings, some broken
on purpose and some healthy (tests/experiments, benchmarks/failures.py). A finding is likely, not certain.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.training.image_data import COPY

#: Rows at the end that count as "now"; steps that detectors of a GAN's or VAE's state need first.
NOW, PATIENCE = 40, 60


@dataclass(frozen=True)
class TrainingFinding:
    """name: of the failure.  title: on the page.  sentence: the evidence, with numbers, and why it is a failure."""

    name: str
    title: str
    sentence: str


@dataclass(frozen=True)
class TrainingTrace:
    """The numbers of a run. names: of the columns after step, seconds and seen.  rows: of the curve; None for NaN.

    frame: scalars, strings and arrays by name; {} without one.
    """

    names: tuple[str, ...]
    rows: Sequence[Sequence[float | None]]
    frame: Mapping[str, Any]

    def column(self, name: str) -> NDArray[np.float64]:
        """(rows,) float64, NaN for None; (0,) if there is no such column."""
        if name not in self.names:
            return np.zeros(0)
        place = 3 + self.names.index(name)
        return np.array([math.nan if row[place] is None else row[place] for row in self.rows], float)

    def now(self, name: str) -> float:
        """The median of the last NOW finite values; NaN without any."""
        values = self.column(name)[-NOW:]
        values = values[np.isfinite(values)]
        return float(np.median(values)) if len(values) else math.nan

    def steps(self) -> int:
        """Number of steps done."""
        return int(self.rows[-1][0] or 0) if self.rows else 0

    def number(self, name: str) -> float:
        """A scalar of the frame; NaN if it is missing."""
        value = self.frame.get(name)
        is_number = isinstance(value, int | float | np.generic) and not isinstance(value, bool)
        return float(value) if is_number and value is not None else math.nan


Detector = Callable[[TrainingTrace], TrainingFinding | None]


def detectors() -> tuple[Detector, ...]:
    """All detectors, the most serious first."""
    return (
        exploding, garbage_labels, garbage_noise, garbage_class, overpowering, vanishing, mode_collapse,
        points_in_one_spot, modes_dropped, posterior_collapse, overfitting,
    )  # fmt: skip


def diagnose(
    names: Sequence[str], rows: Sequence[Sequence[float | None]], frame: Mapping[str, Any]
) -> list[TrainingFinding]:
    """Findings of all detectors, one of each name; [] for a healthy run, and for one with too few steps."""
    trace = TrainingTrace(tuple(names), rows, frame)
    findings: dict[str, TrainingFinding] = {}
    for detector in detectors():
        finding = detector(trace)
        if finding is not None:
            findings.setdefault(finding.name, finding)
    return list(findings.values())


_GAN_LOSSES = ("discriminator", "d_loss")
_LOSSES = (*_GAN_LOSSES, "bits", "v", "loss")
LOSS_GROWS, WEIGHTS_GROW, GAN_LOSS = 3.0, 4.0, 30.0


def exploding(trace: TrainingTrace) -> TrainingFinding | None:
    """NaN or infinity; or a loss LOSS_GROWS × its first values, or weights WEIGHTS_GROW × those at the first step."""
    if not trace.rows:
        return None
    why, step = say("train.detector.exploding.why"), trace.steps()
    last = {name: value for name, value in zip(trace.names, trace.rows[-1][3:], strict=True)}
    broken = [name for name, value in last.items() if value is None or not math.isfinite(value)]
    if broken:
        return _exploding(say("train.detector.exploding.not_finite", step=step, number=broken[0], why=why))
    weights = trace.column("weights")
    if len(weights) > 3 and weights[-1] > WEIGHTS_GROW * weights[0]:
        size = {"times": weights[-1] / weights[0], "first": weights[0], "now": weights[-1]}
        return _exploding(say("train.detector.exploding.weights", why=why, **size))
    for name in _LOSSES:
        values = trace.column(name)
        if len(values) < 10:
            continue
        first, now = float(np.median(np.abs(values[:3]))), trace.now(name)
        of_gan = name in _GAN_LOSSES  # theirs may grow to either side; a bound that falls far below zero is a good one
        limit, now = (max(LOSS_GROWS * first, GAN_LOSS), abs(now)) if of_gan else (LOSS_GROWS * first, now)
        if now > limit:
            loss = {"number": name, "first": first, "now": now, "limit": limit}
            return _exploding(say("train.detector.exploding.loss", why=why, **loss))
    return None


def _exploding(sentence: str) -> TrainingFinding:
    return TrainingFinding("exploding", say("train.detector.exploding.title"), sentence)


AGREEMENT_LOST = 0.12


def garbage_labels(trace: TrainingTrace) -> TrainingFinding | None:
    """Training labels agree with their nearest neighbours AGREEMENT_LOST less often than held-out ones do."""
    train, held_out = trace.number("audit_label_agreement"), trace.number("audit_label_agreement_held_out")
    if not held_out - train > AGREEMENT_LOST:
        return None
    return TrainingFinding(
        "wrong labels", say("train.detector.wrong_labels.title"),
        say("train.detector.wrong_labels.text", train=train, held_out=held_out),
    )  # fmt: skip


NOISY = 0.06


def garbage_noise(trace: TrainingTrace) -> TrainingFinding | None:
    """More than NOISY of the training pictures have uncorrelated neighbouring pixels."""
    noisy = trace.number("audit_noisy")
    if not noisy > NOISY:
        return None
    return TrainingFinding(
        "grey noise", say("train.detector.grey_noise.title"), say("train.detector.grey_noise.text", noisy=noisy)
    )  # fmt: skip


CLASS_LEFT, CLASS_DEVIATIONS = 0.75, 4.0


def garbage_class(trace: TrainingTrace) -> TrainingFinding | None:
    """A class has less than CLASS_LEFT of its pictures, CLASS_DEVIATIONS standard deviations of a count too few."""
    count, expected = trace.number("audit_rarest_count"), trace.number("audit_rarest_expected")
    if not expected > 0 or count >= CLASS_LEFT * expected or expected - count < CLASS_DEVIATIONS * math.sqrt(expected):
        return None
    label, missing = str(trace.frame.get("audit_rarest", "")), 1 - count / expected
    return TrainingFinding(
        "missing class", say("train.detector.missing_class.title"),
        say("train.detector.missing_class.text", label=label, count=count, expected=expected, missing=missing),
    )  # fmt: skip


APART, GAP = 0.995, 7.0


def overpowering(trace: TrainingTrace) -> TrainingFinding | None:
    """D's AUC is above APART and its mean scores differ by more than GAP: see losses.ranking_auc."""
    apart, real, fake = (trace.now(name) for name in ("told_apart", "real", "generated"))
    if trace.steps() < PATIENCE or not apart > APART or not real - fake > GAP or vanishing(trace):
        return None  # vanishing gradients follow from it, and their finding names the cause
    return TrainingFinding(
        "overpowering", say("train.detector.overpowering.title"),
        say("train.detector.overpowering.text", rounds=NOW, apart=apart, real=real, fake=fake),
    )  # fmt: skip


GRADIENT_LEFT, GRADIENT_SMALL = 0.1, 0.02


def vanishing(trace: TrainingTrace) -> TrainingFinding | None:
    """G's gradient is under GRADIENT_LEFT of its largest and under GRADIENT_SMALL, while D's AUC is above 0.9."""
    gradients = trace.column("gradient")
    if "told_apart" not in trace.names or trace.steps() < PATIENCE or not len(gradients):
        return None
    now, most = trace.now("gradient"), float(np.nanmax(gradients[: max(1, len(gradients))]))
    apart = trace.now("told_apart")
    if not (now < GRADIENT_LEFT * most and now < GRADIENT_SMALL and apart > 0.9):
        return None
    return TrainingFinding(
        "vanishing", say("train.detector.vanishing.title"),
        say("train.detector.vanishing.text", now=now, most=most, apart=apart),
    )  # fmt: skip


DIVERSITY_LEFT, COLLAPSE_PATIENCE = 0.2, 100


def mode_collapse(trace: TrainingTrace) -> TrainingFinding | None:
    """Pictures from different noise differ by less than DIVERSITY_LEFT of the distance between data."""
    generated, data = trace.number("diversity"), trace.number("diversity_data")
    is_collapsed = 0 <= generated < DIVERSITY_LEFT * data
    if trace.steps() < COLLAPSE_PATIENCE or "told_apart" not in trace.names or not is_collapsed:
        return None
    return TrainingFinding(
        "mode collapse", say("train.detector.mode_collapse.title"),
        say(
            "train.detector.mode_collapse.text", generated=generated, real=data, share=generated / data,
            why=say("train.detector.mode_collapse.why"),
        ),
    )  # fmt: skip


def points_in_one_spot(trace: TrainingTrace) -> TrainingFinding | None:
    """Of a model on points: their spread is below DIVERSITY_LEFT of the data's.

    Spread: root mean square distance from their mean, in units of the plane.
    """
    fake, real = trace.frame.get("fake"), trace.frame.get("real")
    if trace.steps() < COLLAPSE_PATIENCE or not (_are_points(fake) and _are_points(real)):
        return None
    generated, data = (float(np.sqrt(np.square(points - points.mean(0)).sum(1).mean())) for points in (fake, real))
    if not generated < DIVERSITY_LEFT * data:
        return None
    return TrainingFinding(
        "mode collapse", say("train.detector.mode_collapse.title_points"),
        say("train.detector.mode_collapse.text_points", generated=generated, real=data, share=generated / data),
    )  # fmt: skip


def _are_points(value: Any) -> TypeGuard[NDArray[np.float32]]:
    return isinstance(value, np.ndarray) and value.ndim == 2 and value.shape[1] == 2 and len(value) > 0


MODES_LEFT, MODES_PATIENCE = 0.4, 500


def modes_dropped(trace: TrainingTrace) -> TrainingFinding | None:
    """Of a GAN on points: less than MODES_LEFT of the modes are covered (frame: "modes", "modes_covered")."""
    modes, covered = trace.number("modes"), trace.number("modes_covered")
    if trace.steps() < MODES_PATIENCE or "score_fake" not in trace.names or not covered < MODES_LEFT * modes:
        return None
    return TrainingFinding(
        "mode collapse", say("train.detector.mode_collapse.title_modes"),
        say(
            "train.detector.mode_collapse.text_modes", covered=covered, modes=modes,
            why=say("train.detector.mode_collapse.why"),
        ),
    )  # fmt: skip


#: CODE_SIZE: numbers in the code of a VAE on points.
DEAD_NATS, DEAD_SHARE, CODE_SIZE = 0.02, 0.9, 2


def posterior_collapse(trace: TrainingTrace) -> TrainingFinding | None:
    """DEAD_SHARE of the code's dimensions have a KL below DEAD_NATS each; on points, their mean KL is below that."""
    points_kl = trace.now("code_kl") / CODE_SIZE
    if trace.steps() >= PATIENCE and points_kl < DEAD_NATS:
        kl = CODE_SIZE * points_kl
        return TrainingFinding(
            "posterior collapse", say("train.detector.posterior_collapse.title"),
            say("train.detector.posterior_collapse.text_points", kl=kl, size=CODE_SIZE),
        )  # fmt: skip
    each = trace.frame.get("kl_each")
    if trace.steps() < PATIENCE or not isinstance(each, np.ndarray) or not len(each):
        return None
    dead = int((each < DEAD_NATS).sum())
    if dead < DEAD_SHARE * len(each):
        return None
    beta = trace.number("beta")
    name = "text_weight" if math.isfinite(beta) else "text"
    sentence = say(f"train.detector.posterior_collapse.{name}", dead=dead, size=len(each), nats=DEAD_NATS, beta=beta)
    return TrainingFinding("posterior collapse", say("train.detector.posterior_collapse.title"), sentence)


#: Two held-out pictures are no measure of how near a picture is by chance.
FEWEST_COPIES_OF = 20
LOSS_APART, BITS_APART, SCORE_APART, SCORE_SHARE = 1.2, 0.35, 1.5, 0.3


def overfitting(trace: TrainingTrace) -> TrainingFinding | None:
    """Worse on held-out pictures than on training ones, or copies of training pictures.

    Worse: a loss LOSS_APART × as high; a bound in bits BITS_APART higher; for a GAN a mean score lower by SCORE_APART
    and by SCORE_SHARE of the difference between real and generated. Copies: median distance to the nearest training
    picture below COPY × that to the nearest of equally many held-out ones, if those are at least FEWEST_COPIES_OF.
    """
    if trace.steps() < PATIENCE or "held_out" not in trace.names:
        return None
    train, held_out = (float(trace.column(name)[-1]) for name in ("train", "held_out"))
    near, far = trace.number("copy_train"), trace.number("copy_held_out")
    is_gan, copies = "told_apart" in trace.names, near < COPY * far and _can_judge_copies(trace)
    if is_gan:  # relative to the gap between real and generated scores, which may be large
        apart = train - held_out > max(SCORE_APART, SCORE_SHARE * (trace.now("real") - trace.now("generated")))
    else:
        apart = held_out - train > BITS_APART if "bits" in trace.names else held_out > LOSS_APART * train > 0
    if not copies and not apart:
        return None
    difference = say(
        f"train.detector.overfitting.{'scores' if is_gan else 'losses'}",
        count=trace.number("training_pictures"), train=train, held_out=held_out,
    )  # fmt: skip
    name = "copies" if copies else "no_copies"
    sentence = say(f"train.detector.overfitting.{name}", difference=difference, near=near, far=far)
    title = say("train.detector.overfitting.title_copies" if copies else "train.detector.overfitting.title")
    return TrainingFinding("overfitting", title, sentence if math.isfinite(far) else difference)


def _can_judge_copies(trace: TrainingTrace) -> bool:
    """Whether enough held-out pictures were compared; a frame without their number counts as enough."""
    return not trace.number("copies_of") < FEWEST_COPIES_OF
