"""The detectors' errors: how often they name a planted failure, and how often they name one in a healthy training.

Real trainings, on one thread each, looked at every so many steps as the page does. Whether a planted failure is there
at all is measured apart from the detectors: by the JS divergence of points from the data.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.table import show, spread

SEEDS = (0, 1)
SHAPES = ("ring", "moons", "spiral", "gaussians25")
PICTURES = ("avatars", "fashion")
EVERY = {"gan": 30, "vae": 30, "diffusion": 30, "language": 25}
EVERY_OF_POINTS = 250
#: In place of a finding: the remark that a held-out loss was lower before.
REMARK = "remark: lower before"
#: A small language model.
SMALL = {"vocabulary": 400, "width": 64, "layers": 2, "context": 64, "batch": 8}


@dataclass(frozen=True)
class Case:
    """A kind of training. finding: that its planted failure should give, one "or" another; REMARK; "" if healthy.

    characters: of Austen, for a language model.
    """

    title: str
    finding: str
    family: str
    datasets: Sequence[str]
    settings: Mapping[str, Any]
    steps: int
    characters: int = 0

    def every(self) -> int:
        """Steps between two looks."""
        return EVERY_OF_POINTS if self.datasets[0] in SHAPES else EVERY[self.family]


@dataclass(frozen=True)
class Trial:
    """A training of a case. looks: (step, names of the findings, whether the number was better before).

    js: of points from the data at the end, bits; NaN for pictures.
    """

    looks: Sequence[tuple[int, tuple[str, ...], bool]]
    js: float


def healthy_cases() -> Iterator[Case]:
    """Trainings with settings that work."""
    for family in ("gan", "vae", "diffusion"):
        yield Case(f"{family}, points", "", family, SHAPES, {}, 2000)
    for loss in ("hinge", "least squares", "wgan-gp"):
        yield Case(f"gan, points, {loss}", "", "gan", SHAPES, {"loss": loss}, 2000)
    for family in ("gan", "vae", "diffusion"):
        yield Case(f"{family}, pictures", "", family, PICTURES, {}, 450)
    yield Case("language, 200,000 characters", "", "language", ("pasted",), SMALL, 250, 200_000)


def planted_cases() -> Iterator[Case]:
    """Trainings that are broken on purpose."""
    runaway = {"g_updates": 5, "g_rate": 0.01, "d_rate": 0.0005}
    yield Case("gan, points: G runs ahead of D", "mode collapse", "gan", SHAPES, runaway, 1000)
    yield Case(
        "gan, points: D is never updated", "points far away or mode collapse", "gan", SHAPES, {"d_updates": 0}, 1000
    )
    strong = {"d_updates": 10, "g_rate": 1e-5}
    yield Case("gan, points: D runs ahead of G", "overpowering", "gan", SHAPES, strong, 700)
    for beta in (100, 10, 3):
        yield Case(f"vae, points: β {beta}", "posterior collapse", "vae", SHAPES, {"beta": beta}, 1000)
    for rate in (10, 1, 0.1):
        rates = {"gan": {"d_rate": rate, "g_rate": rate}, "vae": {"rate": rate}, "diffusion": {"rate": rate}}
        for family, settings in rates.items():
            yield Case(f"{family}, points: rate {rate:g}", "exploding", family, SHAPES, settings, 500)
    yield from _picture_cases()
    small = {**SMALL, "rate": 5e-3}
    yield Case("language: 4,000 characters", REMARK, "language", ("pasted",), small, 400, 4000)
    for name, rate in (("adamw", 1.0), ("sgd", 10.0)):
        broken: dict[str, Any] = {**SMALL, "optimizer": name, "rate": rate}
        title = f"language, {name}: rate {rate:g}"
        yield Case(title, "exploding", "language", ("pasted",), broken, 75, 60_000)


def _picture_cases() -> Iterator[Case]:
    from playground.experiments.failures import failures

    steps = {"overfitting": 900, "collapse": 210, "overpowering": 150, "vanishing": 150, "posterior": 150}
    for one in failures():
        if not one.is_toy_2d():
            title = f"{one.family}, pictures: {one.title.lower()}"
            yield Case(title, one.finding, one.family, (one.dataset,), one.settings, steps.get(one.name, 60))


@dataclass
class Recording:
    """A training, kept: its curve, and its frames at the looks."""

    names: tuple[str, ...]
    rows: list[list[float | None]] = field(default_factory=list)
    frames: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


def record(case: Case, dataset: str, seed: int) -> Recording:
    """Train once."""
    from playground.data import corpora
    from playground.training import trainer_registry

    steps = case.steps if case.family == "language" else 1_000_000  # its rate follows the plan
    whole = trainer_registry.read_settings(case.family, dataset, {**case.settings, "steps": steps})
    module = trainer_registry.trainer_module(case.family, dataset)
    with tempfile.TemporaryDirectory() as folder:
        if case.characters:
            (Path(folder) / corpora.OWN_FILE).write_text(_austen(case.characters), "utf-8")
        trainer = module.open_trainer(dataset, whole, seed, Path(folder))
        recording = Recording(())
        for step in range(1, case.steps + 1):
            numbers = trainer.advance()
            finite = [number if math.isfinite(number) else None for number in numbers.values()]
            recording.rows.append([step, 0.0, trainer.seen, *finite])
            if step % case.every() == 0 or None in finite:
                recording.frames.append((step, dict(trainer.frame())))
            if None in finite:
                break
        recording.names = tuple(numbers)
    return recording


def _austen(characters: int) -> str:
    from playground.data import corpora

    return corpora.parse_corpus("austen").train()[5000 : 5000 + characters]


def judge(recording: Recording) -> Trial:
    """What the detectors say at each look."""
    from playground.experiments import detector_scope, detectors
    from playground.experiments.training_trace import TrainingTrace

    looks = []
    for step, frame in recording.frames:
        rows = [row for row in recording.rows if (row[0] or 0) <= step]
        found = tuple(one.name for one in detectors.diagnose(recording.names, rows, frame))
        worse = detector_scope.worse_than_before(TrainingTrace(recording.names, rows, frame))
        looks.append((step, found, bool(worse)))
    js = recording.rows[-1][3 + recording.names.index("js")] if "js" in recording.names else None
    return Trial(looks, math.nan if js is None else js)


def planted_row(case: Case, trials: Sequence[Trial]) -> list[str]:
    """A line of the table of planted failures."""
    firsts, stood, beside, expected = [], [], set(), set(case.finding.split(" or "))
    for trial in trials:
        named = [
            is_worse if case.finding == REMARK else not expected.isdisjoint(found) for _, found, is_worse in trial.looks
        ]
        beside |= {name for _, found, _ in trial.looks for name in found} - expected
        if any(named):
            first = named.index(True)
            firsts.append(trial.looks[first][0])
            stood.append(float(np.mean(named[first:])))
    after = spread(firsts) if firsts else "never"
    share = f"{min(stood):.0%}" if stood else "–"
    return [
        case.title, case.finding, f"{len(firsts)} of {len(trials)}", after, share,
        ", ".join(sorted(beside)) or "nothing", _divergence(trials),
    ]  # fmt: skip


def healthy_row(case: Case, trials: Sequence[Trial]) -> list[str]:
    """A line of the table of healthy trainings."""
    looks = [look for trial in trials for look in trial.looks]
    loud = [found for _, found, _ in looks if found]
    runs = sum(any(found for _, found, _ in trial.looks) for trial in trials)
    named = ", ".join(sorted({name for found in loud for name in found})) or "nothing"
    worse = sum(is_worse for *_, is_worse in looks)
    return [
        case.title, f"{runs} of {len(trials)}", f"{len(loud)} of {len(looks)}", named, f"{worse} of {len(looks)}",
        _divergence(trials),
    ]  # fmt: skip


def _divergence(trials: Sequence[Trial]) -> str:
    values = [trial.js for trial in trials if math.isfinite(trial.js)]
    return spread(values, 2) if values else "–"


def main() -> None:
    """Prints both tables."""
    import torch

    torch.set_num_threads(1)
    planted = [(case, _trials(case)) for case in planted_cases()]
    healthy = [(case, _trials(case)) for case in healthy_cases()]
    show_tables(planted, healthy)


def _trials(case: Case) -> list[Trial]:
    return [judge(record(case, dataset, seed)) for dataset in case.datasets for seed in SEEDS]


def show_tables(
    planted: Sequence[tuple[Case, Sequence[Trial]]], healthy: Sequence[tuple[Case, Sequence[Trial]]]
) -> None:
    """Prints both tables of these trials."""
    looked = (
        f"looked at every {EVERY_OF_POINTS} steps (points), {EVERY['gan']} (pictures), {EVERY['language']} (language)"
    )
    show(
        "Planted failures",
        f"Shapes: {', '.join(SHAPES)}. Seeds: {', '.join(map(str, SEEDS))}. A training on one thread, {looked}. Named: "
        "in how many trainings at any look. After: steps until then, median (least–most). Stood: of the looks from "
        "then on, the least. JS: from held-out points at the end, bits, median (least–most).",
        ["planted", "finding", "named", "after", "stood", "named besides", "JS"],
        [planted_row(case, trials) for case, trials in planted],
    )
    show(
        "Healthy trainings",
        f"The same, with settings that work, {looked}. Worse: looks at which the remark was made that a distance or a "
        "held-out loss was lower before; it is no failure.",
        ["training", "trainings in which something was named", "looks", "what", "worse than before", "JS"],
        [healthy_row(case, trials) for case, trials in healthy],
    )
