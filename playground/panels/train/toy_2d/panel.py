"""Arena: a GAN, a VAE or a flow learns a shape in the plane, live, alone or in a race. Settings change as it trains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.data.toy_2d import MOST_DOTS, SHAPES
from playground.experiments import toy_2d
from playground.experiments.cost import run_cost
from playground.experiments.live_detector import diagnose_run
from playground.experiments.recorded import course, is_recorded, recorded_run
from playground.experiments.run_control import steer_run
from playground.experiments.run_status import poll_run
from playground.panels.train.cost_view import cost_value, cost_view
from playground.panels.train.curves import toy_2d_curves
from playground.panels.train.detector_view import detector_value, detector_view
from playground.panels.train.shared import (
    TrainShared,
    connect_fork,
    end_shown,
    fork_update,
    is_fork,
    read_fork,
    with_owner,
)
from playground.panels.train.toy_2d.brush_view import brush_view
from playground.panels.train.toy_2d.changes import change_setting as change_setting
from playground.panels.train.toy_2d.changes import on_change_of, on_reset
from playground.panels.train.toy_2d.controls import GROUPS, build_controls
from playground.panels.train.toy_2d_run_view import (
    runs_of_value,
    toy_2d_preview_value,
    toy_2d_run_value,
    toy_2d_run_view,
)
from playground.ui.event_data import event_values
from playground.ui.events import FOLLOWS, QUIET, Update, call
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_links import names_panel_alone
from playground.ui.panel_protocol import Panel
from playground.ui.training_curves import curves_view
from playground.ui.view import encode_value, module_call

NAME = "toy_2d"
#: In older links.
FORMER_NAMES = ("arena",)
#: (family, id) of each run that is on the page.
Runs = Sequence[tuple[str, str]]
#: What `_run_update` fills.
_RUN_OUTPUTS = ("run_view", "detector", "curves", "cost")
#: What the page opens on: a run that was recorded here, with the settings that the page opens with.
RECORDED: Runs = (("gan", recorded_run("toy_2d")),)


@dataclass(frozen=True)
class Toy2dComponents:
    """settings: controls by the settings' names.  groups: of the settings, by the names of GROUPS.

    painting: what holds the brush.  dots: gr.State of the painting, x, y, x, y, … in hundredths.
    run_view: its value names the runs on the page, which each event brings along: a server that was started again knows
    no visit.
    """

    model: gr.Radio
    shape: gr.Dropdown
    start: gr.Button
    painting: gr.Column
    brush: gr.HTML
    dots: gr.State
    notice: gr.HTML
    run_view: gr.HTML
    detector: gr.HTML
    curves: gr.HTML
    cost: gr.HTML
    settings: dict[str, Any]
    groups: dict[str, gr.Group]
    seed: gr.Number
    reset: gr.Button
    query: gr.Textbox


def build(item: gr.Tab, shared: TrainShared) -> Panel:
    """The panel, its events connected."""
    components = _build_components()
    _connect(components, shared)
    restored = ("model", "shape", "seed", "dots", "settings", "brush", *_RUN_OUTPUTS, "query")
    return Panel(NAME, item, components, on_restore, restored)


def _build_components() -> Toy2dComponents:
    introduction("train.toy_2d")
    models = [(toy_2d.family_title(family), family) for family in toy_2d.FAMILIES]
    models.append((say("train.toy_2d.race"), toy_2d.RACE))
    shapes = [(say(f"train.toy_2d.shapes.{name}"), name) for name in SHAPES]
    with gr.Column(elem_classes="pg-train-controls"):
        with gr.Row():
            model = gr.Radio(models, value="gan", label=say("shared.model"), elem_id="toy_2d-model", scale=3)
            shape = gr.Dropdown(shapes, value="ring", label=say("train.toy_2d.shape"), elem_id="toy_2d-shape", scale=2)
            start = gr.Button(say("shared.start"), variant="primary", elem_id="toy_2d-start", scale=1)
        with gr.Column(visible=False, elem_id="toy_2d-painting") as painting:
            brush = brush_view(elem_id="toy_2d-brush")
    note = notice_view(_recorded_notice(), elem_id="toy_2d-notice", elem_classes="pg-train-said")
    shown = _run_update(RECORDED)
    with gr.Row(elem_classes="pg-train-row"):
        with gr.Column(scale=5, min_width=320, elem_classes="pg-train-row"):
            run_view = toy_2d_run_view(poll_run, steer_run, shown["run_view"], elem_id="toy_2d-view")
            with gr.Column(elem_classes="pg-train-more"):
                detector = detector_view(diagnose_run, shown["detector"], elem_id="toy_2d-detector")
                curves = curves_view(poll_run, steer_run, shown["curves"], elem_id="toy_2d-curves")
                cost = cost_view(run_cost, "toy_2d-cost", RECORDED[0][1])
        with gr.Column(scale=1, min_width=220, elem_classes="pg-train-controls"):
            settings, groups, seed, reset = build_controls()
    return Toy2dComponents(
        model, shape, start, painting, brush, gr.State([]), note, run_view, detector, curves, cost, settings, groups,
        seed, reset, gr.Textbox(visible="hidden", elem_id="toy_2d-query"),
    )  # fmt: skip


def _recorded_notice() -> dict[str, str]:
    js = course("toy_2d", "js")
    return notice(say("train.toy_2d.example", first=js.first, lowest=js.lowest, step=js.lowest_at))


def _connect(components: Toy2dComponents, shared: TrainShared) -> None:
    parts = (components, shared)
    request = ["model", "shape", "seed", "dots", "settings", "run_view"]
    quick: dict[str, Any] = {"queue": False, **FOLLOWS}
    components.model.change(**call(on_model, components, ["model"], ["groups"]), queue=False, **FOLLOWS)
    components.shape.change(**call(on_shape, components, ["shape"], ["painting"]), queue=False, **FOLLOWS)
    # The last of the dots counts, whatever is still on its way.
    painted = components.brush.painted(**call(on_painted, components, [], ["dots"]), **quick)
    outputs = ["notice", *_RUN_OUTPUTS, "query"]
    preview = gr.JSON(visible="hidden")
    previewing = call(on_preview, (*parts, {"preview": preview}), request, ["preview"])
    slots = [getattr(components, name) for name in outputs]
    count = str(len(slots))
    script = f"(preview, view) => {module_call('ui/run.js', 'previewUnlessStarted', 'preview', 'view', count)}"
    for event in (painted.then, components.model.input, components.shape.input, components.seed.input):
        # A visitor may have started a run while the preview was computed: the page decides.
        event(**previewing, **quick).then(None, [preview, components.run_view], slots, js=script, **QUIET)
    start = call(on_start, parts, ["owner", *request], outputs)
    for started in (components.start.click, components.run_view.start):
        started(**start, js=with_owner(), **QUIET)
    connect_fork(
        components.run_view, parts, (on_fork, ["owner", "run_view", "settings"]),
        (on_forked, ["run_view", "query"], [*_RUN_OUTPUTS, "query", "settings"]),
    )  # fmt: skip
    keywords = call(on_reset, parts, ["owner", "run_view"], ["notice", "settings", "seed"])
    components.reset.click(**keywords, js=with_owner(), queue=False, **QUIET)
    for name, control in components.settings.items():
        if name not in toy_2d.FIXED:
            whole = (*parts, {"control": control})
            keywords = call(on_change_of(name), whole, ["owner", "run_view", "control"], ["notice", "control"])
            control.input(**keywords, js=with_owner(), queue=False, **FOLLOWS)


def on_model(model: str) -> Update:
    """Show the groups of settings that the model has; a race has them all."""
    return {
        "groups": {
            name: gr.Group(visible=model == toy_2d.RACE or model in families) for name, families in GROUPS.items()
        }
    }


def on_shape(shape: str) -> Update:
    """Show the brush for an own painting."""
    return {"painting": gr.Column(visible=shape == "brush")}


def on_painted(event: gr.EventData) -> Update:
    """Keep the painted dots; a start checks them."""
    dots = event_values(event).get("dots", [])
    return {"dots": dots if isinstance(dots, list) else []}


def on_preview(
    model: str, shape: str, seed: Any, dots: Sequence[int], settings: Mapping[str, Any], shown: Any
) -> Update:
    """The chosen shape and an untrained model, to show unless a visitor's run is on the page.

    shown: the value of the view.  preview: the values of the notice, of _RUN_OUTPUTS and of the query, as sent.
    """
    if any(not is_recorded(run) for _, run in runs_of_value(shown)):
        return {"preview": None}
    try:
        request = toy_2d.read_request(model, shape, seed, settings, dots)
        value = toy_2d_preview_value(request.families(), toy_2d.preview_frames(request))
    except PlaygroundError as error:
        value = {"runs": [], "empty": str(error)}
    views = {"notice": None, **_run_update(()), "run_view": value}
    return {"preview": [*(encode_value(view) for view in views.values()), ""]}


def on_start(
    owner: str, model: str, shape: str, seed: Any, dots: Sequence[int], settings: Mapping[str, Any], shown: Any = None
) -> Update:
    """Start the run or the race, in place of what the page shows. Raises PlaygroundError.

    settings: by the names of toy_2d.DEFAULTS.  shown: the value of the view.
    """
    request = toy_2d.read_request(model, shape, seed, settings, dots)
    runs = list(zip(request.families(), toy_2d.start_runs(request, owner), strict=True))
    query = request.recipe([run for _, run in runs]).to_query()
    sentence = say("train.toy_2d.race_started" if request.family == toy_2d.RACE else "train.toy_2d.started")
    ended = end_shown([run for _, run in runs_of_value(shown)], owner)
    return {"notice": notice(f"{sentence} {ended}".strip(), "ok"), **_run_update(runs), "query": query}


def _run_update(runs: Runs) -> dict[str, Any]:
    """Make the page follow these runs."""
    return {
        "run_view": toy_2d_run_value(runs),
        "detector": _detector_value(runs),
        "curves": toy_2d_curves(runs),
        "cost": cost_value(*(run for _, run in runs)),
    }


def _detector_value(runs: Runs) -> dict[str, str]:
    """In a race the detector checks the GAN, which fails most often."""
    if not runs:
        return detector_value("")
    family, run = next((one for one in runs if one[0] == "gan"), runs[0])
    return detector_value(run, toy_2d.family_title(family) if len(runs) > 1 else "")


def on_fork(event: gr.EventData, owner: str, shown: Any, settings: Mapping[str, Any]) -> Update:
    """Fork a run with the current settings. shown: the value of the view."""
    asked, runs = read_fork(event), runs_of_value(shown)
    changes = {name: value for name, value in settings.items() if name not in toy_2d.FIXED}
    return fork_update(asked, lambda: toy_2d.fork_run(runs, asked.run, asked.step, changes | asked.settings, owner))


def on_forked(forked: Mapping[str, Any] | None, shown: Any, query: str) -> Update:
    """The fork takes its parent's place on the page, if the parent is still there."""
    runs = runs_of_value(shown)
    if not is_fork(forked) or forked["parent"] not in [run for _, run in runs]:
        return {}
    now = [(family, forked["run"] if run == forked["parent"] else run) for family, run in runs]
    own = {name: value for name, value in forked["settings"].items() if name in toy_2d.DEFAULTS}
    return {**_run_update(now), "settings": own, "query": query.replace(forked["parent"], forked["run"])}


def on_restore(recipe: Recipe) -> Update:
    """The settings and runs of a link. Raises PlaygroundError."""
    if names_panel_alone(recipe):
        return {}
    request, ids = toy_2d.read_recipe(recipe)
    runs = list(zip(request.families(), ids, strict=True)) if ids else []
    dots = list(request.brush)
    said = "linked_run" if runs else "run_gone" if toy_2d.named_runs(recipe) else "linked_settings"
    return {
        "model": request.family,
        "shape": request.shape,
        "seed": request.seed,
        "dots": dots,
        "settings": {name: request.settings[name] for name in toy_2d.DEFAULTS},
        "brush": {"dots": dots, "most": MOST_DOTS},
        "notice": notice(say(f"train.toy_2d.{said}"), "warning" if said == "run_gone" else "quiet"),
        **_run_update(runs),
        **({"query": recipe.to_query()} if runs else {}),
    }
