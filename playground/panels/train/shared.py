"""Shared by the panels of the Train tab: the visitor's token, links to runs, the button that adds a model to menus."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.experiments import menu_models
from playground.experiments.run_control import RefusedChange
from playground.experiments.run_status import poll_run
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call
from playground.ui.notice import notice, notice_with_links
from playground.ui.view import module_call


@dataclass(frozen=True)
class TrainShared:
    """owner: hidden gr.Textbox of the visitor's token. Only the token that started a run may steer it."""

    owner: gr.Textbox


def with_owner() -> str:
    """JavaScript of an event whose first input is the visitor's token, read from the browser at the click."""
    return f"async (owner, ...values) => [await {module_call('ui/run.js', 'owner')}, ...values]"


def connect_menu_button(button: gr.Button, view: gr.HTML, note: gr.HTML, shared: TrainShared) -> None:
    """Make a button add the model of a view's run to the menus, at the step that the time machine shows."""
    step = gr.Textbox(visible="hidden")
    with_owner_and_step = f"(owner, step, view) => {module_call('ui/run.js', 'ownerAndStep', 'view')}"
    keywords = call(on_add_to_menu, {"notice": note}, [shared.owner, step, view], ["notice"])
    button.click(**keywords, js=with_owner_and_step, **QUIET, **MODEL_QUEUE)


def on_add_to_menu(owner: str, step: str, view: Any) -> Iterator[Update]:
    """Add a run's model to the menus of the other tabs, with links that open it there.

    step: of a snapshot, "" for the newest checkpoint.  view: the value of the view that follows the run.
    """
    yield {"notice": notice(say("train.tab.adding"))}
    try:
        value = json.loads(view) if isinstance(view, str) else view
    except ValueError:
        value = None
    run = value.get("run", "") if isinstance(value, dict) else ""
    if not run:
        raise PlaygroundError(say("train.tab.start_first"))
    model = menu_models.add_to_menu(str(run), owner, int(step) if step.isdecimal() and len(step) < 12 else None)
    yield {"notice": notice_with_links(model.message, menu_models.as_links(model.links))}


def refusal_notice(error: RefusedChange) -> dict[str, str]:
    """The reason why a change is refused, and the values that stay."""
    return notice(error.with_kept(), "error")


def run_query(panel: str, run: str, **settings: str) -> str:
    """The query of a link to a run. settings: of the panel, before the run's id."""
    recipe = Recipe("train", "", "", 0, {"panel": panel, **settings, "run": run})
    return recipe.to_query().replace("seed=0&", "")


def run_state(run: str) -> dict[str, Any]:
    """A run as its view sees it, see `poll_run`. Raises PlaygroundError if it is gone."""
    state = poll_run({"run": run})
    if "error" in state:
        raise PlaygroundError(state["error"])
    return state
