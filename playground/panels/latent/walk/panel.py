"""Walk: from end point to end point through latent space, as a film, with what its points are like."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.latent.interpolation import METHODS
from playground.latent.latent_walk import LatentWalk, Smoothness, explain_norms, generate_walk, measure_smoothness
from playground.latent.video_export import FRAMES_PER_SECOND, TYPES, encode_video
from playground.latent.walk_request import MAX_FRAMES, WalkRequest, read_walk_request
from playground.panels.latent.controls import Controls, written
from playground.panels.latent.walk import kept_endpoints, own_picture
from playground.panels.latent.walk.view import walk_view
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, connect_stop
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.picture_views import pack
from playground.ui.view import new_run

_SKIP: Any = gr.skip()
NAME = "walk"
FIRST_ENDS = "3, 17, 42"
_TITLES = {"slerp": "Great circle", "lerp": "Straight line"}
_SMALL_BYTES = 200_000


@dataclass(frozen=True)
class Panel:
    """The panel's components that handlers fill. made: gr.State of Ways | None."""

    ends: gr.Textbox
    frames: gr.Slider
    method: gr.Radio
    both: gr.Checkbox
    loop: gr.Checkbox
    ease: gr.Checkbox
    made: gr.State
    film: gr.HTML
    notice: gr.HTML
    query: gr.Textbox
    file: gr.Textbox

    def settings(self) -> list[Any]:
        """What a link sets."""
        return [self.ends, self.frames, self.method, self.loop, self.ease, self.both]

    def inputs(self, controls: Controls) -> list[Any]:
        """What on_walk takes the values of."""
        return [*controls.inputs(), *self.settings()]

    def streamed(self) -> list[Any]:
        """What a run fills, in the order of Shown."""
        return [self.made, self.film, self.notice]


Shown = tuple[Any, Any, Any]
#: The walk, and the other way beside it if it was asked for.
Ways = tuple[LatentWalk, ...]


def request_of(values: Any) -> WalkRequest:
    """The checked walk in the values of Panel.inputs(), without the last."""
    model, condition, steps, ends, frames, method, loop, ease = values
    given = {"ends": ends, "frames": frames, "method": method, "loop": loop, "ease": ease, "steps": steps}
    return read_walk_request(model, {**given, "condition": written(condition)})


def on_walk(*values: Any) -> Iterator[Shown]:
    """Walks as the controls say."""
    try:
        request = request_of(values[:-1])
    except PlaygroundError as error:
        yield _SKIP, _SKIP, notice(str(error), "error")
        return
    yield from stream(request, bool(values[-1]))


def stream(request: WalkRequest, both: bool = False) -> Iterator[Shown]:
    """Walks, and then the other way if both are asked for; a sentence if it cannot."""
    run = new_run()
    try:
        for made in generate_walk(request):
            # Every value holds all frames so far: a large one is sent once.
            shown = value((made,), run) if made.done or made.pictures.nbytes < _SMALL_BYTES else _SKIP
            more = " Now the other way." if both and made.done else ""
            yield (made,), shown, notice(_caption(made) + more)
        if both:
            method = next(name for name in METHODS if name != request.method)
            for other in generate_walk(replace(request, method=method)):
                if other.done:
                    yield (made, other), value((made, other), run), notice(_caption(made))
    except PlaygroundError as error:
        yield _SKIP, _SKIP, notice(str(error), "error")


def _caption(made: LatentWalk) -> str:
    request, count = made.request, len(made.pictures)
    if not made.done:
        return f"Frame {count} of {request.frames}."
    steps = f", DDIM in {request.steps} steps" if made.kind == "diffusion" else ""
    way = _TITLES[request.method].lower()
    said = f"{count} frames in {made.seconds * 1000:,.0f} ms · {request.model}{steps} · {way} · float32."
    try:
        made.recipe().to_query()
    except PlaygroundError:
        said += " There is no link: so many points of diffusion, each a whole noise, are too long for one. A film that "
        said += "you download holds them all, and opens here again."
    return said


def value(ways: Ways, run: str, smooth: Sequence[Smoothness] = ()) -> dict[str, Any]:
    """A value for the walk view. smooth: the measure of each way, or of none."""
    made = ways[0]
    labels = [end.label for end in made.request.endpoints]
    return {
        "run": run,
        "done": made.done,
        "frames": made.request.frames,
        "rate": FRAMES_PER_SECOND,
        "loop": made.request.loop,
        "ways": [
            pack(one.pictures) | {"method": one.request.method, "title": _TITLES[one.request.method]} for one in ways
        ],
        "stops": [{"frame": place, "label": label} for place, label in zip(made.keyframes, labels, strict=True)],
        "norms": {method: lengths.round(4).tolist() for method, lengths in made.norms.items()},
        "usual": list(made.norm_range),
        "why": explain_norms(made),
        "steps": smooth[0].steps.round(4).tolist() if smooth else None,
        "smooth": _smooth_words(smooth) if smooth else None,
    }


def _smooth_words(smooth: Sequence[Smoothness]) -> str:
    other = f" The other way's length is {smooth[1].length:.2f}." if len(smooth) > 1 else ""
    return smooth[0].words() + other


def on_query(front: str, ways: Ways | None) -> Any:
    """The link to the walk that is shown, if the panel is in front; none if it would be too long."""
    if front != NAME or not ways:
        return _SKIP
    try:
        return ways[0].recipe().to_query()
    except PlaygroundError:
        return ""


def on_smoothness(ways: Ways | None) -> Iterator[tuple[Any, Any]]:
    """(film, notice): the measure added to the walk that is shown."""
    try:
        if not ways or not ways[0].done:
            raise PlaygroundError("There is no walk to measure yet: press Walk first.")
        yield _SKIP, notice(f"Looking at {sum(len(one.pictures) for one in ways)} frames.")
        measured = [measure_smoothness(one) for one in ways]
        yield value(ways, new_run(), measured), notice(_caption(ways[0]))
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error")


def on_download(ways: Ways | None, kind: str) -> tuple[Any, Any]:
    """(file for the page to save, notice)."""
    try:
        if not ways or not ways[0].done:
            raise PlaygroundError("There is no walk to download yet: press Walk first.")
        made = ways[0]
        content = encode_video(made.pictures, kind, made.recipe())
        name = f"walk-{made.request.model}-{made.request.seed}.{kind}"
        saved = {"name": name, "base64": base64.b64encode(content).decode(), "type": TYPES[kind]}
        return json.dumps(saved), notice(f"{name}: {len(content) / 1000:,.0f} kB, with its recipe inside.", "ok")
    except PlaygroundError as error:
        return _SKIP, notice(str(error), "error")


def build_walk(model: str) -> tuple[Panel, dict[str, Any]]:
    """The panel, and its buttons and what end points are chosen with by name. model: the first one."""
    introduction(
        "A model makes each picture from a list of random numbers: a point in its latent space. This is a path there.",
        "Name two end points or more, walk between them, and compare the straight line with the great circle.",
        "If the pictures change smoothly, the model did not learn pictures by heart: it knows what lies between them.",
    )
    buttons: dict[str, Any] = {}
    with gr.Row():
        ends = gr.Textbox(
            FIRST_ENDS, label="End points", elem_id="walk-ends", max_lines=2, scale=3,
            info="Seeds, with commas between: every seed is a picture. In brackets: what it alone is told.",
        )  # fmt: skip
        frames = gr.Slider(2, MAX_FRAMES, value=24, step=1, label="Frames", elem_id="walk-frames", scale=2)
    with gr.Row():
        method = gr.Radio(
            [(_TITLES[name], name) for name in METHODS], value=METHODS[0], label="Way", elem_id="walk-method", scale=2
        )
        with gr.Column(scale=2, min_width=260):
            both = gr.Checkbox(True, label="Show the other way beside it", elem_id="walk-both")
            loop = gr.Checkbox(False, label="Loop: back to the first", elem_id="walk-loop")
            ease = gr.Checkbox(False, label="Ease: slow near the end points", elem_id="walk-ease")
    with gr.Row(elem_classes="pg-actions"):
        buttons["run"] = gr.Button("Walk", variant="primary", elem_id="walk")
        buttons["stop"] = gr.Button("Stop", elem_id="walk-stop")
        buttons["measure"] = gr.Button("Measure smoothness", elem_id="walk-measure")
    note = notice_view(elem_id="walk-notice")
    film_shown = walk_view(elem_id="walk-film")
    with gr.Row(elem_classes="pg-actions"):
        for kind in TYPES:
            buttons[kind] = gr.Button(f"Download {kind.upper().replace('WEBP', 'WebP')}", elem_id=f"walk-{kind}")
    buttons |= {"choosing": kept_endpoints.build(), "own": own_picture.build(model)}
    panel = Panel(
        ends, frames, method, both, loop, ease, gr.State(None), film_shown, note,
        gr.Textbox(visible="hidden", elem_id="walk-query"), gr.Textbox(visible="hidden", elem_id="walk-file"),
    )  # fmt: skip
    return panel, buttons


def wire(panel: Panel, controls: Controls, buttons: dict[str, Any], front: gr.State, kept: gr.State) -> None:
    """Connects the panel's events. front: the name of the panel in front.  kept: of the Images tab's kept pictures."""
    drawn: dict[str, Any] = {"inputs": panel.inputs(controls), "outputs": panel.streamed(), **QUIET, **MODEL_QUEUE}
    live = [panel.frames.release, panel.method.input, panel.both.input, panel.loop.input, panel.ease.input]
    live += [panel.ends.submit, controls.condition.input, controls.steps.release]
    started = gr.on([buttons["run"].click, *live], on_walk, trigger_mode="always_last", **drawn)
    started.then(on_query, [front, panel.made], panel.query, queue=False, **FOLLOWS)
    connect_stop(buttons["stop"], started, panel.notice)
    buttons["measure"].click(on_smoothness, panel.made, [panel.film, panel.notice], **QUIET, **MODEL_QUEUE)
    for kind in TYPES:
        _wire_download(panel, buttons[kind], kind)
    walked = kept_endpoints.Walked(panel.ends, panel.both, panel.notice)
    kept_endpoints.wire(buttons["choosing"], controls, walked, kept)
    own_picture.wire(buttons["own"], controls, walked)


def _wire_download(panel: Panel, button: gr.Button, kind: str) -> None:
    def download(ways: Ways | None) -> tuple[Any, Any]:
        return on_download(ways, kind)

    saved = button.click(download, panel.made, [panel.file, panel.notice], **QUIET)
    saved.then(None, panel.file, None, js="message => window.playground.save(message)", api_visibility="private")
