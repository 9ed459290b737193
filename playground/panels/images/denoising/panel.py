"""Step by step: the states of a diffusion run, and branches from any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.batch_remark import denoising_remark
from playground.images.diffusion import DenoisingBranch, DenoisingState, denoise
from playground.images.image_request import ImageRequest
from playground.images.model_menu import fitting_model, image_model_facts
from playground.images.settings import FAMILY_SETTINGS, SETTINGS
from playground.panels.images.controls import (
    REQUEST_INPUTS,
    RESTORED_CONTROLS,
    carried_request,
    controls_update,
    request_from_controls,
    request_settings,
)
from playground.panels.images.denoising.view import denoising_value, denoising_view
from playground.panels.images.shared import ImagesShared, panel_query, restore_controls
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import result_settings
from playground.ui.setting_controls import setting_control, titled_choices
from playground.ui.view import new_run

NAME = "denoising"
FORMER_NAMES = ("steps",)
#: Pictures of one run; more would be too small to see.
MAX_IMAGES = 4
#: Names of the components that a run fills.
RUN_OUTPUTS = ("tracks", "frames", "notice")
#: The controls that choosing another model changes.
_SWITCH_OUTPUTS = ("model", "attributes")
#: The settings of a run that "See its steps" on a picture's card keeps.
CARRIED_WITH_A_PICTURE = ("model", *FAMILY_SETTINGS["diffusion"])
#: JavaScript that replaces the second input by the step at the view's slider.
_STEP_OF_SLIDER = (
    "(tracks, _, ...rest) => [tracks, Number(document.querySelector('#denoising-frames .pg-scrub').value), ...rest]"
)

#: A run with its title. The first is the main one, a second its branch.
Track = tuple[str, list[DenoisingState]]


@dataclass(frozen=True)
class DenoisingComponents:
    """tracks: gr.State of [Track].  step: the step to branch from.  branch_…: the settings of a branch."""

    tracks: gr.State
    frames: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    carried: gr.Textbox
    step: gr.Number
    branch_scheduler: gr.Dropdown
    branch_guidance: gr.Slider
    fresh_noise: gr.Checkbox
    fresh_seed: gr.Number


def is_usable(model: str) -> bool:
    """Whether a model draws step by step."""
    return image_model_facts(model).kind == "diffusion"


def on_run(
    model: str, count: object, seed: object, attributes: Sequence[str], settings: Mapping[str, object]
) -> Iterator[Update]:
    """Draws pictures with the settings in the controls, step by step; by a diffusion model, if another is chosen."""
    request = request_from_controls(model, count, seed, attributes, settings)
    fitting = fitting_model(model, ("diffusion",))
    if fitting == model:
        yield {"carried": carried_request(request)}
        yield from run_updates(request)
        return
    facts = image_model_facts(fitting)
    condition = {name: word for name, word in request.condition.items() if word in facts.attributes.get(name, ())}
    request = request.changed(model=fitting, condition=condition)
    controls = controls_update(request)
    yield {**{name: controls[name] for name in _SWITCH_OUTPUTS}, "carried": carried_request(request)}
    switched = say("images.denoising.switched", model=facts.title)
    for update in run_updates(request):
        said = update["notice"]
        yield {**update, "notice": {**said, "text": f"{switched} {said['text']}"}}


def on_branch(
    tracks: list[Track], step: float, scheduler: str, guidance: float, fresh_noise: bool, fresh_seed: float
) -> Iterator[Update]:
    """Branches from a step of the main run with other settings; the main run stays beside the branch."""
    if not tracks:
        raise PlaygroundError(say("images.denoising.no_run"))
    main = tracks[0][1]
    index, steps = int(step), main[0].steps
    if index >= steps:
        raise PlaygroundError(say("images.denoising.finished", steps=steps))
    start = next((state for state in main if state.step == index), None)
    if start is None:
        raise PlaygroundError(say("images.denoising.not_reached"))
    request = main[0].request
    request = request.changed(scheduler=scheduler or request.scheduler, guidance=float(guidance))
    branch = DenoisingBranch(index, start.latents, int(fresh_seed) if fresh_noise else None)
    yield from _track_updates(tracks[:1], request, branch)


def run_updates(request: ImageRequest) -> Iterator[Update]:
    """A run from noise to pictures. Raises PlaygroundError if the model is not a diffusion model."""
    if image_model_facts(request.model).kind != "diffusion":
        raise PlaygroundError(say("images.denoising.not_diffusion", model=request.model))
    cut = f" {say('images.denoising.at_most', most=MAX_IMAGES)}" if request.count > MAX_IMAGES else ""
    yield from _track_updates([], request.changed(count=min(request.count, MAX_IMAGES)), None, cut)


def _track_updates(
    earlier: list[Track], request: ImageRequest, branch: DenoisingBranch | None, remark: str = ""
) -> Iterator[Update]:
    """remark: a sentence after the notice of the finished run."""
    run, states, title = new_run(), [], track_title(request, branch)
    every = max(1, request.steps // 10)
    for state in denoise(request, branch):
        states.append(state)
        # Each update holds all states so far, so only about ten are sent.
        if state.done or len(states) % every == 1:
            tracks = [*earlier, (title, list(states))]
            yield {
                "tracks": tracks,
                "frames": denoising_value(tracks, state.done, run),
                "notice": _progress(state, f" {denoising_remark(states)}".rstrip() + remark),
            }


def track_title(request: ImageRequest, branch: DenoisingBranch | None) -> str:
    """The title of a run: its scheduler and guidance, and where it branches."""
    settings = {"scheduler": request.scheduler, "guidance": request.guidance}
    if branch is None:
        return say("images.denoising.run_title", **settings)
    kind = "branch" if branch.fresh_seed is None else "branch_fresh"
    return say(f"images.denoising.{kind}_title", step=branch.step, **settings)


def _progress(state: DenoisingState, remark: str) -> dict[str, str]:
    if not state.done:
        return notice(say("images.denoising.progress", step=state.step))
    text = say("images.denoising.done", count=state.steps, seconds=state.seconds)
    if state.request.guidance != 1 and not state.request.condition:
        text += f" {say('images.shared.guidance_idle')}"
    return notice(text + remark)


def build(item: gr.Tab, shared: ImagesShared) -> Panel:
    """Builds and connects the panel."""
    introduction("images.denoising")
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(say("images.denoising.run"), variant="primary", elem_id="denoising-run")
        stop = gr.Button(say("shared.stop"), elem_id="denoising-stop")
    note = notice_view(elem_id="denoising-notice")
    frames = denoising_view(elem_id="denoising-frames")
    with gr.Accordion(say("images.denoising.branch_from"), open=True):
        with gr.Row():
            schedulers = [(say("images.denoising.branch_same"), ""), *titled_choices(SETTINGS["scheduler"])]
            scheduler = setting_control(
                SETTINGS["scheduler"], "denoising-branch", choices=schedulers, value="", info=None
            )
            guidance = setting_control(SETTINGS["guidance"], "denoising-branch", value=4, info=None)
            fresh_noise = gr.Checkbox(
                False, label=say("images.denoising.branch_fresh"), elem_id="denoising-branch-fresh"
            )
            fresh_seed = gr.Number(
                1, label=say("images.denoising.branch_seed"), precision=0, minimum=0, elem_id="denoising-branch-seed"
            )
        branch = gr.Button(say("images.denoising.branch_run"), elem_id="denoising-branch")
    came_from = result_settings(request_settings(shared.controls), [frames])
    components = DenoisingComponents(
        tracks=gr.State([]), frames=frames, notice=note, carried=came_from.carried,
        query=gr.Textbox(panel_query(NAME), visible="hidden", elem_id="images-denoising-query"),
        step=gr.Number(0, visible="hidden", elem_id="denoising-step"), branch_scheduler=scheduler,
        branch_guidance=guidance, fresh_noise=fresh_noise, fresh_seed=fresh_seed,
    )  # fmt: skip
    groups = components, shared.controls
    running = call(on_run, groups, REQUEST_INPUTS, [*RUN_OUTPUTS, "carried", *_SWITCH_OUTPUTS])
    started = run.click(**running, **QUIET, **MODEL_QUEUE)
    settings = ["tracks", "step", "branch_scheduler", "branch_guidance", "fresh_noise", "fresh_seed"]
    # A branch is of the main run's settings, whatever the column says by now.
    branching = call(on_branch, components, settings, RUN_OUTPUTS)
    branched = branch.click(**branching, js=_STEP_OF_SLIDER, **QUIET, **MODEL_QUEUE)
    connect_stop(stop, [started, branched], note)
    example = Example(running)
    return Panel(NAME, item, groups, restore=restore_controls, restored=RESTORED_CONTROLS, example=example)
