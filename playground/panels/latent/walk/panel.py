"""Walk: from end point to end point through latent space, as a film, with the norms of its points."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.verification import Verification, likely_cause, verify
from playground.images.image_request import changed_indices
from playground.images.model_menu import image_model_facts
from playground.latent.endpoints import format_endpoints
from playground.latent.interpolation import METHODS
from playground.latent.latent_walk import LatentWalk, Smoothness, explain_norms, generate_walk, measure_smoothness
from playground.latent.video_export import FRAMES_PER_SECOND, TYPES, encode_video
from playground.latent.walk_request import MAX_FRAMES, WalkRequest, read_walk_request, walk_request_from
from playground.panels.latent.lengths import lengths_value
from playground.panels.latent.shared import (
    FIRST_ENDPOINTS,
    RESTORED,
    SETTINGS,
    LatentShared,
    condition_text,
    is_fast,
    settings_of,
    with_model,
)
from playground.panels.latent.walk import endpoint_list, endpoint_picker, own_picture
from playground.panels.latent.walk.view import SMALL_BYTES, packed_frames, walk_view
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.messages import verification_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import ResultSettings, result_settings
from playground.ui.view import new_run, save_script

NAME = "walk"
_FILE_NAMES = {"gif": "GIF", "mp4": "MP4", "webp": "WebP"}
#: The walk, and the same walk on the other path if both are wanted.
Ways = tuple[LatentWalk, ...]
#: The components whose values `on_walk` takes.
_INPUTS = ("model", "condition", "steps", "endpoints", "frames", "method", "loop", "ease", "both_ways")
_OUTPUTS = ("ways", "view", "notice", "query")


@dataclass(frozen=True)
class WalkComponents:
    """ways: gr.State of Ways | None.  downloads: a button for each file type.  file: JSON of the file to save."""

    frames: gr.Slider
    method: gr.Radio
    loop: gr.Checkbox
    ease: gr.Checkbox
    run: gr.Button
    stop: gr.Button
    measure: gr.Button
    notice: gr.HTML
    view: gr.HTML
    ends: gr.HTML
    downloads: dict[str, gr.Button]
    ways: gr.State
    query: gr.Textbox
    file: gr.Textbox


def request_of(
    model: str, condition: Sequence[str] | None, steps: float, endpoints: str, frames: float, method: str,
    loop: bool, ease: bool,
) -> WalkRequest:  # fmt: skip
    """The checked walk of the settings on the page."""
    settings = {"ends": endpoints, "frames": frames, "method": method, "loop": loop, "ease": ease, "steps": steps}
    return read_walk_request(model, {**settings, "condition": condition_text(condition)})


def on_walk(*settings: Any) -> Iterator[Update]:
    """Walks. settings: the values of _INPUTS."""
    yield from walk_updates(request_of(*settings[:-1]), bool(settings[-1]))


def walk_updates(request: WalkRequest, both_ways: bool = False) -> Iterator[Update]:
    """Walks, then walks the other path if both are wanted."""
    run = new_run()
    walk: LatentWalk | None = None
    for walk in generate_walk(request):
        caption = _caption(walk)
        if both_ways and walk.done:
            caption = f"{caption} {say('latent.walk.other_path')}"
        update: dict[str, Any] = {"ways": (walk,), "notice": notice(caption)}
        # Every value holds all frames so far, so a large one is sent only once.
        if walk.done or walk.pictures.nbytes < SMALL_BYTES:
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
        return say("latent.walk.progress", count=count, frames=request.frames)
    values = {"milliseconds": walk.seconds * 1000, "model": request.model, "path": _path_title(request.method).lower()}
    if walk.kind == "diffusion":
        caption = say("latent.walk.done_diffusion", count=count, steps=request.steps, **values)
    else:
        caption = say("latent.walk.done", count=count, **values)
    return caption if _query(walk) else f"{caption} {say('latent.walk.no_link')}"


def _path_title(method: str) -> str:
    return say({"slerp": "latent.walk.slerp", "lerp": "latent.walk.lerp"}[method])


def view_value(ways: Ways, run: str, smoothness: Sequence[Smoothness] = ()) -> dict[str, Any]:
    """A value for the walk view. smoothness: of each path, or empty."""
    walk = ways[0]
    labels = [endpoint.label for endpoint in walk.request.endpoints]
    return {
        "run": run,
        "done": walk.done,
        "of": say("latent.walk.of", model=image_model_facts(walk.request.model).title, endpoints=" → ".join(labels)),
        "frames": walk.request.frames,
        "rate": FRAMES_PER_SECOND,
        "loop": walk.request.loop,
        "ways": [
            packed_frames(way.pictures) | {"method": way.request.method, "title": _path_title(way.request.method)}
            for way in ways
        ],
        "keyframes": [{"frame": frame, "label": label} for frame, label in zip(walk.keyframes, labels, strict=True)],
        "norms": {method: lengths.round(4).tolist() for method, lengths in walk.norms.items()},
        "norm_range": list(walk.norm_range),
        "why": explain_norms(walk),
        "lengths": _lengths(walk),
        "steps": smoothness[0].steps.round(4).tolist() if smoothness else None,
        "smoothness": _smoothness_words(smoothness) if smoothness else None,
    }


def _lengths(walk: LatentWalk) -> dict[str, Any] | None:
    """The lengths of training codes beside those of the paths; None until the walk is done, and without such codes."""
    if not walk.done:
        return None
    ranges = [(_path_title(name), float(walk.norms[name].min()), float(walk.norms[name].max())) for name in METHODS]
    return lengths_value(walk.request.model, walk.norm_range, ranges)


def _smoothness_words(smoothness: Sequence[Smoothness]) -> str:
    others = [say("latent.walk.other_length", length=other.length) for other in smoothness[1:]]
    return " ".join([smoothness[0].words(), *others])


def on_draw(ways: Ways | None, *settings: Any) -> Iterator[Update]:
    """A walk to look at, if there is none or it is of another model or condition.

    The first one does not change the notice, which may say what is wrong with a link.
    """
    if ways is None:
        for update in on_walk(*settings):
            yield {name: value for name, value in update.items() if name != "notice"}
        return
    request, present = request_of(*settings[:-1]), ways[0].request
    if (request.model, request.condition, request.steps) != (present.model, present.condition, present.steps):
        yield from on_walk(*settings)


def on_added(ways: Ways | None, *settings: Any) -> Iterator[Update]:
    """Walks at once after an end point was added or taken out by hand; nothing if none was."""
    endpoints = settings[_INPUTS.index("endpoints")]
    request = request_of(*settings[:-1])
    if endpoints == FIRST_ENDPOINTS or (ways is not None and ways[0].request == request):
        yield {}
        return
    yield from on_walk(*settings)


def restore(recipe: Recipe) -> Update:
    """The settings of a recipe's walk. Raises PlaygroundError if it is not valid."""
    request = walk_request_from(with_model(recipe))
    return {
        **settings_of(request.model, request.condition, request.steps),
        "endpoints": format_endpoints(request.endpoints),
        "frames": request.frames,
        "method": request.method,
        "loop": request.loop,
        "ease": request.ease,
        "both_ways": is_fast(request.model),
        "notice": notice(say("latent.walk.again")),
    }


def replay(recipe: Recipe) -> Iterator[Update]:
    """Walks a recipe's walk again, and verifies it."""
    recipe = with_model(recipe)
    walk: LatentWalk | None = None
    for update in walk_updates(walk_request_from(recipe), is_fast(recipe.model)):
        yield update
        walk = update["ways"][0] if "ways" in update else walk
    verification = None if walk is None else verify_walk(recipe, walk)
    if verification is not None:
        yield {"notice": verification_notice(verification)}


def verify_walk(recipe: Recipe, walk: LatentWalk) -> Verification | None:
    """Compares a walk's frames with the fingerprints of its recipe; None if it has none.

    Raises PlaygroundError for damaged fingerprints.
    """
    if not recipe.result:
        return None
    result = walk.recipe()
    changed = changed_indices(recipe.result, walk.pictures)
    counts = {"count": len(changed), "frames": len(walk.pictures)}
    difference = say("latent.walk.difference", **counts, cause=likely_cause(recipe, result)) if changed else ""
    # Old links do not name newer settings: the fingerprints alone are compared.
    return verify(replace(result, result=recipe.result), result, difference)


def on_smoothness(ways: Ways | None) -> Iterator[Update]:
    """Adds the measure of smoothness to the present walk."""
    if not ways or not ways[0].done:
        raise PlaygroundError(say("latent.walk.nothing_to_measure"))
    yield {"notice": notice(say("latent.walk.measuring", count=sum(len(way.pictures) for way in ways)))}
    smoothness = [measure_smoothness(way) for way in ways]
    yield {"view": view_value(ways, new_run(), smoothness), "notice": notice(_caption(ways[0]))}


def on_download(ways: Ways | None, kind: str) -> Update:
    """The film as a file for the page to save. kind: one of TYPES."""
    if not ways or not ways[0].done:
        raise PlaygroundError(say("latent.walk.nothing_to_download"))
    walk = ways[0]
    content = encode_video(walk.pictures, kind, walk.recipe())
    name = f"walk-{walk.request.model}-{walk.request.seed}.{kind}"
    file = {"name": name, "base64": base64.b64encode(content).decode(), "type": TYPES[kind]}
    sentence = say("latent.walk.saved", name=name, bytes=len(content))
    return {"file": json.dumps(file), "notice": notice(sentence, "ok")}


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """Builds and connects the panel in the surrounding gr.Tab."""
    introduction("latent.walk")
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(say("latent.walk.run"), variant="primary", elem_id="walk")
        stop = gr.Button(say("shared.stop"), elem_id="walk-stop")
        measure = gr.Button(say("latent.walk.measure"), elem_id="walk-measure")
    note = notice_view(elem_id="walk-notice")
    film = walk_view(elem_id="walk-film")
    ends = endpoint_list.endpoint_list_view(elem_id="walk-ends")
    with gr.Row():
        shared.endpoints.render()  # type: ignore[no-untyped-call]
        frames = gr.Slider(
            2, MAX_FRAMES, value=24, step=1, label=say("latent.walk.frames"), elem_id="walk-frames", scale=2
        )
    with gr.Row():
        method = gr.Radio(
            [(_path_title(name), name) for name in METHODS],
            value=METHODS[0],
            label=say("latent.walk.path"),
            elem_id="walk-method",
            scale=2,
        )
        with gr.Column(scale=2, min_width=260):
            shared.both_ways.render()  # type: ignore[no-untyped-call]
            loop = gr.Checkbox(False, label=say("latent.walk.loop"), elem_id="walk-loop")
            ease = gr.Checkbox(False, label=say("latent.walk.ease"), elem_id="walk-ease")
    with gr.Row(elem_classes="pg-actions"):
        downloads = {
            kind: gr.Button(say("latent.walk.download", kind=_FILE_NAMES[kind]), elem_id=f"walk-{kind}")
            for kind in TYPES
        }
    components = WalkComponents(
        frames, method, loop, ease, run, stop, measure, note, film, ends, downloads, gr.State(None),
        gr.Textbox(visible="hidden", elem_id="walk-query"), gr.Textbox(visible="hidden", elem_id="walk-file"),
    )  # fmt: skip
    endpoint_picker.build(shared, note)
    added = own_picture.build(shared)
    column = {name: getattr(shared, name) for name in SETTINGS}
    own = {
        "endpoints": shared.endpoints, "frames": frames, "method": method, "loop": loop, "ease": ease,
        "both_ways": shared.both_ways,
    }  # fmt: skip
    came_from = result_settings({**column, **own}, [film], follows=True)
    _connect(components, shared, came_from)
    walk_on = came_from.carry(call(on_added, (components, shared), ["ways", *_INPUTS], _OUTPUTS))
    edited = ends.edited(**call(endpoint_list.on_edited, shared, [], ["endpoints"]), queue=False, **FOLLOWS)
    for event in [*added, edited]:
        event.then(**walk_on, **FOLLOWS, **MODEL_QUEUE)
    # Painted eyes: there the straight line visibly washes out.
    settings = [
        (shared.model, "gan-eyes"), (shared.condition, ["colour=blue"]), (shared.endpoints, "5, 9"), (loop, True)
    ]  # fmt: skip
    return Panel(
        NAME, item, (components, shared), example=Example(settings=settings),
        restore=restore, restored=[*RESTORED, "endpoints", "frames", "method", "loop", "ease", "both_ways"],
        replay=replay, replayed=_OUTPUTS,
        draw=on_draw, draw_inputs=["ways", *_INPUTS], drawn=_OUTPUTS,
        stops=[stop], result=came_from, link_defaults={"ends": shared.endpoints.value},
    )  # fmt: skip


def _connect(walk: WalkComponents, shared: LatentShared, came_from: ResultSettings) -> None:
    parts = (walk, shared)
    live = [walk.frames.release, walk.method.input, shared.both_ways.input, walk.loop.input, walk.ease.input]
    run = came_from.carry(call(on_walk, parts, _INPUTS, _OUTPUTS))
    started = gr.on(
        [walk.run.click, *live, shared.endpoints.submit], trigger_mode="always_last", **run, **QUIET, **MODEL_QUEUE
    )
    connect_stop(walk.stop, started, walk.notice)
    walk.measure.click(**call(on_smoothness, parts, ["ways"], ["view", "notice"]), **QUIET, **MODEL_QUEUE)
    # The text changes by any panel's button; a finished walk has the pictures of its end points.
    shown = call(endpoint_list.on_ends, parts, ["ways", *SETTINGS, "endpoints"], ["ends"])
    shared.endpoints.change(**shown, **FOLLOWS, **MODEL_QUEUE)
    walk.view.change(**call(endpoint_list.on_walked, parts, ["ways", "model", "endpoints"], ["ends"]), **FOLLOWS)
    for kind, button in walk.downloads.items():
        _connect_download(walk, button, kind)


def _connect_download(walk: WalkComponents, button: gr.Button, kind: str) -> None:
    def download(ways: Ways | None) -> Update:
        return on_download(ways, kind)

    saved = button.click(**call(download, walk, ["ways"], ["file", "notice"]), **QUIET)
    saved.then(None, walk.file, None, js=save_script(), api_visibility="private")
