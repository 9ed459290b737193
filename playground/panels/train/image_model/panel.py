"""Pictures: a GAN, a VAE or a denoiser learns to make pictures, live. Settings can change as it trains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice
from playground.data import registry
from playground.experiments import image_model, run_control, user_images
from playground.experiments.cost import run_cost
from playground.experiments.live_detector import diagnose_run
from playground.experiments.recorded import recorded_run
from playground.experiments.run_status import poll_run
from playground.experiments.setting_words import data_words
from playground.panels.train.cost_view import cost_value, cost_view
from playground.panels.train.curves import image_curves
from playground.panels.train.detector_view import detector_value, detector_view
from playground.panels.train.image_model.controls import (
    build_own_pictures,
    build_settings,
    on_chosen,
    on_data,
    on_family,
    on_reset,
)
from playground.panels.train.image_run_view import image_run_view
from playground.panels.train.shared import (
    TrainShared,
    connect_fork,
    connect_menu_button,
    end_shown,
    fork_update,
    is_fork,
    read_fork,
    refusal_notice,
    remarks_go,
    run_of_value,
    run_query,
    run_state,
    with_owner,
)
from playground.ui.events import FOLLOWS, QUIET, Update, call
from playground.ui.messages import error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_links import names_panel_alone
from playground.ui.panel_protocol import Panel
from playground.ui.setting_controls import setting_control
from playground.ui.training_curves import curves_view

NAME = "image_model"
#: In older links.
FORMER_NAMES = ("pictures",)
FAMILIES, DATA = ("gan", "vae", "diffusion"), ("avatars", "fashion", "folder")
#: Family -> setting -> the value of its control.
FamilySettings = Mapping[str, Mapping[str, Any]]
#: What `_run_update` fills.
_RUN_OUTPUTS = ("run_view", "detector", "curves", "cost", "query")
#: What the page opens on.
RECORDED = recorded_run("image_model")


@dataclass(frozen=True)
class ImageModelComponents:
    """family, data, steps, seed: of a new run.  files, consent, side: of the visitor's own pictures.

    settings: controls by family and setting.  groups: of the settings, by family.
    run_view: its value names the run on the page.
    """

    family: gr.Radio
    data: gr.Radio
    steps: gr.Number
    seed: gr.Number
    own_pictures: gr.Group
    files: gr.File
    side: gr.Radio
    consent: gr.Checkbox
    groups: dict[str, gr.Group]
    settings: dict[str, dict[str, Any]]
    start: gr.Button
    change: gr.Button
    reset: gr.Button
    menu: gr.Button
    notice: gr.HTML
    run_view: gr.HTML
    detector: gr.HTML
    curves: gr.HTML
    cost: gr.HTML
    query: gr.Textbox


def build(item: gr.Tab, shared: TrainShared) -> Panel:
    """The panel, its events connected."""
    components = _build_components()
    _connect(components, shared)
    restored = ("family", "data", "steps", "seed", "settings", *_RUN_OUTPUTS)
    return Panel(NAME, item, components, on_restore, restored)


def _build_components() -> ImageModelComponents:
    introduction("train.image_model")
    families = [(say(f"train.families.{name}"), name) for name in FAMILIES]
    datasets = [(data_words(name), name) for name in DATA]
    with gr.Column(elem_classes="pg-train-controls"):
        with gr.Row():
            family = gr.Radio(
                families, value="gan", label=say("train.image_model.family"), elem_id="image_model-family", scale=3
            )
            data = gr.Radio(
                datasets, value="avatars", label=say("shared.pictures"), elem_id="image_model-data", scale=5
            )
            steps = setting_control(
                image_model.STEPS, "image_model", value=image_model.STEPS_AT_FIRST, min_width=110, scale=1
            )
            seed = gr.Number(0, label=say("shared.seed"), precision=0, minimum=0, min_width=110, scale=1)
        own_pictures, files, side, consent = build_own_pictures()
        with gr.Accordion(say("train.image_model.hot"), open=False, elem_id="image_model-hot"):
            groups, settings = build_settings()
        with gr.Row(elem_classes="pg-actions"):
            start = gr.Button(say("train.image_model.start"), variant="primary", elem_id="image_model-start")
            change = gr.Button(say("train.image_model.change"), elem_id="image_model-change")
            reset = gr.Button(say("train.tab.defaults"), elem_id="image_model-reset")
            menu = gr.Button(say("train.image_model.menu"), elem_id="image_model-menu")
    example = notice(say("train.image_model.example", steps=image_model.STEPS_AT_FIRST))
    note = notice_view(example, elem_id="image_model-notice", elem_classes="pg-train-said")
    shown = _run_update(RECORDED, "gan")
    with gr.Row(elem_classes="pg-train-row"):
        with gr.Column(scale=3, min_width=320):
            run_view = image_run_view(poll_run, run_control.steer_run, shown["run_view"], elem_id="image_model-view")
        with gr.Column(scale=2, min_width=300, elem_classes="pg-train-more"):
            detector = detector_view(diagnose_run, shown["detector"], elem_id="image_model-detector")
            curves = curves_view(poll_run, run_control.steer_run, shown["curves"], elem_id="image_model-curves")
    with gr.Column(elem_classes="pg-train-more"):
        cost = cost_view(run_cost, "image_model-cost", RECORDED)
    query = gr.Textbox(visible="hidden", elem_id="image_model-query")
    return ImageModelComponents(
        family, data, steps, seed, own_pictures, files, side, consent, groups, settings, start, change, reset, menu,
        note, run_view, detector, curves, cost, query,
    )  # fmt: skip


def _connect(components: ImageModelComponents, shared: TrainShared) -> None:
    parts = (components, shared)
    # `.change` also fires when a link fills a menu, whose notice must stay.
    components.family.change(**call(on_family, components, ["family"], ["groups"]), queue=False, **FOLLOWS)
    for chosen in (components.family.input, components.data.input):
        remarks_go(chosen, components.notice, run_view=components.run_view)
    components.data.input(**call(on_chosen, components, ["data"], ["notice"]), queue=False, **FOLLOWS)
    keywords = call(on_reset, components, [], ["notice", "settings", "steps", "seed"])
    components.reset.click(**keywords, queue=False, **QUIET)
    keywords = call(on_data, components, ["data"], ["own_pictures", "start"])
    components.data.change(**keywords, queue=False, **FOLLOWS)
    inputs = ["owner", "family", "data", "steps", "seed", "files", "consent", "side", "settings", "run_view"]
    keywords = call(on_start, parts, inputs, ["notice", "files", *_RUN_OUTPUTS])
    components.start.click(**keywords, js=with_owner(), **QUIET)
    keywords = call(on_change, parts, ["owner", "run_view", "settings"], ["notice", "settings"])
    components.change.click(**keywords, js=with_owner(), queue=False, **QUIET)
    connect_menu_button(components.menu, components.run_view, components.notice, shared)
    follow = (on_forked, ["run_view"], ["settings", *_RUN_OUTPUTS])
    connect_fork(components.run_view, parts, (on_fork, ["owner", "settings"]), follow)


def _run_update(run: str, family: str) -> dict[str, Any]:
    """Make the page follow a run."""
    return {
        "run_view": {"run": run, "controls": True},
        "detector": detector_value(run),
        "curves": image_curves(run, family),
        "cost": cost_value(run),
        "query": run_query(NAME, run),
    }


def on_start(
    owner: str, family: str, data: str, steps: Any, seed: Any, files: Sequence[str] | None, consent: bool, side: int,
    settings: FamilySettings, shown: Any = None,
) -> Iterator[Update]:  # fmt: skip
    """Start a run in place of that on the page. The visitor's own pictures are read first, and then deleted.

    shown: the value of the view.  Errors become notices, and the chosen files stay.
    """
    user_files: dict[str, bytes] = {}
    summary, paths = "", list(files or []) if data == "folder" else []
    try:
        run_settings: dict[str, Any] = {"steps": image_model.STEPS.read(steps)}
        number = run_control.parse_run_seed(seed)
        run_settings |= image_model.read_hot_settings(family, settings)
        if data == "folder":
            run_settings["side"] = side
            for images in user_images.gather_images(paths, side, consent):
                summary = images.sentence()
                yield {"notice": notice(say("train.image_model.reading", read=images.read, files=images.files))}
            user_files = user_images.run_files(images)
        run = run_control.start_run(family, data, run_settings, number, owner, user_files)
    except PlaygroundError as error:
        yield {"notice": error_notice(error)}
        return
    except GeneratorExit:  # the page was left
        _delete(paths)
        raise
    _delete(paths)
    sentences = (summary, say("train.image_model.started"), end_shown([run_of_value(shown)], owner))
    yield {
        "notice": notice(" ".join(filter(None, sentences)), "ok"),
        **({"files": None} if data == "folder" else {}),
        **_run_update(run, family),
    }


def _delete(paths: Sequence[str]) -> None:
    for path in paths:
        Path(path).unlink(missing_ok=True)


def on_change(owner: str, shown: Any, settings: FamilySettings) -> Update:
    """Change the settings of the run on the page; its curves mark the moment. Raises PlaygroundError.

    Controls whose values are refused return to the values in force, and nothing changes.
    """
    run = run_of_value(shown)
    if not run:
        raise PlaygroundError(say("train.tab.start_first"))
    family = _family_of(run)
    try:
        is_changed = run_control.change_settings(run, settings.get(family, {}), owner)
    except run_control.RefusedChange as error:
        return {"notice": refusal_notice(error), "settings": {family: error.kept}}
    if not is_changed:
        return {"notice": notice(say("train.image_model.unchanged"))}
    return {"notice": notice(say("train.image_model.changed"), "ok")}


def on_fork(event: gr.EventData, owner: str, settings: FamilySettings) -> Update:
    """Fork a run with the current settings."""
    asked = read_fork(event)

    def fork() -> str:
        changes = image_model.read_hot_settings(_family_of(asked.run), settings) | asked.settings
        return run_control.fork_run(asked.run, asked.step, changes, owner)

    return fork_update(asked, fork)


def _family_of(run: str) -> str:
    """A run's family, whatever is chosen for the next one; "" if it is gone."""
    return str(poll_run({"run": run}).get("family", ""))


def on_forked(forked: Mapping[str, Any] | None, shown: Any) -> Update:
    """The fork takes its parent's place on the page, if the parent is still there."""
    if not is_fork(forked) or run_of_value(shown) != forked["parent"]:
        return {}
    family = _family_of(forked["run"])
    own = {family: {name: value for name, value in forked["settings"].items() if name != "steps"}}
    return {"settings": own, **_run_update(forked["run"], family)}


def on_restore(recipe: Recipe) -> Update:
    """Follow the run of a link with its current settings, or fill in a new run's. Raises PlaygroundError."""
    if names_panel_alone(recipe):
        return {}
    settings = dict(recipe.settings)
    if run := str(settings.get("run") or ""):
        state = run_state(run)
        family = parse_choice(state["family"], FAMILIES, say("train.settings.family"))
        return {
            "family": family,
            "data": parse_choice(state["dataset"], DATA, say("train.settings.data")),
            "steps": state["steps"],
            "settings": image_model.current_settings(run, family),
            **_run_update(run, family),
        }
    data = parse_choice(settings.get("data", "avatars"), DATA, say("train.settings.data"))
    missing = registry.missing(data)
    return {
        "family": parse_choice(settings.get("family", "gan"), FAMILIES, say("train.settings.family")),
        "data": data,
        "steps": image_model.STEPS.read(settings.get("steps", image_model.STEPS_AT_FIRST)),
        "seed": recipe.seed,
        "notice": notice(missing, "warning") if missing else notice(say("train.image_model.linked_settings")),
    }
