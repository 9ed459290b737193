"""Start, command, fork and delete runs. Each run has its own process: see playground.runs."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors
from playground.core.validation import parse_int
from playground.experiments import run_status
from playground.experiments.setting_words import setting_words
from playground.runs import disk_quota, json_files, metrics_csv, scheduler, snapshots, store
from playground.runs.run_names import new_name
from playground.training import trainer_registry

COMMANDS = ("play", "pause", "step", "part", "change", "stop")
MOST_WAITING, MOST_WAITING_EACH = 24, 12
LARGEST_SEED = 2**31 - 1


def parse_owner(owner: str) -> str:
    """A program's token for its runs. Raises PlaygroundError unless it is of 16 to 64 plain characters."""
    if not 16 <= len(owner) <= 64 or not (owner.isascii() and owner.isprintable()):
        raise PlaygroundError(say("train.api.owner"))
    return owner


def parse_run_seed(value: object) -> int:
    """The seed of a run, 0 to LARGEST_SEED. Raises PlaygroundError."""
    return parse_int(value, 0, LARGEST_SEED, say("train.settings.seed"))


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
    seed = parse_run_seed(seed)
    checked = trainer_registry.read_settings(family, dataset, settings)
    _check_quota(owner)
    spec = store.create_run(family, dataset, checked, seed, owner, files, scheduler.threads_for(family))
    scheduler.start_polling()
    return spec.run


def _check_quota(owner: str) -> None:
    """Raise PlaygroundError if the queue or the disk is full, or the visitor's token is not known yet."""
    if not owner:
        raise PlaygroundError(say("train.run.no_owner"))
    waiting = [spec.owner for spec in store.list_specs() if store.state_of_run(spec.run).status == store.QUEUED]
    if len(waiting) >= MOST_WAITING:
        raise PlaygroundError(say("train.run.queue_full", count=len(waiting)))
    if (own := waiting.count(owner)) >= MOST_WAITING_EACH:
        raise PlaygroundError(say("train.run.too_many_waiting", count=own))
    disk_quota.free_disk_space()
    if disk_quota.total_usage() > disk_quota.disk_limit():
        raise PlaygroundError(say("train.run.disk_full"))


def resume_runs() -> None:
    """At the server's start: resume the runs that were active when the last server ended.

    Whoever watches one will soon steer it: what checks a change, which imports torch, is loaded meanwhile.
    """
    if not store.runs_dir().exists():
        return
    scheduler.start_polling()
    if any(store.state_of_run(spec.run).status not in store.ENDED for spec in store.list_specs()):
        threading.Thread(target=trainer_registry.trainers, name="trainers", daemon=True).start()


def send_command(run: str, do: str, settings: Mapping[str, Any] | None = None, owner: str = "") -> None:
    """Send a run a command: play, pause, step, part, change (with the settings to change) or stop.

    Raises PlaygroundError if the run is another visitor's or has ended.
    """
    if do not in COMMANDS:
        raise PlaygroundError(say("train.run.unknown_command", name=str(do)[:20], names=", ".join(COMMANDS)))
    folder, spec = store.owned_run(run, owner)
    state = store.state_of(folder)
    if state.status in store.ENDED:
        raise PlaygroundError(say("train.run.ended", name=spec.name))
    line: dict[str, Any] = {"do": do}
    if do == "change":
        line["settings"] = dict(settings or {})
        _check_changes(spec, run_status.current_settings(run), line["settings"])
    is_suspended = state.status == store.PAUSED and not store.has_worker(folder)
    if is_suspended and do == "change":  # a new worker plays unless it reads a pause first
        _append_command(folder, {"do": "pause"})
    _append_command(folder, line)  # a stop too: a worker may be just starting
    if do == "stop" and not store.has_worker(folder):
        with contextlib.suppress(PlaygroundError):  # a damaged run gets no snapshot, but stops
            snapshots.snapshot_latest(folder)
        store.write_state(folder, dataclasses.replace(state, status=store.STOPPED))
    elif is_suspended and do != "pause":
        store.write_state(folder, dataclasses.replace(state, status=store.QUEUED))
    scheduler.start_polling()


class RefusedChange(PlaygroundError):
    """A change that a run cannot make. kept: the values in force of the settings that are to blame."""

    def __init__(self, sentence: str, spec: store.RunSpec, kept: Mapping[str, Any]) -> None:
        """sentence: why it is refused.  spec: of the run."""
        super().__init__(sentence)
        self.spec, self.kept = spec, dict(kept)

    def with_kept(self) -> str:
        """The sentence, and the values that stay."""
        return say("train.tab.refused", error=self, kept=setting_words(self.spec.family, self.spec.dataset, self.kept))


def _check_changes(spec: store.RunSpec, now: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """Raise RefusedChange for a change that the worker would refuse. now: the settings before it."""
    if not (reason := _refusal(spec, now, changes)):
        return
    to_blame = [name for name, value in changes.items() if _refusal(spec, now, {name: value})] or list(changes)
    raise RefusedChange(reason, spec, {name: now[name] for name in to_blame if name in now})


def _refusal(spec: store.RunSpec, now: Mapping[str, Any], changes: Mapping[str, Any]) -> str:
    """Why these settings cannot be changed, "" if they can."""
    hot = trainer_registry.hot_settings(spec.family, spec.dataset)
    try:
        trainer_registry.read_settings(spec.family, spec.dataset, {**now, **changes})
    except PlaygroundError as error:
        return str(error)
    fixed = next((name for name in changes if name not in hot), "")
    return say("train.settings.fixed", name=fixed[:40], names=", ".join(hot)) if fixed else ""


def end_runs(runs: Sequence[str], owner: str) -> list[str]:
    """End those of a visitor's runs that still train: another takes their place on the page. Returns their names."""
    ended = []
    for run in runs:
        with contextlib.suppress(PlaygroundError):  # gone, somebody else's, or ended already
            send_command(run, "stop", None, owner)
            ended.append(store.spec_of(run).name)
    return ended


def change_settings(run: str, settings: Mapping[str, Any], owner: str) -> bool:
    """Send a run those of the settings that differ from its own. Returns whether any does.

    Raises PlaygroundError as send_command does; for another visitor's run also if none differs.
    """
    store.owned_run(run, owner)
    changes = {name: value for name, value in settings.items() if run_status.current_setting(run, name) != value}
    if changes:
        send_command(run, "change", changes, owner)
    return bool(changes)


def steer_run(request: Any) -> dict[str, Any]:
    """A view's command {"run", "do", "settings", "owner"}. Returns {} or {"error"}; of a refused change also "kept".

    kept: the values in force of the settings that are to blame.
    do: one of COMMANDS, or "fork" with "step", which returns {"run": the fork's id}.
    """
    if not isinstance(request, dict) or not isinstance(request.get("settings", {}), dict):
        return {"error": say("train.run.bad_command")}
    run, do, owner = str(request.get("run", "")), request.get("do", ""), str(request.get("owner", ""))
    try:
        if do == "fork":
            return {"run": fork_run(run, request.get("step"), request.get("settings", {}), owner)}
        send_command(run, do, request.get("settings"), owner)
    except RefusedChange as error:
        return {"error": error.with_kept(), "kept": error.kept}
    except PlaygroundError as error:
        return {"error": str(error)}
    return {}


def fork_run(run: str, step: Any, settings: Mapping[str, Any], owner: str) -> str:
    """A new run that continues from a snapshot of another, with other settings. Returns its id.

    step: of the snapshot.  settings: "steps", and any that may change during a run; with the same ones the fork repeats
    its parent. A fork of the last step is as long again, unless "steps" says another number.
    Raises PlaygroundError if there is no such snapshot, no step is left, or a setting is bad.
    """
    folder, parent = store.run_dir(run), store.spec_of(run)
    if not isinstance(step, int) or step not in snapshots.snapshot_steps(folder):
        key = "train.run.not_kept" if isinstance(step, int) else "train.run.no_step"
        raise PlaygroundError(say(key, step=step, name=parent.name))
    from playground.training import checkpoints

    stored = checkpoints.read(snapshots.snapshot_path(folder, step))
    if stored is None:
        raise PlaygroundError(say("train.run.not_kept", step=step, name=parent.name))
    notes = json_files.read_lines(folder / "events.jsonl")[0][: stored["events"]]  # the changes before the snapshot
    for note in notes:
        note.pop("heard", None)  # of the parent's commands; the fork has its own
    if "steps" not in settings and step >= parent.settings["steps"]:
        settings = {**settings, "steps": 2 * step}
    steps, changes = _fork_changes(parent, notes, settings)
    if step >= steps:
        raise PlaygroundError(say("train.run.last_step", step=step))
    notes += [{"step": step, "settings": changes}] if changes else []
    data = store.user_files(folder)
    if data and parent.owner != owner:
        raise PlaygroundError(say("train.run.private", name=parent.name))
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
    parent: store.RunSpec, notes: Sequence[Mapping[str, Any]], settings: Mapping[str, Any]
) -> tuple[int, dict[str, Any]]:
    """(steps of a fork, settings that it changes). notes: the parent's changes until then. Raises PlaygroundError."""
    now = dict(parent.settings)
    for note in notes:
        now |= note["settings"]
    checked = trainer_registry.read_settings(parent.family, parent.dataset, {**now, **settings})
    changes = {name: checked[name] for name in settings if name != "steps" and checked[name] != now.get(name)}
    fixed = [name for name in changes if name not in trainer_registry.hot_settings(parent.family, parent.dataset)]
    if fixed:
        raise PlaygroundError(say("train.run.fixed_setting", name=fixed[0]))
    return int(checked["steps"]), changes


def _append_command(folder: Path, line: Mapping[str, Any]) -> None:
    with explain_disk_errors(store.runs_dir()):
        json_files.append_line(folder / "commands.jsonl", line)


def delete_run(run: str, owner: str) -> str:
    """Delete a run with all its files; a running one is stopped first. Returns its name. Raises PlaygroundError."""
    folder, spec = store.owned_run(run, owner)
    if store.has_worker(folder):
        _append_command(folder, {"do": "stop"})
        for _ in range(100):
            if not store.has_worker(folder):
                break
            time.sleep(0.1)
        else:
            raise PlaygroundError(say("train.run.busy", name=spec.name))
    store.delete_run(folder)
    return spec.name
