"""Step by step: diffusion as a film, with branches that leave it anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.errors import PlaygroundError
from playground.labs.pictures.diffusing import Branch, Denoising, denoise
from playground.labs.pictures.models import picture_facts
from playground.labs.pictures.request import PictureRequest
from playground.labs.pictures.sampling import Sheet
from playground.tabs.images.controls import Controls, request_of
from playground.tabs.images.drawing import film
from playground.views.base import new_run
from playground.views.lead import lead
from playground.views.notice import notice, notice_view
from playground.views.pictures import frames_view
from playground.views.running import MODEL_QUEUE, QUIET, stop_button

_SKIP: Any = gr.skip()
#: A film shows as many pictures; more would be too small to see.
MOST_FILMED = 4

Track = tuple[str, list[Denoising]]


@dataclass(frozen=True)
class Film:
    """What the card of a picture needs to open its film here."""

    outputs: list[Any]
    on_shown: Callable[..., Iterator[tuple[Any, Any, Any]]]


def on_film(*values: Any) -> Iterator[tuple[Any, Any, Any]]:
    """(tracks, film, notice) from the controls: every step as it comes."""
    try:
        request = filmed(request_of(values))
        yield from _shoot([], request, None)
    except PlaygroundError as error:
        yield _SKIP, _SKIP, notice(str(error), "error")


def filmed(request: PictureRequest) -> PictureRequest:
    """The request for as many pictures as a film shows. Raises PlaygroundError if the model has no steps."""
    if picture_facts(request.model).kind != "diffusion":
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
        branch = Branch(place, reached[0].latents, int(fresh_seed) if fresh else None)
        yield from _shoot(tracks[:1], request, branch)
    except PlaygroundError as error:
        yield _SKIP, _SKIP, notice(str(error), "error")


def _shoot(tracks: list[Track], request: PictureRequest, branch: Branch | None) -> Iterator[tuple[Any, Any, Any]]:
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
            yield shown, film(shown, state.done, run), notice(said)


def on_card(one: Sheet | None, event: gr.EventData) -> tuple[Any, Any, Any]:
    """(tabs, count, seed): opens this panel for the picture whose card asks for its steps."""
    if one is None or event._data["name"] != "steps":
        return _SKIP, _SKIP, _SKIP
    return gr.Tabs(selected="steps"), 1, one.request.seed


def on_shown(one: Sheet | None, *values: Any) -> Iterator[tuple[Any, Any, Any]]:
    """The film of the chosen picture, if the controls now ask for it alone."""
    asked = one is not None and values[1] == 1 and values[2] == one.request.seed
    if one is not None and asked and one.kind == "diffusion":
        yield from on_film(*values)
    else:
        yield _SKIP, _SKIP, _SKIP


def build_steps(controls: Controls) -> Film:
    """The panel."""
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
    tracks, step = gr.State([]), gr.State(0)
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
    branched = branch.click(on_branch, chosen, outputs, **QUIET, **MODEL_QUEUE)
    frames.step(on_step, None, step, queue=False, trigger_mode="always_last", **QUIET)
    stop_button(stop, started, note)
    stop_button(stop, branched, note)
    return Film(outputs, on_shown)


def on_step(event: gr.EventData) -> int:
    """The step at which the slider rests."""
    return int(event._data["step"])
