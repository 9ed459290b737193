"""Train a model and write it to assets/weights (austen: assets/text): python -m playground.train NAME.

After an interrupt, a kill or a power cut the same command resumes from a checkpoint at most half a minute old and ends
with the same weights. It writes ten snapshots; `--keep STEP` publishes one of them instead of the last.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import WEIGHTS, models_dir

if TYPE_CHECKING:
    from playground.training.configs import AnyConfig, AnyTrainState

CHECKPOINT_SECONDS = 30
SNAPSHOTS = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, or publish a snapshot, or measure. Returns the process's exit status."""
    options = _parser().parse_args(arguments)
    hardware.prepare_environment()
    try:
        _run_command(options)
    except PlaygroundError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(say("train.terminal.resumes"), file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m playground.train", description=__doc__)
    parser.add_argument("name", metavar="NAME", help="gan-avatars, vae-fashion, austen, ...: any other word lists them")
    parser.add_argument("--steps", type=int, help="how many steps in all, instead of the recipe's")
    parser.add_argument(
        "--minutes", type=float, help="stop after so many minutes of training over all starts, and publish"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1, help="of the processor (default 1)")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="where the weights and their JSON go")
    parser.add_argument("--keep", type=int, metavar="STEP", help="publish this snapshot; trains nothing")
    parser.add_argument("--measure", action="store_true", help="measure the published weights; trains nothing")
    return parser


def _run_command(options: argparse.Namespace) -> None:
    import torch

    from playground.training import publish
    from playground.training.configs import shipped_configs

    torch.set_num_threads(options.threads)
    if options.name == "austen":
        from playground.training import train_austen

        if options.measure or options.keep is not None:
            raise PlaygroundError(say("train.terminal.austen"))
        train_austen.train_austen(
            options.steps, options.minutes, options.seed, None if options.out == WEIGHTS else options.out
        )
        return
    known = shipped_configs()
    if options.name not in known:
        names = ", ".join([*known, "austen"])
        raise PlaygroundError(say("train.terminal.unknown", name=options.name[:80], names=names))
    if options.measure:
        publish.write_quality(options.name, options.out)
        return
    config = known[options.name]
    config = dataclasses.replace(config, bfloat16=hardware.computes_bfloat16())
    if options.steps is not None:
        if not 1 <= options.steps <= 10_000_000:
            raise PlaygroundError(say("train.terminal.steps"))
        config = dataclasses.replace(config, steps=options.steps)
    if options.keep is not None:
        publish.publish_snapshot(options.name, options.keep, options.out)
        return
    training = CheckpointedTraining(options.name, config, options.seed)
    training.train(None if options.minutes is None else 60 * options.minutes)
    publish.publish_snapshot(options.name, training.state.step, options.out)


class CheckpointedTraining:
    """A training that resumes from its checkpoints on the disk, with the time it took over all processes."""

    def __init__(self, name: str, config: AnyConfig, seed: int) -> None:
        """Resume from the checkpoint, or begin. Raises PlaygroundError if the checkpoint has another config or seed."""
        from playground.data import registry
        from playground.training import checkpoints
        from playground.training.configs import new_state

        self.name, self.config, self.seed = name, config, seed
        self.folder = models_dir() / "training" / name
        self.dataset = registry.load(config.dataset, lambda doing, done: print(f"{doing}: {done:.0%}", end="\r"))
        self.state: AnyTrainState = new_state(config, self.dataset, seed)
        self.seconds, self.cpu_seconds = 0.0, 0.0
        self.continued: list[dict[str, int]] = []  # earlier values of --steps, each until a step
        stored = checkpoints.resume(self.checkpoint, self.state, self._check, "run")
        if stored is not None:
            self._take_over(stored)

    @property
    def checkpoint(self) -> Path:
        """The file of the latest state."""
        return self.folder / "checkpoint.pt"

    def train(self, most_seconds: float | None = None) -> None:
        """Train to the config's last step, or until the training has taken most_seconds over all processes."""
        from playground.training.configs import loop_of

        saved = time.monotonic()
        snapshots = {self.config.steps * part // SNAPSHOTS for part in range(1, SNAPSHOTS + 1)}
        with tqdm(total=self.config.steps, initial=self.state.step, unit="step", desc=self.name) as bar:
            cpu = time.process_time()
            for step in loop_of(self.config).train(self.state):
                self.seconds += step.seconds
                self.cpu_seconds += time.process_time() - cpu
                cpu = time.process_time()
                bar.update()
                if step.step % 10 == 0:
                    bar.set_postfix({name: f"{loss:.3g}" for name, loss in step.losses.items()}, refresh=False)
                if step.step in snapshots:
                    self.write_snapshot()
                if time.monotonic() - saved > CHECKPOINT_SECONDS:
                    self.write_checkpoint()
                    saved = time.monotonic()
                if most_seconds is not None and self.seconds >= most_seconds:
                    break
        self.write_snapshot()
        self.write_checkpoint()

    def write_checkpoint(self) -> None:
        """Write a checkpoint to resume from."""
        from playground.training import checkpoints

        checkpoints.write(self.checkpoint, {"run": self.state.state_dict(), **self.facts()})

    def write_snapshot(self) -> None:
        """Write the current weights in float16, ready to publish, with a JSON of facts()."""
        import json

        from playground.training import checkpoints

        path = self.folder / f"step-{self.state.step:07d}.safetensors"
        checkpoints.write_weights(path, self.state.weights())
        path.with_suffix(".json").write_text(json.dumps(self.facts(), indent=1), "utf-8")

    def facts(self) -> dict[str, Any]:
        """What checkpoints and snapshots record beside state and weights."""
        return {
            "name": self.name,
            "config": _plain(self.config),
            "seed": self.seed,
            "step": self.state.step,
            "seconds": self.seconds,
            "cpu_seconds": self.cpu_seconds,
            "continued": self.continued,
        }

    def _check(self, stored: dict[str, Any]) -> None:
        mine, theirs = {**_plain(self.config), "steps": 0}, {**stored["config"], "steps": 0}
        if theirs != mine or stored["seed"] != self.seed:
            raise PlaygroundError(say("train.terminal.other_training", path=self.checkpoint))

    def _take_over(self, stored: dict[str, Any]) -> None:
        """The times of a checkpoint. --steps may have changed: the learning rate then follows the new number."""
        self.seconds, self.cpu_seconds = stored["seconds"], stored["cpu_seconds"]
        self.continued = stored.get("continued", [])
        if stored["config"]["steps"] != self.config.steps:
            self.continued = [*self.continued, {"steps": stored["config"]["steps"], "until": self.state.step}]


def _plain(config: AnyConfig) -> dict[str, Any]:
    """The config as JSON would return it, with lists for tuples."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in dataclasses.asdict(config).items()
    }


if __name__ == "__main__":
    sys.exit(main())
