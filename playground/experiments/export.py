"""A run's weights from its checkpoints: as a trainer, and as files to download."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.runs import json_files, snapshots, store
from playground.training import trainer_registry
from playground.training.trainer import Trainer


def file_name(spec: store.RunSpec) -> str:
    """A file name without suffix for a run: family, data and name."""
    plain = "".join(sign if sign.isalnum() else "-" for sign in spec.name.lower())
    return f"{spec.family}-{spec.dataset}-{plain}".strip("-")


def load_trainer(run: str, step: int | None = None) -> tuple[Trainer, dict[str, Any]]:
    """(trainer, checkpoint) of a run. step: of a snapshot, or None for the latest checkpoint.

    Raises PlaygroundError if there is no such checkpoint.
    """
    import torch

    from playground.training import checkpoints

    folder, spec = store.run_dir(run), store.spec_of(run)
    stored = checkpoints.read(_checkpoint(folder, spec, step))
    if stored is None:
        raise PlaygroundError(say("train.run.no_checkpoint", name=spec.name))
    with torch.random.fork_rng():
        trainer = trainer_registry.open_trainer(spec.family, spec.dataset, spec.settings, spec.seed, folder)
    trainer.load_state_dict(stored["course"])
    return trainer, stored


def _checkpoint(folder: Path, spec: store.RunSpec, step: int | None) -> Path:
    if step is None:
        return folder / "latest.pt"
    if step not in snapshots.snapshot_steps(folder):
        raise PlaygroundError(say("train.run.not_kept", step=step, name=spec.name))
    return snapshots.snapshot_path(folder, step)


def weights_of(run: str, step: int | None = None) -> tuple[bytes, dict[str, Any]]:
    """A run's weights as safetensors, and their record as JSON values: spec, step, times, sha256.

    step: of a snapshot, or None for the latest checkpoint. Raises PlaygroundError if there is no such checkpoint.
    """
    from safetensors.torch import save

    trainer, stored = load_trainer(run, step)
    folder, spec = store.run_dir(run), store.spec_of(run)
    content = save({name: tensor.detach().contiguous().clone() for name, tensor in trainer.weights().items()})
    facts = {name: value for name, value in dataclasses.asdict(spec).items() if name != "owner"}
    facts |= {
        "step": trainer.step, "seen": trainer.seen, "seconds": stored["seconds"], "cpu_seconds": stored["cpu_seconds"],
        "events": json_files.read_lines(folder / "events.jsonl")[0], "sha256": hashlib.sha256(content).hexdigest(),
        "format": "safetensors",
    }  # fmt: skip
    return content, facts


def weight_files(run: str, step: Any) -> list[dict[str, str]]:
    """The weights and their record, as files for the browser to save. step: as for weights_of."""
    content, facts = weights_of(run, step if isinstance(step, int) else None)
    name = f"{file_name(store.spec_of(run))}-step-{facts['step']}"
    encoded = base64.b64encode(content).decode()
    return [
        {"name": f"{name}.safetensors", "base64": encoded, "type": "application/octet-stream"},
        {"name": f"{name}.json", "text": json.dumps(facts, indent=1, ensure_ascii=False), "type": "application/json"},
    ]
