"""A visitor's runs in words: what each trains, and what changed since the one before."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.experiments.setting_words import data_words, family_words, setting_words
from playground.runs import disk_quota, json_files, snapshots, store
from playground.training import trainer_registry


def describe_fork(run: str) -> str:
    """A sentence on a fork: the step that it begins at, and what differs from there."""
    spec = store.spec_of(run)
    changes = describe_changes(spec, None, store.run_dir(run))
    sentence = say("train.run.forked", name=spec.name, changes=changes)
    sentence = say("train.run.forked_watch", sentence=sentence)
    if spec.family == "language" and " steps " in changes:
        return say("train.run.forked_schedule", sentence=sentence)
    return sentence


def runs_of_owner(owner: str) -> list[dict[str, Any]]:
    """A visitor's runs, newest first, as dictionaries.

    Keys: "run", "name", "family", "dataset", "kind", "created", "status", "step", "steps", "seconds", "changed",
    "named", "bytes", "kept". kind: in words.  created: seconds since 1970.
    changed: what differs from its parent, or from the run before it.
    """
    specs = store.list_specs(owner) if owner else []
    runs = []
    for place, spec in enumerate(specs):
        folder = store.runs_dir() / spec.run
        state = store.state_of(folder)
        before = next((one for one in reversed(specs[:place]) if _is_alike(one, spec)), None)
        runs.append(
            {
                "run": spec.run, "name": spec.name, "family": spec.family, "dataset": spec.dataset,
                "kind": say("train.runs.kind_text", **_kind(spec)), "created": spec.created,
                "status": state.status, "step": state.step, "steps": spec.settings.get("steps", 0),
                "seconds": state.seconds, "changed": describe_changes(spec, before, folder), "named": spec.named,
                "bytes": disk_quota.disk_usage(folder), "kept": snapshots.snapshot_steps(folder),
            }
        )  # fmt: skip
    return runs[::-1]


def _is_alike(one: store.RunSpec, other: store.RunSpec) -> bool:
    """Whether two runs can be compared setting by setting: of one family, both in the plane or both not."""
    places = [spec.dataset in trainer_registry.SHAPES for spec in (one, other)]
    return one.family == other.family and places[0] == places[1]


def _kind(spec: store.RunSpec) -> dict[str, str]:
    return {"family": family_words(spec.family, spec.dataset), "data": data_words(spec.dataset)}


def describe_changes(spec: store.RunSpec, before: store.RunSpec | None, folder: Path) -> str:
    """One line: the differences from the parent, or from the visitor's previous run of the same family."""
    if spec.parent:
        events, _ = json_files.read_lines(folder / "events.jsonl")
        changed: dict[str, Any] = {}
        for event in events:
            changed |= event["settings"] if event.get("step") == spec.forked_at else {}
        own = [changed] if changed else []
        name = say("train.run.deleted_parent")
        with contextlib.suppress(PlaygroundError):
            parent = store.spec_of(spec.parent)
            name = say("train.run.named", name=parent.name)
            own += [{"steps": spec.settings["steps"]}] if spec.settings["steps"] != parent.settings["steps"] else []
        changes = "; ".join(setting_words(spec.family, spec.dataset, one) for one in own) or say(
            "train.run.nothing_changed"
        )
        return say("train.run.changes_from", parent=name, step=spec.forked_at, changes=changes)
    if before is None:
        return say("train.run.first_of_kind")
    changes = _differences(spec, before)
    if not changes:
        return say("train.run.same_as", name=before.name)
    return say("train.run.compared_with", name=before.name, changes=changes)


def describe_comparison(runs: Sequence[str]) -> str:
    """A sentence on runs whose curves are drawn together; "" for one, and for runs that are gone."""
    specs = [spec for spec in store.list_specs() if spec.run in runs]
    if len(specs) > 2:
        return say("train.runs.compared_many", count=len(specs))
    if len(specs) < 2 or not _is_alike(*specs):
        return ""
    earlier, later = specs
    names = {"name": later.name, "other": earlier.name}
    changes = _differences(later, earlier)
    return say("train.runs.compared", **names, changes=changes) if changes else say("train.runs.compared_same", **names)


def _differences(spec: store.RunSpec, before: store.RunSpec) -> str:
    """The settings that differ from those of another run, in words; "" if none does."""
    differ = {name: value for name, value in spec.settings.items() if before.settings.get(name) != value}
    if spec.dataset != before.dataset:
        differ = {"data": data_words(spec.dataset), **differ}
    if spec.seed != before.seed:
        differ["seed"] = spec.seed
    return setting_words(spec.family, spec.dataset, differ)
