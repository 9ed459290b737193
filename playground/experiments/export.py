"""What a run has learned, taken from its checkpoints: as a course to be looked into, and as files."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from playground.core.errors import PlaygroundError
from playground.runs import snapshots, store, trainer_registry
from playground.runs.protocol import Course


def file_name(spec: store.Spec) -> str:
    """A run's name as a file's."""
    plain = "".join(sign if sign.isalnum() else "-" for sign in spec.name.lower())
    return f"{spec.family}-{spec.dataset}-{plain}".strip("-")


def course_of(run: str, step: int | None = None) -> tuple[Course, dict[str, Any]]:
    """A run's course at a kept step, or None for the newest checkpoint; and what else stands there: seconds, events.

    Raises PlaygroundError if there is none.
    """
    import torch

    from playground.training import checkpoints

    folder, spec = store.folder_of(run), store.spec_of(run)
    stored = checkpoints.read(_checkpoint(folder, spec, step))
    if stored is None:
        raise PlaygroundError(f"“{spec.name}” has no checkpoint yet: wait some seconds.")
    with torch.random.fork_rng():
        course = trainer_registry.open_course(spec, folder)
    course.load_state_dict(stored["course"])
    return course, stored


def _checkpoint(folder: Path, spec: store.Spec, step: int | None) -> Path:
    if step is None:
        return folder / "latest.pt"
    if step not in snapshots.steps_of(folder):
        raise PlaygroundError(f"Step {step} of “{spec.name}” is not kept: choose one that the slider stops at.")
    return snapshots.path_of(folder, step)


def weights_of(run: str, step: int | None = None) -> tuple[bytes, dict[str, Any]]:
    """A run's weights as safetensors, and what they are as JSON values: spec, step, numbers, sha256.

    step: a kept one, or None for the newest checkpoint. Raises PlaygroundError if there is none.
    """
    from safetensors.torch import save

    course, stored = course_of(run, step)
    folder, spec = store.folder_of(run), store.spec_of(run)
    content = save({name: tensor.detach().contiguous().clone() for name, tensor in course.weights().items()})
    facts = {name: value for name, value in dataclasses.asdict(spec).items() if name != "owner"}
    facts |= {
        "step": course.step, "seen": course.seen, "seconds": stored["seconds"], "cpu_seconds": stored["cpu_seconds"],
        "events": store.lines(folder / "events.jsonl")[0], "sha256": hashlib.sha256(content).hexdigest(),
        "format": "safetensors",
    }  # fmt: skip
    return content, facts


def exported(run: str, step: Any) -> list[dict[str, str]]:
    """The weights and their JSON, as files for the browser."""
    content, facts = weights_of(run, step if isinstance(step, int) else None)
    name = f"{file_name(store.spec_of(run))}-step-{facts['step']}"
    packed = base64.b64encode(content).decode()
    return [
        {"name": f"{name}.safetensors", "base64": packed, "type": "application/octet-stream"},
        {"name": f"{name}.json", "text": json.dumps(facts, indent=1, ensure_ascii=False), "type": "application/json"},
    ]
