"""Walk: from end point to end point through latent space, as a film, with the lengths of its points."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.verification import Verification, likely_cause, verify
from playground.images.image_request import changed_indices
from playground.latent.endpoints import format_endpoints
from playground.latent.interpolation import METHODS
from playground.latent.latent_walk import LatentWalk, Smoothness, explain_norms, generate_walk, measure_smoothness
from playground.latent.video_export import FRAMES_PER_SECOND, TYPES, encode_video
from playground.latent.walk_request import MAX_FRAMES, WalkRequest, read_walk_request, walk_request_from
from playground.panels.latent.shared import RESTORED, LatentShared, condition_text, is_fast, settings_of
from playground.panels.latent.walk import endpoint_picker, own_picture
from playground.panels.latent.walk.view import walk_view
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.messages import verification_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.picture_views import pack
from playground.ui.view import new_run

NAME, TITLE = "walk", "Walk"
_METHOD_TITLES = {"slerp": "Great circle", "lerp": "Straight line"}
_SMALL_BYTES = 200_000
#: The walk, and the other way beside it if it was asked for.
Ways = tuple[LatentWalk, ...]
#: What `on_walk` takes the values of.
_INPUTS = ("model", "condition", "steps", "endpoints", "frames", "method", "loop", "ease", "both_ways")
_OUTPUTS = ("ways", "view", "notice", "query")


@dataclass(frozen=True)
class WalkComponents:
    """ways: gr.State of Ways | None.  downloads: a button for each file type.  file: what the page is to save."""

    frames: gr.Slider
    method: gr.Radio
    loop: gr.Checkbox
    ease: gr.Checkbox
    run: gr.Button
    stop: gr.Button
    measure: gr.Button
    notice: gr.HTML
    view: gr.HTML
    downloads: dict[str, gr.Button]
    ways: gr.State
    query: gr.Textbox
    file: gr.Textbox


def request_of(
    model: str, condition: Sequence[str] | None, steps: float, endpoints: str, frames: float, method: str,
    loop: bool, ease: bool,
) -> WalkRequest:  # fmt: skip
    """The checked walk of the settings on the page."""
    given = {"ends": endpoints, "frames": frames, "method": method, "loop": loop, "ease": ease, "steps": steps}
    return read_walk_request(model, {**given, "condition": condition_text(condition)})


def on_walk(*settings: Any) -> Iterator[Update]:
    """Walks. settings: the values of _INPUTS."""
    yield from walk_updates(request_of(*settings[:-1]), bool(settings[-1]))


def walk_updates(request: WalkRequest, both_ways: bool = False) -> Iterator[Update]:
    """Walks, and then the other way if both are asked for."""
    run = new_run()
    walk: LatentWalk | None = None
    for walk in generate_walk(request):
        more = " Now the other way." if both_ways and walk.done else ""
        update: dict[str, Any] = {"ways": (walk,), "notice": notice(_caption(walk) + more)}
        # Every value holds all frames so far: a large one is sent once.
        if walk.done or walk.pictures.nbytes < _SMALL_BYTES:
            update["view"] = view_value((walk,), run)
        if walk.done:
            update["query"] = _query(walk)
        yield update
    if both_ways and walk is not None and walk.done:
        method = next(name for name in METHODS if name != request.method)
        for other in generate_walk(replace(request, method=method)):
            if other.done:
                ways = walk, other
                yield {"ways": ways, "view": view_value(ways, run), "notice": notice(_caption(walk))}


def _query(walk: LatentWalk) -> str:
    """The walk's link; "" if it would be too long."""
    try:
        return walk.recipe().to_query()
    except PlaygroundError:
        return ""


def _caption(walk: LatentWalk) -> str:
    request, count = walk.request, len(walk.pictures)
    if not walk.done:
        return f"Frame {count} of {request.frames}."
    steps = f", DDIM in {request.steps} steps" if walk.kind == "diffusion" else ""
    method = _METHOD_TITLES[request.method].lower()
    words = f"{count} frames in {walk.seconds * 1000:,.0f} ms · {request.model}{steps} · {method} · float32."
    if not _query(walk):
        words += " There is no link: so many points of diffusion, each a whole noise, are too long for one. A film "
        words += "that you download holds them all, and opens here again."
    return words


def view_value(ways: Ways, run: str, smoothness: Sequence[Smoothness] = ()) -> dict[str, Any]:
    """A value for the walk view. smoothness: of each way, or none."""
    walk = ways[0]
    labels = [endpoint.label for endpoint in walk.request.endpoints]
    return {
        "run": run,
        "done": walk.done,
        "frames": walk.request.frames,
        "rate": FRAMES_PER_SECOND,
        "loop": walk.request.loop,
        "ways": [
            pack(way.pictures) | {"method": way.request.method, "title": _METHOD_TITLES[way.request.method]}
            for way in ways
        ],
        "keyframes": [{"frame": frame, "label": label} for frame, label in zip(walk.keyframes, labels, strict=True)],
        "norms": {method: lengths.round(4).tolist() for method, lengths in walk.norms.items()},
        "norm_range": list(walk.norm_range),
        "why": explain_norms(walk),
        "steps": smoothness[0].steps.round(4).tolist() if smoothness else None,
        "smoothness": _smoothness_words(smoothness) if smoothness else None,
    }


def _smoothness_words(smoothness: Sequence[Smoothness]) -> str:
    other = f" The other way's length is {smoothness[1].length:.2f}." if len(smoothness) > 1 else ""
    return smoothness[0].words() + other


def on_draw(ways: Ways | None, *settings: Any) -> Iterator[Update]:
    """A walk, so that there is something to look at; what is there stays, unless it is of another model or condition.

    The first one leaves the notice alone: it may say what is wrong with a link.
    """
    if ways is None:
        for update in on_walk(*settings):
            yield {name: value for name, value in update.items() if name != "notice"}
        return
    request, shown = request_of(*settings[:-1]), ways[0].request
    if (request.model, request.condition, request.steps) != (shown.model, shown.condition, shown.steps):
        yield from on_walk(*settings)


def restore(recipe: Recipe) -> Update:
    """The walk's settings. Raises PlaygroundError for a walk that cannot be."""
    request = walk_request_from(recipe)
    return {
        **settings_of(request.model, request.condition, request.steps),
        "endpoints": format_endpoints(request.endpoints),
        "frames": request.frames,
        "method": request.method,
        "loop": request.loop,
        "ease": request.ease,
        "both_ways": is_fast(request.model),
        "notice": notice("Walking the linked way again."),
    }


def replay(recipe: Recipe) -> Iterator[Update]:
    """Walks a recipe's way again, and verifies it."""
    walk: LatentWalk | None = None
    for update in walk_updates(walk_request_from(recipe), is_fast(recipe.model)):
        yield update
        walk = update["ways"][0] if "ways" in update else walk
    verification = None if walk is None else verified(recipe, walk)
    if verification is not None:
        yield {"notice": verification_notice(verification)}


def verified(recipe: Recipe, walk: LatentWalk) -> Verification | None:
    """Whether the frames are those of the recipe that the walk was made from; None if it has no fingerprints.

    Raises PlaygroundError for damaged fingerprints.
    """
    if not recipe.result:
        return None
    result = walk.recipe()
    changed = changed_indices(recipe.result, walk.pictures)
    difference = f"in {len(changed)} of {len(walk.pictures)} frames, {likely_cause(recipe, result)}" if changed else ""
    # Links made before a setting came do not name it.
    return verify(replace(result, result=recipe.result), result, difference)


def on_smoothness(ways: Ways | None) -> Iterator[Update]:
    """The measure added to the walk that is shown."""
    if not ways or not ways[0].done:
        raise PlaygroundError("There is no walk to measure yet: press Walk first.")
    yield {"notice": notice(f"Looking at {sum(len(way.pictures) for way in ways)} frames.")}
    measured = [measure_smoothness(way) for way in ways]
    yield {"view": view_value(ways, new_run(), measured), "notice": notice(_caption(ways[0]))}


def on_download(ways: Ways | None, kind: str) -> Update:
    """The file for the page to save. kind: one of TYPES."""
    if not ways or not ways[0].done:
        raise PlaygroundError("There is no walk to download yet: press Walk first.")
    walk = ways[0]
    content = encode_video(walk.pictures, kind, walk.recipe())
    name = f"walk-{walk.request.model}-{walk.request.seed}.{kind}"
    file = {"name": name, "base64": base64.b64encode(content).decode(), "type": TYPES[kind]}
    words = f"{name}: {len(content) / 1000:,.0f} kB, with its recipe inside."
    return {"file": json.dumps(file), "notice": notice(words, "ok")}


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """The panel, connected."""
    introduction(
        "A model makes each picture from a list of random numbers: a point in its latent space. This is a path there.",
        "Name two end points or more, walk between them, and compare the straight line with the great circle.",
        "If the pictures change smoothly, the model did not learn pictures by heart: it knows what lies between them.",
    )
    with gr.Row():
        shared.endpoints.render()  # type: ignore[no-untyped-call]
        frames = gr.Slider(2, MAX_FRAMES, value=24, step=1, label="Frames", elem_id="walk-frames", scale=2)
    with gr.Row():
        method = gr.Radio(
            [(_METHOD_TITLES[name], name) for name in METHODS], value=METHODS[0], label="Way", elem_id="walk-method",
            scale=2,
        )  # fmt: skip
        with gr.Column(scale=2, min_width=260):
            shared.both_ways.render()  # type: ignore[no-untyped-call]
            loop = gr.Checkbox(False, label="Loop: back to the first", elem_id="walk-loop")
            ease = gr.Checkbox(False, label="Ease: slow near the end points", elem_id="walk-ease")
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Walk", variant="primary", elem_id="walk")
        stop = gr.Button("Stop", elem_id="walk-stop")
        measure = gr.Button("Measure smoothness", elem_id="walk-measure")
    note = notice_view(elem_id="walk-notice")
    film = walk_view(elem_id="walk-film")
    with gr.Row(elem_classes="pg-actions"):
        downloads = {
            kind: gr.Button(f"Download {kind.upper().replace('WEBP', 'WebP')}", elem_id=f"walk-{kind}")
            for kind in TYPES
        }
    components = WalkComponents(
        frames, method, loop, ease, run, stop, measure, note, film, downloads, gr.State(None),
        gr.Textbox(visible="hidden", elem_id="walk-query"), gr.Textbox(visible="hidden", elem_id="walk-file"),
    )  # fmt: skip
    endpoint_picker.build(shared, note)
    own_picture.build(shared)
    _connect(components, shared)
    return Panel(
        NAME, item, (components, shared),
        restore=restore, restored=[*RESTORED, "endpoints", "frames", "method", "loop", "ease", "both_ways"],
        replay=replay, replayed=_OUTPUTS,
        draw=on_draw, draw_inputs=["ways", *_INPUTS], drawn=_OUTPUTS,
        stops=[stop],
    )  # fmt: skip


def _connect(walk: WalkComponents, shared: LatentShared) -> None:
    parts = (walk, shared)
    live = [walk.frames.release, walk.method.input, shared.both_ways.input, walk.loop.input, walk.ease.input]
    run = call(on_walk, parts, _INPUTS, _OUTPUTS)
    started = gr.on(
        [walk.run.click, *live, shared.endpoints.submit], trigger_mode="always_last", **run, **QUIET, **MODEL_QUEUE
    )
    connect_stop(walk.stop, started, walk.notice)
    walk.measure.click(**call(on_smoothness, parts, ["ways"], ["view", "notice"]), **QUIET, **MODEL_QUEUE)
    for kind, button in walk.downloads.items():
        _connect_download(walk, button, kind)


def _connect_download(walk: WalkComponents, button: gr.Button, kind: str) -> None:
    def download(ways: Ways | None) -> Update:
        return on_download(ways, kind)

    saved = button.click(**call(download, walk, ["ways"], ["file", "notice"]), **QUIET)
    saved.then(None, walk.file, None, js="message => window.playground.save(message)", api_visibility="private")
