"""What the panels of the Bias tab have in common: how one is linked and restored, and where its measurements are

counted. A panel has a module with NAME, TITLE, build() -> Panel and wire(panel, room, shared) -> Wired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.labs.bias.visit import Trial, Visit, corrected, summary
from playground.recipe import Recipe, written
from playground.views.base import to_linked_panel
from playground.views.notice import notice
from playground.views.running import QUIET

_SKIP: Any = gr.skip()


@dataclass(frozen=True)
class Shared:
    """pending: gr.State of the recipe of a link, or None.

    visit: gr.State of the Visit: a handler that measures takes it, and gives it back with its Trial added.
    """

    pending: gr.State
    visit: gr.State


@dataclass(frozen=True)
class Wired:
    """A panel's part in what the whole tab does.

    room: its gr.Tab.  query: hidden gr.Textbox of its link's query, written by its own handlers; the recipe in it has
    the setting "panel" with the panel's name.
    restores: {"fn", "outputs"}: from the recipe that is the panel's, its own settings; a bad recipe is told in its
    notice, and nothing is raised.
    replays: the keywords of the event that measures again after `restores`, if there is something to measure: its
    handler takes `pending` and does nothing unless is_of(pending, NAME) and the link can be followed.
    stops: the buttons that stop it.
    """

    name: str
    room: gr.Tab
    query: gr.Textbox
    restores: Mapping[str, Any]
    replays: Mapping[str, Any] | None = None
    stops: Sequence[gr.Button] = ()


def is_of(recipe: Recipe | None, name: str) -> bool:
    """Whether there is a recipe, and it is this panel's."""
    return recipe is not None and recipe.settings.get("panel") == name


def wire(panels: Sequence[Wired], pending: gr.State, read: Any, link: gr.Textbox) -> None:
    """Connects the panels with the tab. read: the event after which a recipe is in `pending`.  link: of the panel that

    is in front.
    """
    for panel in panels:
        panel.room.select(None, panel.query, link, js=to_linked_panel("bias", panel.name), api_visibility="private")
    outputs = [output for panel in panels for output in panel.restores["outputs"]]
    if not outputs:
        return
    restored = read.then(_reading(panels), pending, outputs, **QUIET)
    for panel in panels:
        if panel.replays is not None:
            replayed = restored.then(**panel.replays)
            for stop in panel.stops:
                stop.click(None, None, None, cancels=[replayed], api_visibility="private")


def _reading(panels: Sequence[Wired]) -> Callable[[Recipe | None], Any]:
    """One event for all panels: every one that runs at a page's opening is waited for."""

    def on_read(pending: Recipe | None) -> Any:
        restored: list[Any] = []
        for panel in panels:
            own = is_of(pending, panel.name)
            count = len(panel.restores["outputs"])
            told = panel.restores["fn"](pending) if own else [_SKIP] * count
            if len(told) != count:
                raise ValueError(f"{panel.name} restores {len(told)} of {count} components")
            restored += told
        return restored if len(restored) > 1 else restored[0]

    return on_read


def compared(pending: Recipe | None, recipe: Recipe, same: str) -> dict[str, str] | None:
    """Whether a link's result came out again, as a notice; None if what was measured is not what the link asks.

    same: what is alike then, in words.
    """
    if pending is None or not pending.result or not recipe.result:
        return None
    ours, theirs = (
        {name: written(value) for name, value in one.settings.items() if value is not None} for one in (recipe, pending)
    )
    if ours != theirs or (recipe.model, recipe.seed) != (pending.model, pending.seed):
        return None
    if pending.result == recipe.result:
        return notice(f"Reproduced ✓ {same}.", "ok")
    other = pending.weights_sha256 not in ("", recipe.weights_sha256)
    return notice(f"Differs: {'the weights are others' if other else 'this processor rounds otherwise'}.", "warning")


def fine_print(trial: Trial, visit: Visit) -> dict[str, Any]:
    """What stands beside a number, for the fine print's view. visit: with the trial in it."""
    from playground.labs.bias.sources import SOURCES

    interval = trial.interval
    adjusted = corrected(visit)[visit.index(trial)] if trial in visit else None
    rows = [
        ("Method", trial.method),
        ("Number", f"n = {trial.n:,} {trial.unit}"),
        ("Interval", _interval(interval) if interval is not None else trial.without),
    ]
    if trial.p is not None:
        after = "" if adjusted is None else f"; after the correction for this visit p {chance(adjusted)}"
        rows.append(("Chance", f"p {chance(trial.p)} by itself{after}"))
    known = [SOURCES[key] for key in trial.caveats]
    return {
        "verdict": trial.verdict,
        "found": trial.found,
        "rows": [{"name": name, "text": text} for name, text in rows],
        "known": [{"text": source.text, "title": source.title, "url": source.url} for source in known],
        "visit": summary(visit),
    }


def chance(value: float | None) -> str:
    """A p-value as it is read: "= 0.031", "< 0.001", or "–" where nothing was tested."""
    if value is None or value != value:
        return "–"
    return f"= {value:.3f}" if value >= 0.001 else "< 0.001"


def _interval(interval: Any) -> str:
    return f"{interval.low:.3g} to {interval.high:.3g}, 95 % ({interval.method})"
