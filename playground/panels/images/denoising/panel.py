"""Step by step: the states of a diffusion run, and branches from any of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.images.diffusion import DenoisingBranch, DenoisingState, denoise
from playground.images.image_request import ImageRequest
from playground.images.model_menu import image_model_facts
from playground.panels.images.controls import REQUEST_INPUTS, RESTORED_CONTROLS, request_from_controls
from playground.panels.images.denoising.api import build_api
from playground.panels.images.denoising.view import denoising_value, denoising_view
from playground.panels.images.shared import ImagesShared, panel_query, restore_controls
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.view import new_run

NAME, TITLE = "denoising", "Step by step"
FORMER_NAMES = ("steps",)
#: Pictures of one run; more would be too small to see.
MAX_PICTURES = 4
#: Names of the components that a run fills.
RUN_OUTPUTS = ("tracks", "frames", "notice")
#: JavaScript: the step that the view's slider is at takes the place of the second input.
_STEP_OF_SLIDER = "(tracks, _, ...rest) => [tracks, Number(document.querySelector('#frames .pg-scrub').value), ...rest]"

#: A run with its title. The first is the main one, a second its branch.
Track = tuple[str, list[DenoisingState]]


@dataclass(frozen=True)
class DenoisingComponents:
    """tracks: gr.State of [Track].  step: the step to branch from.  branch_…: the settings of a branch."""

    tracks: gr.State
    frames: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    step: gr.Number
    branch_scheduler: gr.Dropdown
    branch_guidance: gr.Slider
    fresh_noise: gr.Checkbox
    fresh_seed: gr.Number


def on_run(
    model: str, count: object, seed: object, attributes: Sequence[str], settings: Mapping[str, object]
) -> Iterator[Update]:
    """Draws what the controls say, step by step."""
    yield from run_updates(request_from_controls(model, count, seed, attributes, settings))


def on_branch(
    tracks: list[Track], step: float, scheduler: str, guidance: float, fresh_noise: bool, fresh_seed: float
) -> Iterator[Update]:
    """Branches from a step of the main run with other settings; the main run stays beside the branch."""
    if not tracks:
        raise PlaygroundError("There is no film yet: press Draw step by step first.")
    main = tracks[0][1]
    index = min(int(step), main[0].steps - 1)
    reached = [state for state in main if state.step == index]
    if not reached:
        raise PlaygroundError("The film has not come to this step: draw it to its end first.")
    changed = {"scheduler": scheduler or main[0].request.scheduler, "guidance": float(guidance)}
    request = replace(main[0].request, **changed)  # type: ignore[arg-type]
    branch = DenoisingBranch(index, reached[0].latents, int(fresh_seed) if fresh_noise else None)
    yield from _track_updates(tracks[:1], request, branch)


def run_updates(request: ImageRequest) -> Iterator[Update]:
    """A run from noise to pictures. Raises PlaygroundError if the model is not a diffusion model."""
    if image_model_facts(request.model).kind != "diffusion":
        raise PlaygroundError("Only diffusion goes step by step: choose a diffusion model on the left.")
    yield from _track_updates([], replace(request, count=min(request.count, MAX_PICTURES)), None)


def _track_updates(earlier: list[Track], request: ImageRequest, branch: DenoisingBranch | None) -> Iterator[Update]:
    run, states, title = new_run(), [], track_title(request, branch)
    every = max(1, request.steps // 10)
    for state in denoise(request, branch):
        states.append(state)
        # Each value holds all states so far, so few are sent before the last.
        if state.done or len(states) % every == 1:
            tracks = [*earlier, (title, list(states))]
            yield {"tracks": tracks, "frames": denoising_value(tracks, state.done, run), "notice": _progress(state)}


def track_title(request: ImageRequest, branch: DenoisingBranch | None) -> str:
    """The title of a run: its scheduler and guidance, and where it branches."""
    settings = f"{request.scheduler}, guidance {request.guidance:g}"
    if branch is None:
        return f"The way: {settings}"
    return f"Branch at step {branch.step}: {settings}{', fresh noise' if branch.fresh_seed is not None else ''}"


def _progress(state: DenoisingState) -> dict[str, str]:
    if not state.done:
        return notice(f"Step {state.step}.")
    text = f"{state.steps} steps in {state.seconds:.1f} s."
    if state.request.guidance != 1 and not state.request.condition:
        text += " Nothing particular was asked for, so guidance had nothing to steer by."
    return notice(text)


def build(item: gr.Tab, shared: ImagesShared) -> Panel:
    """Builds and connects the panel."""
    introduction(
        "A diffusion model at work: it begins with pure noise and removes a little of it at every step.",
        "Move the slider through the steps; stop at one and let it go on otherwise, beside the first way.",
        "At every step the net guesses the finished picture (x0); early guesses are blurred, for much is open yet.",
    )
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Draw step by step", variant="primary", elem_id="film")
        stop = gr.Button("Stop", elem_id="film-stop")
    note = notice_view(elem_id="film-notice")
    frames = denoising_view(elem_id="frames")
    with gr.Accordion("Go back to the step above, and go on otherwise", open=True):
        with gr.Row():
            scheduler = gr.Dropdown(
                [("the same", ""), ("DDIM", "ddim"), ("DDPM", "ddpm"), ("Euler", "euler"), ("Heun", "heun"),
                 ("DPM-Solver++", "dpm++")],
                value="", label="Scheduler", elem_id="branch-scheduler",
            )  # fmt: skip
            guidance = gr.Slider(0, 8, value=4, step=0.25, label="Guidance", elem_id="branch-guidance")
            fresh_noise = gr.Checkbox(False, label="Fresh noise of the same amount", elem_id="branch-fresh")
            fresh_seed = gr.Number(1, label="Its seed", precision=0, minimum=0, elem_id="branch-seed")
        branch = gr.Button("Branch here", elem_id="branch")
    components = DenoisingComponents(
        tracks=gr.State([]), frames=frames, notice=note,
        query=gr.Textbox(panel_query(NAME), visible="hidden", elem_id="images-denoising-query"),
        step=gr.Number(0, visible="hidden", elem_id="film-step"), branch_scheduler=scheduler,
        branch_guidance=guidance, fresh_noise=fresh_noise, fresh_seed=fresh_seed,
    )  # fmt: skip
    known = components, shared.controls
    started = run.click(**call(on_run, known, REQUEST_INPUTS, RUN_OUTPUTS), **QUIET, **MODEL_QUEUE)
    settings = ["tracks", "step", "branch_scheduler", "branch_guidance", "fresh_noise", "fresh_seed"]
    branching = call(on_branch, components, settings, RUN_OUTPUTS)
    branched = branch.click(**branching, js=_STEP_OF_SLIDER, **QUIET, **MODEL_QUEUE)
    connect_stop(stop, [started, branched], note)
    build_api()
    return Panel(NAME, item, known, restore=restore_controls, restored=RESTORED_CONTROLS)
