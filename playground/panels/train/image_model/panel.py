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
from playground.experiments import image_model, run_control, user_images
from playground.experiments.cost import run_cost
from playground.experiments.live_detector import diagnose_run
from playground.experiments.run_status import describe_fork, poll_run
from playground.panels.train.cost_view import cost_value, cost_view
from playground.panels.train.curves import image_curves
from playground.panels.train.detector_view import detector_value, detector_view
from playground.panels.train.image_run_view import image_run_view
from playground.panels.train.shared import (
    TrainShared,
    connect_menu_button,
    refusal_notice,
    run_query,
    run_state,
    with_owner,
)
from playground.ui.events import QUIET, Update, call
from playground.ui.messages import error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
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
_RUN_OUTPUTS = ("run", "run_view", "detector", "curves", "cost", "query")


@dataclass(frozen=True)
class ImageModelComponents:
    """family, data, steps, seed: of a new run.  files, consent, side: of the visitor's own pictures.

    settings: controls by family and setting.  groups: of the settings, by family.
    run: gr.State of the id of the run on the page.
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
    menu: gr.Button
    notice: gr.HTML
    run_view: gr.HTML
    detector: gr.HTML
    curves: gr.HTML
    cost: gr.HTML
    run: gr.State
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
    datasets = [(say(f"train.image_model.data.{name}"), name) for name in DATA]
    with gr.Row():
        family = gr.Radio(families, value="gan", label=say("train.image_model.family"), elem_id="image_model-family")
        data = gr.Radio(datasets, value="avatars", label=say("shared.pictures"), elem_id="image_model-data")
        steps = setting_control(image_model.STEPS, "image_model", value=2000, min_width=110)
        seed = gr.Number(0, label=say("shared.seed"), precision=0, minimum=0, min_width=110)
    own_pictures, files, side, consent = _build_own_pictures()
    groups, settings = _build_settings()
    with gr.Row(elem_classes="pg-actions"):
        start = gr.Button(say("train.image_model.start"), variant="primary", elem_id="image_model-start")
        change = gr.Button(say("train.image_model.change"), elem_id="image_model-change")
        menu = gr.Button(say("train.image_model.menu"), elem_id="image_model-menu")
    note = notice_view(elem_id="image_model-notice")
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            run_view = image_run_view(poll_run, run_control.steer_run, elem_id="image_model-view")
        with gr.Column(scale=2, min_width=300):
            detector = detector_view(diagnose_run, elem_id="image_model-detector")
            curves = curves_view(poll_run, run_control.steer_run, elem_id="image_model-curves")
    cost = cost_view(run_cost, "image_model-cost")
    query = gr.Textbox(visible="hidden", elem_id="image_model-query")
    return ImageModelComponents(
        family, data, steps, seed, own_pictures, files, side, consent, groups, settings, start, change, menu, note,
        run_view, detector, curves, cost, gr.State(""), query,
    )  # fmt: skip


def _build_settings() -> tuple[dict[str, gr.Group], dict[str, dict[str, Any]]]:
    """(group of each family's controls, the controls by family and setting); the first family's group is visible."""
    groups: dict[str, gr.Group] = {}
    controls: dict[str, dict[str, Any]] = {}
    for family, settings in image_model.HOT_SETTINGS.items():
        with gr.Group(visible=not groups, elem_id=f"image_model-settings-{family}") as groups[family], gr.Row():
            controls[family] = {
                name: setting_control(item, f"image_model-{family}", min_width=230) for name, item in settings.items()
            }
    return groups, controls


def _build_own_pictures() -> tuple[gr.Group, gr.File, gr.Radio, gr.Checkbox]:
    """(group, files, side, consent): where the visitor's own pictures are uploaded."""
    with gr.Group(visible=False, elem_id="image_model-own_pictures") as group:
        files = gr.File(
            label=say("train.image_model.files"), file_count="multiple", file_types=["image"], type="filepath",
            height=140, elem_id="image_model-files",
        )  # fmt: skip
        with gr.Row():
            sides = [(say(f"train.image_model.side_{pixels}"), pixels) for pixels in user_images.SIDES]
            side = gr.Radio(sides, value=16, label=say("train.image_model.side"))
            consent = gr.Checkbox(
                False, label=say("train.image_model.consent"), info=say("train.image_model.consent_info"),
                elem_id="image_model-consent",
            )  # fmt: skip
    return group, files, side, consent


def _connect(components: ImageModelComponents, shared: TrainShared) -> None:
    parts = (components, shared)
    components.family.change(**call(on_family, components, ["family"], ["groups"]), queue=False, **QUIET)
    components.data.change(**call(on_data, components, ["data"], ["own_pictures"]), queue=False, **QUIET)
    inputs = ["owner", "family", "data", "steps", "seed", "files", "consent", "side", "settings"]
    keywords = call(on_start, parts, inputs, ["notice", "files", *_RUN_OUTPUTS])
    components.start.click(**keywords, js=with_owner(), **QUIET)
    keywords = call(on_change, parts, ["owner", "run", "settings"], ["notice", "settings"])
    components.change.click(**keywords, js=with_owner(), queue=False, **QUIET)
    connect_menu_button(components.menu, components.run_view, components.notice, shared)
    keywords = call(on_fork, parts, ["owner", "settings"], ["notice", *_RUN_OUTPUTS])
    components.run_view.fork(**keywords, js=with_owner(), queue=False, **QUIET)


def on_family(family: str) -> Update:
    """Show the settings of this family."""
    return {"groups": {name: gr.Group(visible=name == family) for name in image_model.HOT_SETTINGS}}


def on_data(data: str) -> Update:
    """Show the upload of own pictures if they are chosen."""
    return {"own_pictures": gr.Group(visible=data == "folder")}


def _run_update(run: str, family: str) -> dict[str, Any]:
    """Make the page follow a run."""
    return {
        "run": run,
        "run_view": {"run": run, "controls": True},
        "detector": detector_value(run),
        "curves": image_curves(run, family),
        "cost": cost_value(run),
        "query": run_query(NAME, run),
    }


def on_start(
    owner: str, family: str, data: str, steps: Any, seed: Any, files: Sequence[str] | None, consent: bool, side: int,
    settings: FamilySettings,
) -> Iterator[Update]:  # fmt: skip
    """Start a run. The visitor's own pictures are read first; their files are deleted once the run has started.

    Errors become notices, and the chosen files stay.
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
    yield {
        "notice": notice(f"{summary} {say('train.image_model.started')}".strip(), "ok"),
        **({"files": None} if data == "folder" else {}),
        **_run_update(run, family),
    }


def _delete(paths: Sequence[str]) -> None:
    for path in paths:
        Path(path).unlink(missing_ok=True)


def on_change(owner: str, run: str, settings: FamilySettings) -> Update:
    """Change the settings of the run on the page; its curves mark the moment. Raises PlaygroundError.

    Controls whose values are refused return to the values in force, and nothing changes.
    """
    if not run:
        raise PlaygroundError(say("train.tab.start_first"))
    family = poll_run({"run": run}).get("family", "")  # the run's, whatever is chosen for the next one
    try:
        is_changed = run_control.change_settings(run, settings.get(family, {}), owner)
    except run_control.RefusedChange as error:
        return {"notice": refusal_notice(error), "settings": {family: error.kept}}
    if not is_changed:
        return {"notice": notice(say("train.image_model.unchanged"))}
    return {"notice": notice(say("train.image_model.changed"), "ok")}


def on_fork(event: gr.EventData, owner: str, settings: FamilySettings) -> Update:
    """Fork a run with the current settings; the fork takes its parent's place on the page. Raises PlaygroundError."""
    parent, steps = str(event._data.get("run", "")), event._data.get("steps")
    family = str(poll_run({"run": parent}).get("family", ""))
    changes = image_model.read_hot_settings(family, settings) | ({"steps": steps} if steps else {})
    run = run_control.fork_run(parent, event._data.get("step"), changes, owner)
    return {"notice": notice(describe_fork(run), "ok"), **_run_update(run, family)}


def on_restore(recipe: Recipe) -> Update:
    """Follow the run of a link with its current settings, or fill in a new run's. Raises PlaygroundError."""
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
    return {
        "family": parse_choice(settings.get("family", "gan"), FAMILIES, say("train.settings.family")),
        "data": parse_choice(settings.get("data", "avatars"), DATA, say("train.settings.data")),
        "steps": image_model.STEPS.read(settings.get("steps", 2000)),
        "seed": recipe.seed,
        "notice": notice(say("train.image_model.linked_settings")),
    }
