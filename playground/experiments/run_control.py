"""Starting a run, telling it what to do, forking it. The run itself is a process of its own: see playground.runs."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from playground.core.errors import PlaygroundError
from playground.runs import metrics_csv, scheduler, snapshots, store, trainer_registry
from playground.runs.names import new_name

COMMANDS = ("play", "pause", "step", "part", "change", "stop")
MOST_WAITING = 24
LARGEST_SEED = 2**31 - 1


def start(
    family: str,
    dataset: str,
    settings: Mapping[str, Any],
    seed: int = 0,
    owner: str = "",
    files: Mapping[str, bytes] | None = None,
) -> str:
    """Queue a run, which starts as soon as there is room. Returns its id.

    files: name -> content, laid into the run's folder; their names begin with "own-".
    Raises PlaygroundError for settings that cannot be, for a full queue and for a full disk.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED:
        raise PlaygroundError(f"The seed must be a whole number from 0 to {LARGEST_SEED:,}.")
    whole = trainer_registry.read(family, dataset, settings)
    _let_in(owner)
    spec = store.create(family, dataset, whole, seed, owner, files, scheduler.threads_for(family))
    scheduler.keep_tending()
    return spec.run


def _let_in(owner: str) -> None:
    """Raises PlaygroundError if this visitor cannot have one more run."""
    if not owner:
        raise PlaygroundError("The page is still loading, and does not know yet whose run this is: press again.")
    waiting = sum(store.state_of(store.runs_dir() / spec.run).status == store.QUEUED for spec in store.specs())
    if waiting >= MOST_WAITING:
        raise PlaygroundError(f"{waiting} runs are waiting already: try again when some of them have ended.")
    store.make_room()
    if sum(store.bytes_of(store.runs_dir() / spec.run) for spec in store.specs()) > store.disk_bytes():
        raise PlaygroundError("The runs take all the room they may: delete one of yours in Runs, then start again.")


def take_up() -> None:
    """At a server's start: what was going on when the last one ended goes on."""
    if store.runs_dir().exists():
        scheduler.keep_tending()


def command(run: str, do: str, settings: Mapping[str, Any] | None = None, owner: str = "") -> None:
    """Tell a run what to do: play, pause, step, part, change (with the settings to change), stop.

    Raises PlaygroundError if it is another visitor's, or has ended.
    """
    if do not in COMMANDS:
        raise PlaygroundError(f'"{str(do)[:20]}" is no command: there are {", ".join(COMMANDS)}.')
    folder, spec = store.owned(run, owner)
    state = store.state_of(folder)
    if state.status in store.ENDED:
        raise PlaygroundError(f"“{spec.name}” has ended: fork it from a checkpoint to go on.")
    words: dict[str, Any] = {"do": do}
    if do == "change":
        words["settings"] = dict(settings or {})
        trainer_registry.read(
            spec.family, spec.dataset, {**spec.settings, **words["settings"]}
        )  # refused at once, if at all
    resting = state.status == store.PAUSED and not store.is_alive(folder)
    if resting and do == "change":  # a worker begins by playing
        store.append_line(folder / "commands.jsonl", {"do": "pause"})
    store.append_line(folder / "commands.jsonl", words)  # a stop too: a worker may be just starting
    if do == "stop" and not store.is_alive(folder):
        with contextlib.suppress(PlaygroundError):  # what is damaged is not kept, and ends all the same
            snapshots.keep_latest(folder)
        store.write_state(folder, dataclasses.replace(state, status=store.STOPPED))
    elif resting and do != "pause":
        store.write_state(folder, dataclasses.replace(state, status=store.QUEUED))
    scheduler.keep_tending()


def steer(asked: Any) -> dict[str, Any]:
    """The command of a view's button: {"run", "do", "settings", "owner"} -> {} or {"error"}.

    "do" may be fork, with "step": {"run": the new one's id}.
    """
    if not isinstance(asked, dict) or not isinstance(asked.get("settings", {}), dict):
        return {"error": "This is no command."}
    try:
        if asked.get("do") == "fork":
            owner, settings = str(asked.get("owner", "")), asked.get("settings", {})
            return {"run": fork(str(asked.get("run", "")), asked.get("step"), settings, owner)}
        command(str(asked.get("run", "")), asked.get("do", ""), asked.get("settings"), str(asked.get("owner", "")))
    except PlaygroundError as error:
        return {"error": str(error)}
    return {}


def fork(run: str, step: Any, settings: Mapping[str, Any], owner: str) -> str:
    """A new run that goes on from a kept checkpoint of another, with other settings. Returns its id.

    step: a kept one.  settings: "steps", and of those that can be changed while a run goes on any; what was in force at
    that step anyhow is no change, and without a change it repeats the parent. Raises PlaygroundError if that step is
    not kept, there are no steps left, or a setting cannot be.
    """
    folder, parent = store.folder_of(run), store.spec_of(run)
    if not isinstance(step, int) or step not in snapshots.steps_of(folder):
        shown = f"{step:,}" if isinstance(step, int) else "That one"
        raise PlaygroundError(f"Step {shown} of “{parent.name}” is not kept: choose one that the slider stops at.")
    from playground.training import checkpoints

    stored = checkpoints.read(snapshots.path_of(folder, step))
    if stored is None:
        raise PlaygroundError(f"Step {step:,} of “{parent.name}” is not kept any more: choose another.")
    notes = store.lines(folder / "events.jsonl")[0][: stored["events"]]  # those that the checkpoint holds
    steps, changes = _different(parent, notes, settings)
    if step >= steps:
        raise PlaygroundError(f"Step {step:,} is the run's last: fork an earlier one, or press “Go on for more”.")
    notes += [{"step": step, "settings": changes}] if changes else []
    own = store.brought(folder)
    if own and parent.owner != owner:
        raise PlaygroundError(f"“{parent.name}” learned from its owner's own material: only they can fork it.")
    files = {path.name: path.read_bytes() for path in own} | {
        "latest.pt": snapshots.path_of(folder, step).read_bytes(),
        "curve.csv": metrics_csv.until(folder / "curve.csv", step).encode(),
        "events.jsonl": "".join(json.dumps(note) + "\n" for note in notes).encode(),
    }
    _let_in(owner)
    spec = dataclasses.replace(
        parent, run=secrets.token_hex(16), name=new_name({one.name for one in store.specs(owner)}), owner=owner,
        created=time.time(), parent=run, forked_at=step, named=False, settings={**parent.settings, "steps": steps},
    )  # fmt: skip
    names, seconds, processor = tuple(stored["names"]), stored["seconds"], stored["cpu_seconds"]
    state = store.State(step=step, names=names, seconds=seconds, cpu_seconds=processor)
    store.lay_down(spec, files, state)
    scheduler.keep_tending()
    return spec.run


def _different(
    parent: store.Spec, notes: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]
) -> tuple[int, dict[str, Any]]:
    """The steps of a fork, and what it is to change; notes: the changes until there. Raises PlaygroundError."""
    now = dict(parent.settings)
    for note in notes:
        now |= note["settings"]
    found = trainer_registry.read(parent.family, parent.dataset, {**now, **asked})
    changes = {name: found[name] for name in asked if name != "steps" and found[name] != now.get(name)}
    fixed = [name for name in changes if name not in trainer_registry.hot(parent.family, parent.dataset)]
    if fixed:
        raise PlaygroundError(f"“{fixed[0]}” is fixed when a run starts: start a new one to change it.")
    return int(found["steps"]), changes


def stop_and_delete(run: str, owner: str) -> str:
    """Delete a run and all that belongs to it; one that is going on is stopped first. Returns its name."""
    folder, spec = store.owned(run, owner)
    if store.is_alive(folder):
        store.append_line(folder / "commands.jsonl", {"do": "stop"})
        for _ in range(100):
            if not store.is_alive(folder):
                break
            time.sleep(0.1)
        else:
            raise PlaygroundError(f"“{spec.name}” is at a long step: try again in a moment.")
    store.delete(folder)
    return spec.name
