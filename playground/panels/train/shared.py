"""Shared by the panels of the Train tab: the visitor's token, links to runs, the button that adds a model to menus."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.experiments import menu_models
from playground.experiments.recorded import is_recorded
from playground.experiments.run_control import RefusedChange, end_runs
from playground.experiments.run_history import describe_fork
from playground.experiments.run_status import poll_run
from playground.ui.event_data import event_values
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call
from playground.ui.messages import error_notice
from playground.ui.notice import notice, notice_with_links
from playground.ui.view import module_call


@dataclass(frozen=True)
class TrainShared:
    """owner: hidden gr.Textbox of the visitor's token. Only the token that started a run may steer it."""

    owner: gr.Textbox


def with_owner() -> str:
    """JavaScript of an event whose first input is the visitor's token, read from the browser at the click."""
    return f"async (owner, ...values) => [await {module_call('ui/run.js', 'owner')}, ...values]"


def remarks_go(listener: Callable[..., Any], *notes: gr.HTML, run_view: gr.HTML | None = None) -> None:
    """Empty notices at an event. The page itself does it: an answer of the server could erase a later remark.

    run_view: while it follows a visitor's run, the notices stay.
    """
    script = f"(view) => {module_call('ui/run.js', 'remarksGo', 'view', str(len(notes)))}"
    listener(None, run_view, list(notes), js=script, **QUIET)


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
    run = run_of_value(view)
    if not run:
        raise PlaygroundError(say("train.tab.start_first"))
    model = menu_models.add_to_menu(run, owner, int(step) if step.isdecimal() and len(step) < 12 else None)
    yield {"notice": notice_with_links(model.message, menu_models.as_links(model.links))}


@dataclass(frozen=True)
class ForkRequest:
    """What a run's bar asks for. run: the parent.  step: of a snapshot.

    settings: "steps" of a longer run, and the halved learning rates of one that failed.
    """

    run: str
    step: Any
    settings: dict[str, Any]


def read_fork(event: gr.EventData) -> ForkRequest:
    """The request of a view's event fork."""
    data = event_values(event)
    settings = {name: value for name, value in data.items() if name == "steps" or name.endswith("rate")}
    return ForkRequest(str(data.get("run", "")), data.get("step"), settings)


def connect_fork(
    view: gr.HTML, components: Any, fork: tuple[Callable[..., Any], Sequence[Any]],
    follow: tuple[Callable[..., Any], Sequence[Any], Sequence[Any]],
) -> None:  # fmt: skip
    """Fork at a view's event, which may take seconds; then follow the fork on the page.

    fork: (handler, inputs), which returns `fork_update`.  follow: (handler, inputs, outputs); its first argument is the
    fork, {"run", "parent", "settings"} or None, and the others are as the page is then: a visitor may have started
    another run meanwhile, whose place the fork must not take.
    """
    forked = gr.JSON(visible="hidden")
    parts = (*(components if isinstance(components, tuple) else (components,)), {"forked": forked})
    made = view.fork(**call(fork[0], parts, fork[1], ["notice", "forked"]), js=with_owner(), queue=False, **QUIET)
    made.then(**call(follow[0], parts, ["forked", *follow[1]], follow[2]), queue=False, **QUIET)


def is_fork(forked: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value is what `fork_update` reports of a fork."""
    kinds = {"run": str, "parent": str, "settings": dict}
    return isinstance(forked, dict) and all(isinstance(forked.get(name), kind) for name, kind in kinds.items())


def fork_update(asked: ForkRequest, make: Callable[[], str]) -> Update:
    """Fork, and report it. make: makes the fork -> its id. Errors become notices."""
    try:
        run = make()
        sentence = describe_fork(run)
    except PlaygroundError as error:
        return {"notice": error_notice(error), "forked": None}
    return {
        "notice": notice(sentence, "ok"),
        "forked": {"run": run, "parent": asked.run, "settings": asked.settings},
    }


def run_of_value(value: Any) -> str:
    """The visitor's run that a value of a view follows, as the page sends it; "" for none, and for a recorded run.

    Each event brings the value along: a server that was started again knows no visit.
    """
    try:
        known = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return ""
    run = str(known.get("run") or "") if isinstance(known, dict) else ""
    return "" if is_recorded(run) else run


def end_shown(runs: Sequence[str], owner: str) -> str:
    """End the runs that the page shows, because another takes their place -> a sentence on them, "" if none did."""
    names = end_runs(runs, owner)
    return say("train.tab.ended", count=len(names), names=", ".join(names)) if names else ""


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
