"""Start, command, fork and delete runs. A run is a process of its own: see playground.runs."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from playground.core.errors import PlaygroundError
from playground.runs import disk_quota, json_files, metrics_csv, scheduler, snapshots, store
from playground.runs.run_names import new_name
from playground.training import trainer_registry

COMMANDS = ("play", "pause", "step", "part", "change", "stop")
MOST_WAITING = 24
LARGEST_SEED = 2**31 - 1


def start_run(
    family: str,
    dataset: str,
    settings: Mapping[str, Any],
    seed: int = 0,
    owner: str = "",
    files: Mapping[str, bytes] | None = None,
) -> str:
    """Queue a run. Returns its id.

    files: name -> content of the visitor's own data, for the run's folder; the names begin with "own-".
    Raises PlaygroundError for bad settings, a full queue and a full disk.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED:
        raise PlaygroundError(f"The seed must be a whole number from 0 to {LARGEST_SEED:,}.")
    checked = trainer_registry.read_settings(family, dataset, settings)
    _check_quota(owner)
    spec = store.create_run(family, dataset, checked, seed, owner, files, scheduler.threads_for(family))
    scheduler.start_polling()
    return spec.run


def _check_quota(owner: str) -> None:
    """Raises PlaygroundError if the queue or the disk is full, or the visitor's token is not known yet."""
    if not owner:
        raise PlaygroundError("The page is still loading, and does not know yet whose run this is: press again.")
    waiting = sum(store.state_of(store.runs_dir() / spec.run).status == store.QUEUED for spec in store.list_specs())
    if waiting >= MOST_WAITING:
        raise PlaygroundError(f"{waiting} runs are waiting already: try again when some of them have ended.")
    disk_quota.free_disk_space()
    if disk_quota.total_usage() > disk_quota.disk_limit():
        raise PlaygroundError("The runs take all the room they may: delete one of yours in Runs, then start again.")


def resume_runs() -> None:
    """At a server's start: resume the runs that were active when the last server ended."""
    if store.runs_dir().exists():
        scheduler.start_polling()


def send_command(run: str, do: str, settings: Mapping[str, Any] | None = None, owner: str = "") -> None:
    """Send a run a command: play, pause, step, part, change (with the settings to change) or stop.

    Raises PlaygroundError if it is another visitor's, or has ended.
    """
    if do not in COMMANDS:
        raise PlaygroundError(f'"{str(do)[:20]}" is no command: there are {", ".join(COMMANDS)}.')
    folder, spec = store.owned_run(run, owner)
    state = store.state_of(folder)
    if state.status in store.ENDED:
        raise PlaygroundError(f"“{spec.name}” has ended: fork it from a checkpoint to go on.")
    line: dict[str, Any] = {"do": do}
    if do == "change":
        line["settings"] = dict(settings or {})
        trainer_registry.read_settings(
            spec.family, spec.dataset, {**spec.settings, **line["settings"]}
        )  # a bad value is refused now
    is_suspended = state.status == store.PAUSED and not store.has_worker(folder)
    if is_suspended and do == "change":  # a new worker plays unless it reads a pause first
        json_files.append_line(folder / "commands.jsonl", {"do": "pause"})
    json_files.append_line(folder / "commands.jsonl", line)  # a stop too: a worker may be just starting
    if do == "stop" and not store.has_worker(folder):
        with contextlib.suppress(PlaygroundError):  # a damaged run gets no snapshot, and is stopped all the same
            snapshots.snapshot_latest(folder)
        store.write_state(folder, dataclasses.replace(state, status=store.STOPPED))
    elif is_suspended and do != "pause":
        store.write_state(folder, dataclasses.replace(state, status=store.QUEUED))
    scheduler.start_polling()


def steer_run(asked: Any) -> dict[str, Any]:
    """A view's button: {"run", "do", "settings", "owner"} -> {} or {"error"}.

    do: of COMMANDS, or "fork" with "step", which returns {"run": the fork's id}.
    """
    if not isinstance(asked, dict) or not isinstance(asked.get("settings", {}), dict):
        return {"error": "This is no command."}
    try:
        if asked.get("do") == "fork":
            owner, settings = str(asked.get("owner", "")), asked.get("settings", {})
            return {"run": fork_run(str(asked.get("run", "")), asked.get("step"), settings, owner)}
        send_command(str(asked.get("run", "")), asked.get("do", ""), asked.get("settings"), str(asked.get("owner", "")))
    except PlaygroundError as error:
        return {"error": str(error)}
    return {}


def fork_run(run: str, step: Any, settings: Mapping[str, Any], owner: str) -> str:
    """A new run that continues from a snapshot of another, with other settings. Returns its id.

    step: of the snapshot.  settings: "steps", and any that may change during a run; without a difference the fork
    repeats its parent. Raises PlaygroundError if there is no such snapshot, no step is left, or a setting is bad.
    """
    folder, parent = store.run_dir(run), store.spec_of(run)
    if not isinstance(step, int) or step not in snapshots.snapshot_steps(folder):
        label = f"{step:,}" if isinstance(step, int) else "That one"
        raise PlaygroundError(f"Step {label} of “{parent.name}” is not kept: choose one that the slider stops at.")
    from playground.training import checkpoints

    stored = checkpoints.read(snapshots.snapshot_path(folder, step))
    if stored is None:
        raise PlaygroundError(f"Step {step:,} of “{parent.name}” is not kept any more: choose another.")
    notes = json_files.read_lines(folder / "events.jsonl")[0][: stored["events"]]  # those that the snapshot has
    steps, changes = _fork_changes(parent, notes, settings)
    if step >= steps:
        raise PlaygroundError(f"Step {step:,} is the run's last: fork an earlier one, or press “Go on for more”.")
    notes += [{"step": step, "settings": changes}] if changes else []
    data = store.user_files(folder)
    if data and parent.owner != owner:
        raise PlaygroundError(f"“{parent.name}” learned from its owner's own material: only they can fork it.")
    files = {path.name: path.read_bytes() for path in data} | {
        "latest.pt": snapshots.snapshot_path(folder, step).read_bytes(),
        "curve.csv": metrics_csv.text_until(folder / "curve.csv", step).encode(),
        "events.jsonl": "".join(json.dumps(note) + "\n" for note in notes).encode(),
    }
    _check_quota(owner)
    spec = dataclasses.replace(
        parent, run=secrets.token_hex(16), name=new_name({one.name for one in store.list_specs(owner)}), owner=owner,
        created=time.time(), parent=run, forked_at=step, named=False, settings={**parent.settings, "steps": steps},
    )  # fmt: skip
    names, seconds, processor = tuple(stored["names"]), stored["seconds"], stored["cpu_seconds"]
    state = store.RunState(step=step, names=names, seconds=seconds, cpu_seconds=processor)
    store.create_run_dir(spec, files, state)
    scheduler.start_polling()
    return spec.run


def _fork_changes(
    parent: store.RunSpec, notes: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]
) -> tuple[int, dict[str, Any]]:
    """(steps of a fork, settings that it changes). notes: the parent's changes until then. Raises PlaygroundError."""
    now = dict(parent.settings)
    for note in notes:
        now |= note["settings"]
    found = trainer_registry.read_settings(parent.family, parent.dataset, {**now, **asked})
    changes = {name: found[name] for name in asked if name != "steps" and found[name] != now.get(name)}
    fixed = [name for name in changes if name not in trainer_registry.hot_settings(parent.family, parent.dataset)]
    if fixed:
        raise PlaygroundError(f"“{fixed[0]}” is fixed when a run starts: start a new one to change it.")
    return int(found["steps"]), changes


def delete_run(run: str, owner: str) -> str:
    """Delete a run with all its files; a running one is stopped first. Returns its name. Raises PlaygroundError."""
    folder, spec = store.owned_run(run, owner)
    if store.has_worker(folder):
        json_files.append_line(folder / "commands.jsonl", {"do": "stop"})
        for _ in range(100):
            if not store.has_worker(folder):
                break
            time.sleep(0.1)
        else:
            raise PlaygroundError(f"“{spec.name}” is at a long step: try again in a moment.")
    store.delete_run(folder)
    return spec.name
