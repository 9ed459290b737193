"""A visitor's runs as a list: renamed, deleted, and taken away as files."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from playground.errors import PlaygroundError
from playground.labs.training import looking, steering
from playground.runs import courses, kept, store


def listed(asked: Any) -> dict[str, Any]:
    """asked: {"owner"}. Returns {"runs": as looking.runs_of gives them, "dropped": names, "bytes", "most_bytes"}."""
    owner = str(asked.get("owner", "")) if isinstance(asked, dict) else ""
    runs = looking.runs_of(owner)
    used = sum(run["bytes"] for run in runs)
    return {"runs": runs, "dropped": store.dropped_of(owner)[-3:], "bytes": used, "most_bytes": store.disk_bytes()}


def manage(asked: Any) -> dict[str, Any]:
    """asked: {"do", "run", "owner", …}: rename ("name"), delete, curves, weights ("step", or the last).

    Returns {"said": a sentence, "files": [{"name", "text"} or {"name", "base64", "type"}]} or {"error"}.
    """
    try:
        return _manage(asked if isinstance(asked, dict) else {})
    except PlaygroundError as error:
        return {"error": str(error)}


def _manage(asked: dict[str, Any]) -> dict[str, Any]:
    run, owner = str(asked.get("run", "")), str(asked.get("owner", ""))
    match asked.get("do"):
        case "rename":
            return {
                "said": f"It is called “{store.rename(run, str(asked.get('name', '')), owner).name}” now.",
                "files": [],
            }
        case "delete":
            return {"said": f"“{steering.stop_and_delete(run, owner)}” is deleted.", "files": []}
        case "curves":
            folder, spec = store.folder_of(run), store.spec_of(run)
            if not (folder / "curve.csv").exists():
                raise PlaygroundError(f"“{spec.name}” has no numbers yet: wait for its first step.")
            text = (folder / "curve.csv").read_text("utf-8")
            return {"said": "Saved.", "files": [{"name": f"{file_name(spec)}.csv", "text": text, "type": "text/csv"}]}
        case "weights":
            return {"said": "Saved: the weights and what they are.", "files": exported(run, asked.get("step"))}
    raise PlaygroundError("That cannot be done with a run: rename, delete, curves and weights can.")


def file_name(spec: store.Spec) -> str:
    """A run's name as a file's."""
    plain = "".join(sign if sign.isalnum() else "-" for sign in spec.name.lower())
    return f"{spec.family}-{spec.dataset}-{plain}".strip("-")


def weights_of(run: str, step: int | None = None) -> tuple[bytes, dict[str, Any]]:
    """A run's weights as safetensors, and what they are as JSON values: spec, step, numbers, sha256.

    step: a kept one, or None for the newest checkpoint. Raises PlaygroundError if there is none.
    """
    import torch
    from safetensors.torch import save

    from playground.training import checkpoints

    folder, spec = store.folder_of(run), store.spec_of(run)
    path = _checkpoint(folder, spec, step)
    stored = checkpoints.read(path)
    if stored is None:
        raise PlaygroundError(f"“{spec.name}” has no checkpoint yet: wait some seconds.")
    with torch.random.fork_rng():
        course = courses.open_course(spec, folder)
    course.load_state_dict(stored["course"])
    content = save({name: tensor.detach().contiguous().clone() for name, tensor in course.weights().items()})
    facts = {name: value for name, value in dataclasses.asdict(spec).items() if name != "owner"}
    facts |= {
        "step": course.step, "seen": course.seen, "seconds": stored["seconds"], "cpu_seconds": stored["cpu_seconds"],
        "events": store.lines(folder / "events.jsonl")[0], "sha256": hashlib.sha256(content).hexdigest(),
        "format": "safetensors",
    }  # fmt: skip
    return content, facts


def _checkpoint(folder: Path, spec: store.Spec, step: int | None) -> Path:
    if step is None:
        return folder / "latest.pt"
    if step not in kept.steps_of(folder):
        raise PlaygroundError(f"Step {step} of “{spec.name}” is not kept: choose one that the slider stops at.")
    return kept.path_of(folder, step)


def exported(run: str, step: Any) -> list[dict[str, str]]:
    """The weights and their JSON, as files for the browser."""
    content, facts = weights_of(run, step if isinstance(step, int) else None)
    name = f"{file_name(store.spec_of(run))}-step-{facts['step']}"
    packed = base64.b64encode(content).decode()
    return [
        {"name": f"{name}.safetensors", "base64": packed, "type": "application/octet-stream"},
        {"name": f"{name}.json", "text": json.dumps(facts, indent=1, ensure_ascii=False), "type": "application/json"},
    ]
