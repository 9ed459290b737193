"""Step by step: diffusion as a film, with branches that leave it anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.images.diffusion import DenoisingBranch, DenoisingState, denoise
from playground.images.image_request import ImageRequest
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch
from playground.panels.images.controls import Controls, request_of
from playground.panels.images.denoising.view import frames_view
from playground.panels.images.picture_data import film
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.view import new_run

_SKIP: Any = gr.skip()
#: A film shows as many pictures; more would be too small to see.
MOST_FILMED = 4

#: Puts the step at which the film's slider rests in the place of the second input.
_AT_THE_SLIDER = "(tracks, _, ...rest) => [tracks, Number(document.querySelector('#frames .pg-scrub').value), ...rest]"

Track = tuple[str, list[DenoisingState]]


def on_film(*values: Any) -> Iterator[tuple[Any, Any, Any]]:
    """(tracks, film, notice) from the controls: every step as it comes."""
    try:
        request = filmed(request_of(values))
        yield from _shoot([], request, None)
    except PlaygroundError as error:
        yield _SKIP, _SKIP, notice(str(error), "error")


def filmed(request: ImageRequest) -> ImageRequest:
    """The request for as many pictures as a film shows. Raises PlaygroundError if the model has no steps."""
    if image_model_facts(request.model).kind != "diffusion":
        raise PlaygroundError("Only diffusion goes step by step: choose a diffusion model on the left.")
    return replace(request, count=min(request.count, MOST_FILMED))


def on_branch(
    tracks: list[Track], step: float, scheduler: str, guidance: float, fresh: bool, fresh_seed: float
) -> Iterator[tuple[Any, Any, Any]]:
    """Goes on from the shown step otherwise; the main way stays beside it."""
    try:
        if not tracks:
            raise PlaygroundError("There is no film yet: press Draw step by step first.")
        main = tracks[0][1]
        place = min(int(step), main[0].steps - 1)
        reached = [state for state in main if state.step == place]
        if not reached:
            raise PlaygroundError("The film has not come to this step: draw it to its end first.")
        changed = {"scheduler": scheduler or main[0].request.scheduler, "guidance": float(guidance)}
        request = replace(main[0].request, **changed)  # type: ignore[arg-type]
        branch = DenoisingBranch(place, reached[0].latents, int(fresh_seed) if fresh else None)
        yield from _shoot(tracks[:1], request, branch)
    except PlaygroundError as error:
        yield _SKIP, _SKIP, notice(str(error), "error")


def _shoot(
    tracks: list[Track], request: ImageRequest, branch: DenoisingBranch | None
) -> Iterator[tuple[Any, Any, Any]]:
    run, states = new_run(), []
    name = f"{request.scheduler}, guidance {request.guidance:g}"
    first = "The way" if branch is None else f"Branch at step {branch.step}"
    fresh = ", fresh noise" if branch is not None and branch.fresh_seed is not None else ""
    title = f"{first}: {name}{fresh}"
    every = max(1, request.steps // 10)
    for state in denoise(request, branch):
        states.append(state)
        # Every value holds all steps so far: few are sent on the way.
        if state.done or len(states) % every == 1:
            shown = [*tracks, (title, list(states))]
            said = f"{state.steps} steps in {state.seconds:.1f} s." if state.done else f"Step {state.step}."
            if state.done and request.guidance != 1 and not request.condition:
                said += " Nothing particular was asked for, so guidance had nothing to steer by."
            yield shown, film(shown, state.done, run), notice(said)


def on_card(one: ImageBatch | None, event: gr.EventData) -> Iterator[tuple[Any, Any, Any, Any]]:
    """(panels, tracks, film, notice): this panel in front, with the film of the picture whose card asks for it."""
    if one is None or event._data["name"] != "steps":
        yield (_SKIP,) * 4
        return
    front: Any = gr.Tabs(selected="steps")
    for shown in _shoot([], filmed(one.request), None):
        yield (front, *shown)
        front = _SKIP


def build_steps(controls: Controls) -> list[Any]:
    """The panel; returns what a film fills: tracks, film, notice."""
    lead(
        "A diffusion model at work: it begins with pure noise and removes a little of it at every step.",
        "Move the slider through the steps; stop at one and let it go on otherwise, beside the first way.",
        "At every step the net guesses the finished picture (x0); early guesses are blurred, for much is open yet.",
    )
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Draw step by step", variant="primary", elem_id="film")
        stop = gr.Button("Stop", elem_id="film-stop")
    note = notice_view(elem_id="film-notice")
    frames = frames_view(elem_id="frames")
    tracks, step = gr.State([]), gr.Number(0, visible="hidden", elem_id="film-step")
    with gr.Accordion("Go back to the step above, and go on otherwise", open=True):
        with gr.Row():
            scheduler = gr.Dropdown(
                [("the same", ""), ("DDIM", "ddim"), ("DDPM", "ddpm"), ("Euler", "euler"), ("Heun", "heun"),
                 ("DPM-Solver++", "dpm++")],
                value="", label="Scheduler", elem_id="branch-scheduler",
            )  # fmt: skip
            guidance = gr.Slider(0, 8, value=4, step=0.25, label="Guidance", elem_id="branch-guidance")
            fresh = gr.Checkbox(False, label="Fresh noise of the same amount", elem_id="branch-fresh")
            fresh_seed = gr.Number(1, label="Its seed", precision=0, minimum=0, elem_id="branch-seed")
        branch = gr.Button("Branch here", elem_id="branch")
    outputs = [tracks, frames, note]
    started = run.click(on_film, controls.inputs(), outputs, **QUIET, **MODEL_QUEUE)
    chosen = [tracks, step, scheduler, guidance, fresh, fresh_seed]
    branched = branch.click(on_branch, chosen, outputs, js=_AT_THE_SLIDER, **QUIET, **MODEL_QUEUE)
    stop_button(stop, started, note)
    stop_button(stop, branched, note)
    return outputs
