"""Diagnosis of a training from its numbers and its frame: failures, each with the numbers that show it.

Pure functions of a run's curve and frame. The thresholds, above each detector, were set on small trainings, some broken
on purpose and some healthy (tests/experiments, benchmarks/failures.py and detectors.py). A finding is likely, not
certain. Those of models on points are in points_detectors.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from playground.core.catalogue import say
from playground.experiments.points_detectors import (
    modes_dropped,
    points_in_one_spot,
    points_left,
    points_overpowering,
)
from playground.experiments.training_trace import NOW, PATIENCE, TrainingFinding, TrainingTrace
from playground.training.copies import FEWEST_HELD_OUT
from playground.training.number_words import number_words

Detector = Callable[[TrainingTrace], TrainingFinding | None]


def detectors() -> tuple[Detector, ...]:
    """All detectors, the most serious first."""
    return (
        exploding, points_left, garbage_labels, garbage_noise, garbage_class, overpowering, points_overpowering,
        vanishing, mode_collapse, points_in_one_spot, modes_dropped, posterior_collapse, overfitting,
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
#: Of a run that has "held-out": an image model's "train" may be a score.
_LANGUAGE_LOSSES = ("train",)
LOSS_GROWS, WEIGHTS_GROW, GAN_LOSS = 3.0, 4.0, 30.0
#: A loss that was so many times its first value (or 1) within so many rows: too large a rate, even if it fell again.
LOSS_JUMPS, RECENT = 20.0, 500
#: An untrained language model guesses evenly: nothing that learns is so much worse.
TEXT_JUMPS = 1.3


def exploding(trace: TrainingTrace) -> TrainingFinding | None:
    """NaN or infinity; a loss LOSS_GROWS × its first value, or LOSS_JUMPS × it of late; weights WEIGHTS_GROW × theirs.

    The first loss is that before any update: at a rate that is far too large, the second is lost already.
    """
    if not trace.rows:
        return None
    why, step = say("train.detector.exploding.why"), trace.steps()
    last = {name: value for name, value in zip(trace.names, trace.rows[-1][3:], strict=True)}
    broken = [name for name, value in last.items() if value is None or not math.isfinite(value)]
    if broken:
        return _exploding(
            say("train.detector.exploding.not_finite", step=step, number=number_words(broken[0], trace.names), why=why)
        )
    weights = trace.column("weights")
    if len(weights) > 3 and weights[-1] > WEIGHTS_GROW * weights[0]:
        size = {"times": weights[-1] / weights[0], "first": weights[0], "now": weights[-1]}
        return _exploding(say("train.detector.exploding.weights", why=why, **size))
    for name in (*_LOSSES, *_LANGUAGE_LOSSES[: "held-out" in trace.names]):
        values = trace.column(name)
        if len(values) < 10:
            continue
        first, now = float(abs(values[0])), trace.now(name)
        if jump := _jump(trace, name, first):
            return _exploding(
                say(
                    "train.detector.exploding.jump",
                    why=why,
                    first=first,
                    number=number_words(name, trace.names),
                    **jump,
                )
            )
        of_gan = name in _GAN_LOSSES  # theirs may grow to either side; a bound that falls far below zero is a good one
        limit, now = (max(LOSS_GROWS * first, GAN_LOSS), abs(now)) if of_gan else (LOSS_GROWS * first, now)
        if now > limit:
            loss = {"number": number_words(name, trace.names), "first": first, "now": now, "limit": limit}
            return _exploding(say("train.detector.exploding.loss", why=why, **loss))
    return None


def _jump(trace: TrainingTrace, name: str, first: float) -> dict[str, float]:
    """{"peak", "step"} of a loss that jumped within the last RECENT rows, {} if it did not."""
    values = np.abs(trace.column(name)[-RECENT:])
    place = int(np.nan_to_num(values, nan=0.0).argmax())
    jumps = TEXT_JUMPS if name in _LANGUAGE_LOSSES else LOSS_JUMPS
    if not values[place] > jumps * max(first, 1.0):
        return {}
    return {"peak": float(values[place]), "step": int(trace.rows[len(trace.rows) - len(values) + place][0] or 0)}


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


#: CODE_SIZE: numbers in the code of a VAE on points.
DEAD_NATS, DEAD_SHARE, CODE_SIZE = 0.02, 0.9, 2


def posterior_collapse(trace: TrainingTrace) -> TrainingFinding | None:
    """DEAD_SHARE of the code's dimensions have a KL below DEAD_NATS each; on points, their mean KL is below that."""
    points_kl = trace.now("code_kl") / CODE_SIZE
    if trace.steps() >= PATIENCE and points_kl < DEAD_NATS:
        kl = CODE_SIZE * points_kl
        return TrainingFinding(
            "posterior collapse", say("train.detector.posterior_collapse.title"),
            say("train.detector.posterior_collapse.text_points", kl=kl / math.log(2), size=CODE_SIZE),
        )  # fmt: skip
    each = trace.frame.get("kl_each")
    if trace.steps() < PATIENCE or not isinstance(each, np.ndarray) or not len(each):
        return None
    dead = int((each < DEAD_NATS).sum())
    if dead < DEAD_SHARE * len(each):
        return None
    beta = trace.number("beta")
    name = "text_weight" if math.isfinite(beta) else "text"
    limit = DEAD_NATS / math.log(2)
    sentence = say(f"train.detector.posterior_collapse.{name}", dead=dead, size=len(each), bits=limit, beta=beta)
    return TrainingFinding("posterior collapse", say("train.detector.posterior_collapse.title"), sentence)


#: Two held-out pictures are no measure of how near a picture is by chance.
LOSS_APART, BITS_APART, SCORE_APART, SCORE_SHARE = 1.2, 0.35, 1.5, 0.3


def overfitting(trace: TrainingTrace) -> TrainingFinding | None:
    """Worse on held-out pictures than on training ones, or copies of training pictures.

    Worse: a loss LOSS_APART × as high; a bound in bits BITS_APART higher; for a GAN a mean score lower by SCORE_APART
    and by SCORE_SHARE of the difference between real and generated. Copies: median distance to the nearest training
    picture so small beside that to the nearest held-out one as it is for no other picture: see training/copies.py.
    """
    if trace.steps() < PATIENCE or "held_out" not in trace.names:
        return None
    train, held_out = (float(trace.column(name)[-1]) for name in ("train", "held_out"))
    near, far = trace.number("copy_train"), trace.number("copy_held_out")
    is_gan, copies = "told_apart" in trace.names, near < _copy_limit(trace) * far
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


def _copy_limit(trace: TrainingTrace) -> float:
    """0 if too few pictures were held out to judge; three quarters in frames of earlier versions."""
    if trace.number("copies_of") < FEWEST_HELD_OUT:
        return 0.0
    limit = trace.number("copy_limit")
    return limit if math.isfinite(limit) else 0.75
