"""The failure lab on real trainings: after how long each detector sees its failure, and after how long the cure shows.

What the page's worker does, in this process and on one core: the steps are those of the run, the detector looks at its
curve and its frame every EVERY steps. Healthy trainings of every family are looked at in the same way.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.table import show, spread
from playground.core.numbers import number

SEEDS = (0, 1, 2)
EVERY, QUIET_FOR = 30, 90
#: CPU seconds that a failure goes on for, that it is waited for, that a cure goes on for at least and may take, and
#: that a healthy training is watched.
BROKEN_SECONDS, PATIENCE, CURED_SECONDS, CURE_PATIENCE, HEALTHY_SECONDS = 20.0, 45.0, 15.0, 90.0, 30.0
HEALTHY = (
    ("gan", "avatars"), ("vae", "avatars"), ("diffusion", "avatars"),
    ("gan", "fashion"), ("vae", "fashion"), ("diffusion", "fashion"),
    ("gan", "folder"), ("vae", "folder"), ("diffusion", "folder"),
    ("gan", "gaussians25"), ("vae", "gaussians25"), ("diffusion", "gaussians25"), ("gan", "ring"),
)  # fmt: skip
OWN_PICTURES = 400


@dataclass
class Watched:
    """A training that is gone through step by step. cpu_seconds: of its steps alone, not of looking."""

    family: str
    dataset: str
    settings: Mapping[str, Any]
    seed: int
    folder: Path
    rows: list[list[float | None]] = field(default_factory=list)
    cpu_seconds: float = 0.0
    ended: bool = False

    def __post_init__(self) -> None:
        """At step 0."""
        from playground.training import trainer_registry

        whole = trainer_registry.read_settings(self.family, self.dataset, {**self.settings, "steps": 1_000_000})
        module = trainer_registry.trainer_module(self.family, self.dataset)
        self.trainer = module.open_trainer(self.dataset, whole, self.seed, self.folder)
        self.names: tuple[str, ...] = ()
        self.frame: dict[str, Any] = {}

    def advance(self, steps: int = 0) -> list[str]:
        """Train for so many steps. Returns the names of what the detectors find then."""
        from playground.experiments import detectors

        for _ in range(steps or EVERY):
            began = time.process_time()
            numbers = self.trainer.advance()
            self.cpu_seconds += time.process_time() - began
            self.names = tuple(numbers)
            finite = [number if math.isfinite(number) else None for number in numbers.values()]
            self.rows.append([self.trainer.step, 0.0, self.trainer.seen, *finite])
            if None in finite:
                self.ended = True
                break
        self.frame = self.trainer.frame()
        return [one.name for one in detectors.diagnose(self.names, self.rows, self.frame)]

    def number(self, name: str) -> float:
        """A number of the frame, or the curve's median now."""
        from playground.experiments.training_trace import TrainingTrace

        trace = TrainingTrace(self.names, self.rows, self.frame)
        return trace.number(name) if name in self.frame else trace.now(name)


#: The quality by which a training is judged: its name, and how it is measured.
def quality(name: str, watched: Watched) -> tuple[str, float]:
    """(what it is, its value) of the failure of that name."""
    from playground.training.image_data import neighbour_correlation

    match name:
        case "plane":
            return "modes covered of 25", watched.number("modes_covered")
        case "collapse":
            return "variety, of the data's", watched.number("diversity") / watched.number("diversity_data")
        case "overpowering":
            return "pairs told apart", watched.number("told_apart")
        case "vanishing":
            return "G's gradient", watched.number("gradient")
        case "posterior":
            return "nats in the code", float(np.sum(watched.frame["kl_each"]))
        case "exploding":
            return "bits on held-out", watched.rows[-1][3 + watched.names.index("held_out")] or math.nan
        case "overfitting":
            return "loss held-out / train", watched.number("held_out") / watched.number("train")
        case "labels":
            return "made as asked for", _as_asked(watched)
        case "noise":
            return "noise among the made", float((neighbour_correlation(watched.frame["pictures"]) < 0.2).mean())
        case _:
            return "of the class there", watched.number("audit_rarest_count") / watched.number("audit_rarest_expected")


def _as_asked(watched: Watched) -> float:
    """Share of the generated pictures whose nearest held-out picture has the label that was asked for."""
    from playground.training.image_data import flatten_pixels, squared_distances
    from playground.training.image_trainer import ImageTrainer

    assert isinstance(watched.trainer, ImageTrainer)
    data = watched.trainer.data
    rows, labels = data.held_out_rows(), next(iter(data.labels.values()))
    nearest = squared_distances(flatten_pixels(watched.frame["pictures"]), flatten_pixels(data.images[rows])).argmin(1)
    labels_asked = np.arange(len(nearest)) % data.sizes()[0]
    return float((labels[rows[nearest]] == labels_asked).mean())


@dataclass(frozen=True)
class FailureTrial:
    """One failure with one seed. fired, silent: (step, CPU seconds), None if never.

    stood: fraction of the later checks that still named it.  others: what else was named before it or with it.
    beside: the same after the cure.  what: the measure of quality.  before, after: it when the cure began, and at the
    end.
    """

    fired: tuple[int, float] | None
    stood: float
    others: tuple[str, ...]
    silent: tuple[int, float] | None
    beside: tuple[str, ...]
    what: str
    before: float
    after: float


def run_trial(one: Any, seed: int, folder: Path) -> FailureTrial:
    """Broken for BROKEN_SECONDS; cured for CURED_SECONDS at least, and until all are silent for QUIET_FOR steps."""
    from playground.experiments.failures import cured_settings

    broken = Watched(one.family, one.dataset, one.settings, seed, folder)
    others: set[str] = set()
    fired, looks = None, []
    while broken.cpu_seconds < (PATIENCE if fired is None else BROKEN_SECONDS) and not broken.ended:
        findings = broken.advance()
        others |= set(findings) - {one.finding}
        looks.append(one.finding in findings)
        if looks[-1] and fired is None:
            fired, looks = (broken.trainer.step, broken.cpu_seconds), [True]
    what, before = quality(one.name, broken)
    cured = broken
    if one.fresh:
        cured = Watched(one.family, one.dataset, cured_settings(one), seed, folder)
    else:
        broken.trainer.change(one.cure)
    silent, beside = _recovered(cured, one.finding)
    stood = float(np.mean(looks)) if fired else 0.0
    after = quality(one.name, cured)[1]
    return FailureTrial(fired, stood, tuple(sorted(others)), silent, beside, what, before, after)


def _recovered(cured: Watched, finding: str) -> tuple[tuple[int, float] | None, tuple[str, ...]]:
    """(steps, CPU seconds) until nothing was found any more, and what else was found meanwhile."""
    start, spent = cured.trainer.step, cured.cpu_seconds
    silent: tuple[int, float] | None = None
    beside: set[str] = set()
    while (used := cured.cpu_seconds - spent) < CURE_PATIENCE and not cured.ended:
        steps = cured.trainer.step - start
        if silent is not None and used > CURED_SECONDS and steps - silent[0] >= QUIET_FOR:
            break
        findings = cured.advance()
        beside |= set(findings) - {finding}
        if findings:
            silent = None
        elif silent is None:
            silent = cured.trainer.step - start, cured.cpu_seconds - spent
    return silent, tuple(sorted(beside))


def main() -> None:
    """Prints what the detectors see in broken and in healthy trainings."""
    import torch

    from playground.experiments.failures import failures

    torch.set_num_threads(1)
    rows = []
    for one in failures():
        with tempfile.TemporaryDirectory() as folder:
            rows.append(_row(one.title, [run_trial(one, seed, Path(folder)) for seed in SEEDS]))
    protocol = (
        f"Seeds {', '.join(map(str, SEEDS))}: median (least–most). A training on one core, checked every {EVERY} "
        f"steps; broken for {BROKEN_SECONDS:g} CPU seconds, then cured. Named: after this many steps and CPU "
        "seconds. Stood: the share of later checks that named it too, least over the seeds. Silent: this long after "
        f"the cure, for at least {QUIET_FOR} steps."
    )
    head = ["failure", "named after", "stood", "named besides", "silent after", "quality", "broken", "cured"]
    show("Failures and their cures", protocol, head, rows)
    show(
        "Healthy trainings",
        f"Default settings, {HEALTHY_SECONDS:g} CPU seconds, checked every {EVERY} steps, seeds as above; the folder "
        f"holds {OWN_PICTURES} avatars.",
        ["what", "steps", "checks", "checks that named something", "what was named"],
        [_healthy(family, dataset) for family, dataset in HEALTHY],
    )


def _row(title: str, trials: Sequence[FailureTrial]) -> list[str]:
    named = {name for one in trials for name in one.others}
    before, after = ([getattr(one, name) for one in trials] for name in ("before", "after"))
    stood = min(one.stood for one in trials)
    return [
        title, _when([one.fired for one in trials]), f"{stood:.0%}", ", ".join(sorted(named)) or "nothing",
        _when([one.silent for one in trials]), trials[0].what, _value(before), _value(after),
    ]  # fmt: skip


def _value(values: Sequence[float]) -> str:
    return f"{number(float(np.median(values)))} ({number(min(values))}–{number(max(values))})"


def _when(moments: Sequence[tuple[int, float] | None]) -> str:
    reached = [moment for moment in moments if moment is not None]
    if len(reached) < len(moments):
        return f"never in {len(moments) - len(reached)} of {len(moments)}"
    return f"{spread([steps for steps, _ in reached])} steps, {spread([seconds for _, seconds in reached], 1)} s"


def _healthy(family: str, dataset: str) -> list[str]:
    steps, looks, named = [], 0, []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            _own_pictures(Path(folder), seed)
            watched = Watched(family, dataset, {}, seed, Path(folder))
            while watched.cpu_seconds < HEALTHY_SECONDS:
                named += [watched.advance()]
                looks += 1
            steps.append(watched.trainer.step)
    loud = [names for names in named if names]
    words = ", ".join(sorted({name for names in loud for name in names})) or "nothing"
    return [f"{family}, {dataset}", spread(steps), str(looks), str(len(loud)), words]


def _own_pictures(folder: Path, seed: int) -> None:
    """A small folder of pictures that somebody might bring."""
    from playground.data import registry
    from playground.training.image_data import USER_IMAGES_FILE

    images = registry.load("avatars").images
    rows = np.random.default_rng(seed).choice(len(images), OWN_PICTURES, replace=False)
    np.savez(folder / USER_IMAGES_FILE, pictures=images[rows])
