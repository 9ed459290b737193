"""What the panels of the Bias tab have in common: where their measurements are counted, and what is told of them.

What a panel's module has, see playground/ui/panel_protocol.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.session_log import Trial, Visit, corrected, summary
from playground.core.recipe import Recipe, written
from playground.ui.notice import notice


@dataclass(frozen=True)
class Shared:
    """pending: gr.State of the recipe of a link, or None.

    visit: gr.State of the Visit: a handler that measures takes it, and gives it back with its Trial added.
    """

    pending: gr.State
    visit: gr.State


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
    from playground.bias.citations import SOURCES

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
