"""Detectors fire on real trainings that are broken on purpose, and are silent on healthy ones.

The trainings are those of the failure lab with smaller nets. Made-up rows stand where a threshold's two sides are
looked at, which no training hits, and for mode collapse on pictures, which takes a full net and 120 steps:
benchmarks/failures.py goes through all of them at full size, with their cures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy_pictures import toy_dataset

from playground.core.errors import PlaygroundError
from playground.experiments import (
    detector_scope,
    detectors,
    failures,
    live_detector,
    points_detectors,
    training_trace,
)
from playground.training import image_data, trainer_registry
from playground.training.trainer import Trainer

#: So that a detector, which wants to see some steps, is satisfied after few.
STEPS = 64


def trained(
    family: str, steps: int, cure: Mapping[str, Any] | None = None, dataset: str = "avatars", **settings: Any
) -> list[list[str]]:
    """Names of what is found after the steps; and, with a cure, after as many more."""
    small = {} if dataset in trainer_registry.SHAPES else {"width": 16, "batch": 8, "pictures": 300}
    whole = trainer_registry.read_settings(family, dataset, small | settings)
    trainer = trainer_registry.trainer_module(family, dataset).open_trainer(dataset, whole, 0, Path())
    rows: list[list[float | None]] = []
    findings = []
    for step in range(2 * steps if cure else steps):
        numbers = trainer.advance()
        rows.append([trainer.step, 0.0, trainer.seen, *(n if math.isfinite(n) else None for n in numbers.values())])
        if not all(map(math.isfinite, numbers.values())):
            break
        if cure and step + 1 == steps:
            findings.append(names_of(tuple(numbers), rows, trainer))
            trainer.change(cure)
    return [*findings, names_of(tuple(numbers), rows, trainer)]


def names_of(names: tuple[str, ...], rows: list[list[float | None]], trainer: Trainer) -> list[str]:
    findings = detectors.diagnose(names, rows, trainer.frame())
    assert all(any(sign.isdigit() for sign in one.sentence) for one in findings), "it says which numbers"
    return [one.name for one in findings]


def broken(name: str) -> dict[str, Any]:
    return {key: value for key, value in failures.failure(name).settings.items() if key != "batch"}


@pytest.mark.parametrize("family", ["gan", "vae", "diffusion"])
@pytest.mark.slow
def test_healthy_trainings_are_left_alone(family: str) -> None:
    assert trained(family, STEPS)[-1] == []
    assert trained(family, 120, dataset="gaussians25", width=16)[-1] == []


@pytest.mark.slow
def test_posterior_collapse_is_seen_and_cured() -> None:
    one = failures.failure("posterior")
    before, after = trained("vae", STEPS, one.cure, **broken("posterior"))
    assert before == ["posterior collapse"] and after == []


@pytest.mark.slow
def test_a_discriminator_that_is_too_strong_is_seen() -> None:
    assert trained("gan", STEPS, **broken("overpowering"))[-1] == ["overpowering"]


@pytest.mark.slow
def test_vanishing_gradients_differ_from_a_discriminator_that_is_only_too_strong() -> None:
    assert trained("gan", STEPS, **broken("vanishing"))[-1] == ["vanishing"]


def test_an_exploding_rate_is_seen() -> None:
    assert trained("vae", STEPS, **broken("exploding"))[-1] == ["exploding"]


@pytest.mark.slow
def test_mode_collapse_is_seen_in_the_plane_and_cured() -> None:
    one = failures.failure("plane")
    before, after = trained("gan", 510, one.cure, "gaussians25", **broken("plane"))
    assert before == ["mode collapse"] and after == []


@pytest.mark.slow
def test_fifty_pictures_are_learnt_by_heart_and_it_is_seen() -> None:
    """The failure lab's own is a denoiser, which copies, and takes 500 steps to be seen."""
    assert trained("vae", 200, pictures=50, rate=0.004)[-1] == ["overfitting"]


def test_noise_among_the_pictures_is_seen_before_anything_is_learnt() -> None:
    assert trained("diffusion", 2, **broken("noise"))[-1] == ["grey noise"]


@pytest.mark.parametrize("name", ["labels", "missing"])
def test_bad_labels_are_seen_before_anything_is_learnt(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = toy_dataset(1600, side=16)
    monkeypatch.setattr(image_data.registry, "load", lambda _name: toy)
    one = failures.failure(name)
    assert trained("vae", 2, pictures=0, **broken(name))[-1] == [one.finding]
    assert trained("vae", 2, pictures=0, **broken(name) | one.cure)[-1] == []


NAMES = ("discriminator", "real", "generated", "told_apart", "generator", "gradient", "weights", "train", "held_out")


def rows_of(steps: int, **columns: Any) -> list[list[float]]:
    """Rows of a GAN that is well, but for these columns: a number, or a function of the step."""
    well = dict(zip(NAMES, (1.3, 0.4, -0.4, 0.7, 0.8, 0.5, 0.06, 0.4, 0.3), strict=True)) | columns
    return [
        [step, 0.0, step * 8, *(value(step) if callable(value) else value for value in well.values())]
        for step in range(1, steps + 1)
    ]


def diagnosis(
    rows: list[list[float]], frame: dict[str, Any] | None = None, names: tuple[str, ...] = NAMES
) -> list[str]:
    return [one.name for one in detectors.diagnose(names, rows, frame or {})]


def test_numbers_at_either_side_of_a_threshold() -> None:
    assert diagnosis(rows_of(200)) == []
    spread = {"diversity": 0.3, "diversity_data": 0.3}
    assert diagnosis(rows_of(200), spread) == [] and diagnosis(rows_of(200), spread | {"diversity": 0.061}) == []
    assert diagnosis(rows_of(200), spread | {"diversity": 0.059}) == ["mode collapse"], "below a fifth of the data's"
    names, frame = ("score_real", "score_fake", "modes_covered"), {"modes": 25}
    few, many = ([[step, 0.0, 0.0, 0.1, 0.1, covered] for step in range(1, 601)] for covered in (7.0, 8.0))
    assert diagnosis(few, frame, names) == ["mode collapse"] and diagnosis(many, frame, names) == []
    assert diagnosis(many[:500] + few[500:], frame, names) == [], "a healthy one loses some for a moment"
    assert diagnosis(few[:400], frame, names) == [], "every generator begins on few modes"
    assert diagnosis(few, {"modes": 0}, names) == []
    fading = {"gradient": lambda step: math.exp(-step / 10), "told_apart": 0.99}
    assert diagnosis(rows_of(200, **fading)) == ["vanishing"] and diagnosis(rows_of(20, **fading)) == []
    assert diagnosis(rows_of(200, gradient=lambda step: math.exp(-step / 10), told_apart=0.6)) == [], "both agree: well"
    assert diagnosis(rows_of(200, told_apart=1.0, real=9.0, generated=-3.0)) == ["overpowering"]
    assert diagnosis(rows_of(200, train=3.0, held_out=1.0)) == ["overfitting"]
    assert diagnosis(rows_of(200, weights=lambda step: 0.06 * 1.01**step)) == ["exploding"]
    copied = {"copy_train": 0.05, "copy_held_out": 0.12, "training_pictures": 50}
    assert diagnosis(rows_of(200), copied) == ["overfitting"]


def test_bounds_apart_are_overfitting_and_a_number_that_is_none_is_an_explosion() -> None:
    names = ("bits", "train", "held_out")
    rows = [[step, 0.0, step, 6.0, 5.9, 6.0] for step in range(1, 80)]
    assert diagnosis(rows, {}, names) == []
    assert diagnosis([[*row[:4], 5.0, 6.4] for row in rows], {}, names) == ["overfitting"]
    assert diagnosis([*rows, [80, 0.0, 80, math.nan, 5.9, 6.0]], {}, names) == ["exploding"]


def test_the_audit_detects_bad_data() -> None:
    clean = {
        "audit_noisy": 0.0, "audit_label_agreement": 0.76, "audit_label_agreement_held_out": 0.76,
        "audit_rarest": "bag", "audit_rarest_count": 5900, "audit_rarest_expected": 6000.0,
    }  # fmt: skip
    assert diagnosis([], clean) == []
    assert diagnosis([], clean | {"audit_noisy": 0.3}) == ["grey noise"]
    assert diagnosis([], clean | {"audit_label_agreement": 0.4}) == ["wrong labels"]
    assert diagnosis([], clean | {"audit_rarest_count": 3000}) == ["missing class"]
    assert diagnosis([], clean | {"audit_rarest_count": 3, "audit_rarest_expected": 6.0}) == [], "so few say nothing"


def test_every_failure_is_a_run_that_can_be_started_and_its_cure_too() -> None:
    for one in failures.failures():
        trainer_registry.read_settings(one.family, one.dataset, one.settings)
        trainer_registry.read_settings(one.family, one.dataset, failures.cured_settings(one))
        module = trainer_registry.trainer_module(one.family, one.dataset)
        assert one.fresh or all(module.FIELDS[name].hot for name in one.cure), one.name
    assert len({one.name for one in failures.failures()}) == 10


def test_an_unknown_failure_and_an_unknown_run_explain_themselves() -> None:
    with pytest.raises(PlaygroundError, match="not a failure"):
        failures.failure("none")
    assert "error" in live_detector.diagnose_run({"run": "../etc"}) and "error" in live_detector.diagnose_run(None)


def test_kl_of_each_number_decides_posterior_collapse() -> None:
    names = ("bits", "train", "held_out")
    rows = [[step, 0.0, step, 6.0, 5.9, 6.0] for step in range(1, 80)]
    each = np.full(16, 0.001, np.float32)
    assert diagnosis(rows, {"kl_each": each, "beta": 50.0}, names) == ["posterior collapse"]
    each[:4] = 0.5
    assert diagnosis(rows, {"kl_each": each}, names) == []


def points_trace(fake: np.ndarray, names: tuple[str, ...] = ("score_fake",), value: float = 0.0) -> Any:
    real = np.random.default_rng(0).standard_normal((400, 2))
    rows = [[float(step), 0.0, 0.0, *(value for _ in names)] for step in range(1, 201)]
    return training_trace.TrainingTrace(names, rows, {"fake": fake, "real": real})


def test_points_in_one_spot_are_a_collapse_and_spread_points_are_not() -> None:
    points = np.random.default_rng(1).standard_normal((400, 2))
    assert points_detectors.points_in_one_spot(points_trace(points)) is None
    finding = points_detectors.points_in_one_spot(points_trace(points * 0.1 + 0.5))
    assert finding is not None and finding.name == "mode collapse" and "%" in finding.sentence


def test_points_far_from_the_data_are_seen() -> None:
    points = np.random.default_rng(1).standard_normal((400, 2))
    assert points_detectors.points_left(points_trace(points * 2)) is None
    finding = points_detectors.points_left(points_trace(points * 10))
    assert finding is not None and "times as far" in finding.sentence
    together = points_detectors.points_left(points_trace(points + 20))
    assert together is not None and together.name == "points far away", "moved away as one, spread as the data"


def test_a_discriminator_of_points_that_is_all_but_certain_is_seen() -> None:
    points = np.random.default_rng(1).standard_normal((400, 2))

    def found(real: float, fake: float, points: Any = points) -> list[str]:
        rows = [[float(step), 0.0, 0.0, real, fake] for step in range(1, 201)]
        frame = {"fake": points, "real": points_trace(points).frame["real"]}
        return diagnosis(rows, frame, ("score_real", "score_fake"))

    assert found(0.6, -0.4) == [] and found(20.0, -9.0) == ["overpowering"]
    assert found(20.0, -9.0, points * 10) == ["points far away"], "its certainty follows"


def test_a_loss_that_jumped_at_once_is_seen_even_if_it_fell_again() -> None:
    """A rate of 0.1 for Adam: the second loss is lost already, and the median of the first three says nothing."""

    def found(rows: int) -> list[str]:
        losses = [1.3, *(3e3 / step**2 + 1.0 for step in range(1, rows))]
        trace = [[float(step), 0.0, 0.0, loss] for step, loss in enumerate(losses, 1)]
        return diagnosis(trace, {}, ("loss",))

    assert found(200) == ["exploding"] and found(900) == [], "at some time it is over"
    assert "exploding" in trained("diffusion", 60, dataset="ring", rate=0.1)[0]
    assert "exploding" in trained("vae", 60, dataset="ring", rate=1)[0]


def test_a_language_model_that_becomes_worse_than_guessing_explodes() -> None:
    def found(peak: float) -> list[str]:
        rows = [[float(step), 0.0, 0.0, peak if step == 9 else 4.5 - step / 40, 3.9] for step in range(1, 80)]
        return diagnosis(rows, {}, ("train", "held-out"))

    assert found(4.9) == [] and found(13.2) == ["exploding"], "as a rate of 1 gave"


@pytest.mark.parametrize(
    ("names", "before", "after", "sentence"),
    [
        (("bits", "held_out"), 5.0, 5.3, "5.30 bits"),
        (("v", "held_out"), 0.3, 0.33, "0.330"),
        (("train", "held-out"), 2.0, 2.1, "2.10 bits per character"),
        (("told_apart", "held_out"), 0.3, 9.0, ""),
    ],
)
def test_a_held_out_loss_that_was_lower_before_is_remarked(
    names: tuple[str, ...], before: float, after: float, sentence: str
) -> None:
    """But for a GAN: its scores say nothing of the pictures."""

    def remark(last: float) -> str:
        losses = [2 * before, *[before] * 4, *[last] * 4]
        rows = [[25.0 * place, 0.0, 0.0, 1.0, loss + 1e-6 * place] for place, loss in enumerate(losses, 1)]
        return detector_scope.worse_than_before(training_trace.TrainingTrace(names, rows, {}))

    assert remark(before) == ""
    judged = detector_scope.judged(training_trace.TrainingTrace(names, [], {}))
    assert ("None of" in judged) == ("told_apart" in names), "and that is said"
    assert (sentence in remark(after)) and bool(remark(after)) == bool(sentence)


def test_a_vae_on_points_whose_codes_carry_nothing_collapses() -> None:
    assert "posterior collapse" in trained("vae", 150, dataset="ring", beta=100)[0]


def test_a_vae_on_points_with_a_used_code_does_not() -> None:
    points = np.random.default_rng(1).standard_normal((400, 2))
    assert detectors.posterior_collapse(points_trace(points, ("code_kl",), 1.0)) is None


def test_a_distance_that_was_smaller_before_is_remarked() -> None:
    def trace(values: list[float]) -> Any:
        rows = [[100.0 * place, 0.0, 0.0, value] for place, value in enumerate(values, 1)]
        return training_trace.TrainingTrace(("js",), rows, {})

    noise = [0.001 * (place % 2) for place in range(10)]
    falls = [0.5, 0.3, 0.2, *(0.1 + one for one in noise)]
    assert detector_scope.worse_than_before(trace(falls)) == ""
    risen = trace([*falls, *(0.169 + one for one in noise)])
    assert detector_scope.worse_than_before(risen) == (
        "It was closer to the data before: the JS divergence is 0.170 now, 0.100 at about step 600. "
        "These are medians of 5 measurements, steadier than one: the lowest single one is 0.1, at step 400."
    )
    assert "is 0.170 at the end of this recording (step 2,300), 0.1" in detector_scope.worse_than_before(
        risen, is_recorded=True
    )
    assert detector_scope.worse_than_before(trace([])) == ""


def test_two_held_out_pictures_give_no_verdict_on_copies() -> None:
    rows = [[float(step), 0.0, 0.0, 1.0, 1.0] for step in range(1, 101)]
    frame = {"copy_train": 0.01, "copy_held_out": 0.3, "training_pictures": 8}

    def found(count: int) -> Any:
        trace = training_trace.TrainingTrace(("train", "held_out"), rows, frame | {"copies_of": count})
        return detectors.overfitting(trace)

    assert found(2) is None
    assert found(20) is not None
