"""What the panels of the Train tab have in common: whose runs they start, and how a run is linked.

What a panel's module has, see ui/panel_protocol.py. Its restores open run=ID of a link, to watch that run; none is
started.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.experiments import model_publish
from playground.ui.events import MODEL_QUEUE, QUIET
from playground.ui.notice import linking, notice


@dataclass(frozen=True)
class Shared:
    """pending: gr.State of the recipe of a link, or None.  owner: hidden gr.Textbox of the visitor's token."""

    pending: gr.State
    owner: gr.Textbox


def as_owner(place: int) -> str:
    """JavaScript for a click whose input at `place` is the visitor's token: it is asked of the browser itself."""
    return f"(...values) => {{ values.splice({place}, 1, window.playground.owner()); return values; }}"


_AT_STEP = """(view, step, owner) => {
  const run = (window.playground.given({ value: view }) || {}).run;
  return [view, String(window.playground.stepOf(run) ?? ""), window.playground.owner()];
}"""


def to_menu(button: gr.Button, view: gr.HTML, note: gr.HTML, shared: Shared) -> None:
    """Lets a button put the run of a view into the menus of the other tabs, at the step that the time machine shows."""
    step = gr.Textbox(visible="hidden")
    button.click(on_menu, [view, step, shared.owner], note, js=_AT_STEP, **QUIET, **MODEL_QUEUE)


def on_menu(view: Any, step: str, owner: str) -> Iterator[dict[str, Any]]:
    """Notices: what a run has learned is put into the menus of the other tabs, with links that open it there.

    view: the value of what follows the run.  step: a kept one, "" for the newest checkpoint.
    """
    yield notice("Putting it into the menus.")
    try:
        try:
            value = json.loads(view) if isinstance(view, str) else view
        except ValueError:
            value = None
        run = value.get("run", "") if isinstance(value, dict) else ""
        if not run:
            raise PlaygroundError("Start a training first, or open one of yours in Runs.")
        made = model_publish.put(str(run), owner, int(step) if step.isdecimal() and len(step) < 12 else None)
        yield linking(made.said, model_publish.as_links(made.links))
    except PlaygroundError as error:
        yield notice(str(error), "error")


def watching(name: str, run: str) -> str:
    """The query of a link to a run, as a panel shows it."""
    return Recipe("train", "", "", 0, {"panel": name, "run": run}).to_query().replace("seed=0&", "")
