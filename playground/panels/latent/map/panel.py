"""Map: the data's pictures in a VAE's latent space, seen flat, and what is decoded between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice
from playground.images.image_request import format_condition, parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent import map_decode, projection_map
from playground.latent.endpoints import pack_point
from playground.latent.map_decode import PictureGaussian
from playground.latent.pointer_decode import NotReadyError
from playground.latent.projection_map import ProjectionMap
from playground.panels.latent.canvas import fit_canvas
from playground.panels.latent.map import own_picture
from playground.panels.latent.map.data import (
    PRIOR_SIGNS,
    ViewState,
    distances_value,
    initial_state,
    map_value,
    place_words,
    read_state,
)
from playground.panels.latent.map.view import map_view
from playground.panels.latent.shared import (
    RESTORED,
    SWITCH_OUTPUTS,
    LatentShared,
    add_endpoint,
    condition_text,
    restore_settings,
    switch_update,
    with_model,
)
from playground.ui.event_data import event_values, next_count
from playground.ui.events import AFTER_CANCEL, FOLLOWS, QUIET, Update, call
from playground.ui.messages import error_notice, stopped
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.picture_views import pack
from playground.ui.result_settings import result_settings
from playground.ui.view import new_run

NAME = "map"
#: The families of models that it can use.
KINDS = ("vae",)
#: The run id of the PCA map that stands in while t-SNE is computed; its view state is not stored.
_MEANWHILE = "meanwhile"
#: The label that the points are coloured by at first, if the data has it.
FIRST_COLOUR = "hair colour"


@dataclass(frozen=True)
class MapComponents:
    """Components of the map.

    state: gr.State of the view: {"run", "of", "x", "y", "zoom", "left", "top", "colour"}; "of" names the model and the
    projection, "" before the first.  redraw: a hidden counter; raising it redraws the map.
    """

    state: gr.State
    projection: gr.Radio
    priors: gr.CheckboxGroup
    stop: gr.Button
    notice: gr.HTML
    view: gr.HTML
    redraw: gr.Textbox
    query: gr.Textbox


def probe(request: Any) -> dict[str, Any]:
    """The picture of a place, or {"error"}. A server function: outside the queue, to follow the pointer."""
    try:
        if not isinstance(request, dict):
            raise PlaygroundError(say("latent.map.errors.place_form"))
        names = ("model", "condition", "projection", "x", "y")
        at = [request.get(name) for name in names]
        return pack(map_decode.picture_at(*at)) | {"words": place_words(at[0], *at[2:])}
    except NotReadyError:
        return {"prepare": True}
    except PlaygroundError as error:
        return {"error": str(error)}


def thumbs(request: Any) -> dict[str, Any]:
    """Pictures of the data by their numbers on the map, or {"error"}. A server function."""
    try:
        if not isinstance(request, dict):
            raise PlaygroundError(say("latent.map.errors.rows_form"))
        return pack(map_decode.data_pictures(request.get("model"), request.get("projection"), request.get("rows")))
    except NotReadyError:
        return {"prepare": True}
    except PlaygroundError as error:
        return {"error": str(error)}


def on_draw(
    model: str,
    condition: Sequence[str] | None,
    projection: str,
    priors: Sequence[str],
    state: ViewState,
    gaussian: PictureGaussian | None,
    picture: Any,
) -> Iterator[Update]:
    """Draws the map, with draws from priors and the visitor's own picture on it."""
    if switch := switch_update(model, KINDS):
        yield switch
        return
    yield fit_canvas(picture, model)
    try:
        latent_map: ProjectionMap | None = None
        for update in _layout(model, condition_text(condition), projection, state):
            if isinstance(update, ProjectionMap):
                latent_map = update
            else:
                yield update
        assert latent_map is not None
        yield from _show_map(latent_map, condition_text(condition), priors, state, gaussian)
    except PlaygroundError as error:
        yield {"view": None, "notice": error_notice(error)}


def _layout(model: str, condition: str, projection: str, state: ViewState) -> Iterator[Update | ProjectionMap]:
    """Progress while the map is computed; then the map. The PCA map stands in while t-SNE is computed."""
    stands_in = False
    for step in projection_map.compute_map(model, projection):
        if isinstance(step, ProjectionMap):
            yield step
            continue
        stage, fraction = step
        if stage == "encoding":
            progress = {"notice": notice(say("latent.points.encoding", fraction=fraction))}
            yield progress if state["of"] == _of(model, projection) else {"view": None, **progress}
            continue
        if not stands_in:
            stands_in = True
            steps = projection_map.compute_map(model, "pca")
            pca = next(step for step in steps if isinstance(step, ProjectionMap))
            yield {"view": map_value(pca, condition, [], {"run": _MEANWHILE, "colour": state["colour"]}, None)}
        yield {"notice": notice(say("latent.map.layout", fraction=fraction))}


def _show_map(
    latent_map: ProjectionMap, condition: str, priors: Sequence[str], state: ViewState, gaussian: PictureGaussian | None
) -> Iterator[Update]:
    model, projection = latent_map.model, latent_map.projection
    of = _of(model, projection)
    state = state if state["of"] == of else {"run": new_run(), "of": of, "zoom": 1.0, "colour": state["colour"]}
    state = initial_state(latent_map) | state
    gaussian = gaussian if gaussian is not None and gaussian.model == model else None
    # Loads the model now, so that the first move does not wait for it.
    picture = pack(map_decode.picture_at(model, condition, projection, state["x"], state["y"]))
    query = link_query(model, condition, projection, priors, state)
    value = map_value(latent_map, condition, [], state, None) | {"picture": picture}
    yield {"state": state, "view": value, "notice": None, "query": query}
    if priors or gaussian is not None:
        yield {"notice": notice(say("latent.map.placing"))}
    distances = distances_value(latent_map)
    value = map_value(latent_map, condition, priors, state, gaussian, distances)
    words = place_words(model, projection, state["x"], state["y"])
    yield {"view": value | {"picture": picture, "words": words}, "notice": None}


def _of(model: str, projection: str) -> str:
    return f"{model} {projection}"


#: The place of a view that reports none.
_MIDDLE = {"x": 0.0, "y": 0.0, "zoom": 1.0, "left": 0.0, "top": 0.0, "colour": ""}


def on_move(
    model: str, condition: Sequence[str] | None, projection: str, priors: Sequence[str], state: ViewState,
    event: gr.EventData,
) -> Update:  # fmt: skip
    """The place and its link, once the view rests. A stored map's sentence goes with the first move."""
    data = event_values(event)
    if data.get("run") != state.get("run") and state["of"]:
        return {}
    is_first = not state["of"]  # the stored map that the panel opens on has its own run
    of = state["of"] or _of(model, projection)
    state = {**_MIDDLE, **state, "run": data.get("run"), "of": of, **read_state(data)}
    if state["of"] != _of(model, projection):
        return {"state": state}
    query = link_query(model, condition_text(condition), projection, priors, state)
    return {"state": state, "query": query, **({"notice": None} if is_first else {})}


def on_prepare(model: str, projection: str, state: ViewState, event: gr.EventData) -> Update:
    """The view's state, before the map of a stored view is computed: it stays as the visitor has it by then."""
    data = event_values(event)
    return {"state": {**state, **read_state(data), "run": data.get("run"), "of": _of(model, projection)}}


def link_query(model: str, condition: str, projection: str, priors: Sequence[str], state: ViewState) -> str:
    """The query of the link to a place on the map."""
    facts = image_model_facts(model)
    settings: dict[str, Setting] = {
        "panel": NAME,
        "projection": projection,
        "colour": state["colour"],
        **{name: round(state[name], 4) for name in ("x", "y", "zoom", "left", "top")},
        "draws": ",".join(priors),
        "condition": format_condition(parse_condition(facts, condition)),
    }
    return Recipe("latent", model, facts.weights_sha256, 0, settings).to_query()


def restore(recipe: Recipe) -> Update:
    """Model, condition, map and place. Raises PlaygroundError if one of them is not valid."""
    recipe = with_model(recipe)
    settings = recipe.settings
    projection = projection_map.read_projection(settings.get("projection", "pca"))
    names = [name for name in str(settings.get("draws") or "").split(",") if name]
    priors = [parse_choice(name, list(PRIOR_SIGNS), "draws") for name in names]
    known = read_state(settings, image_model_facts(recipe.model).labels)
    state = {"zoom": 1.0, "colour": "", **known, "run": new_run(), "of": _of(recipe.model, projection)}
    column = restore_settings(recipe)
    return {**column, "state": state, "projection": projection, "priors": priors, "notice": None}


def on_endpoint(model: str, projection: str, endpoints: str, event: gr.EventData) -> Update:
    """Adds the point of a place, or the mean of a picture, to the end points of the walk."""
    data = event_values(event)
    steps = projection_map.compute_map(model, projection)  # a stored map may be on the page
    latent_map = next(step for step in steps if isinstance(step, ProjectionMap))
    if "row" in data:
        row = data.number("row")
        if not 0 <= row < len(latent_map.points):
            raise PlaygroundError(say("latent.map.errors.no_row"))
        point = latent_map.means[row]
    else:
        point = map_decode.point_at(latent_map, *map_decode.read_map_position(data.get("x"), data.get("y")))
    return add_endpoint(endpoints, pack_point(point.tolist()))


def on_stop(model: str, projection: str, redraw: str) -> Update:
    """Goes back to the PCA map if t-SNE was being computed."""
    update = {"notice": stopped()}
    for name, settings in ((projection, {}), ("pca", {"projection": "pca", "redraw": next_count(redraw)})):
        try:
            projection_map.cached_map(model, name)
            return {**update, **settings}
        except PlaygroundError:
            continue
    return update


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """Builds and connects the panel in the surrounding gr.Tab."""
    introduction("latent.map")
    note = notice_view(elem_id="map-notice")
    view = map_view(probe, thumbs, elem_id="map")
    with gr.Row():
        projection = gr.Radio(
            [(say("latent.map.pca"), "pca"), (say("latent.map.tsne"), "tsne")],
            value="pca",
            label=say("latent.map.projection"),
            elem_id="map-projection",
        )
        priors = gr.CheckboxGroup(
            [(f"{sign} {say(f'latent.map.priors.{name}')}", name) for name, sign in PRIOR_SIGNS.items()],
            value=[],
            label=say("latent.map.overlay", count=map_decode.PRIOR_DRAWS),
            elem_id="map-priors",
        )
        stop = gr.Button(say("shared.stop"), elem_id="map-stop", scale=0, min_width=90)
    own = own_picture.build(shared.model)
    with gr.Accordion(say("latent.map.how"), open=False):
        gr.Markdown(say("latent.map.method"))
    state = gr.State({"run": "", "of": "", "zoom": 1.0, "colour": FIRST_COLOUR})
    switched = gr.Textbox(visible="hidden")
    redraw = gr.Textbox("0", visible="hidden", elem_id="map-redraw")
    map_ = MapComponents(state, projection, priors, stop, note, view, redraw, gr.Textbox(visible="hidden"))
    prepared = view.prepare(**call(on_prepare, (map_, shared), ["model", "projection", "state"], ["state"]), **QUIET)
    _connect(map_, shared, prepared)
    settings = {"model": shared.model, "condition": shared.condition, "projection": projection, "priors": priors}
    redraw_on = [
        projection.input,
        priors.input,
        redraw.change,
        switched.change,
        prepared.then,
        *own_picture.connect(own, shared.model, note),
    ]
    mine = {"gaussian": own.gaussian, "picture": own.picture, "canvas": own.canvas}
    return Panel(
        NAME, item, (map_, shared, {**mine, "switched": switched}),
        restore=restore, restored=[*RESTORED, "state", "projection", "priors"],
        draw=on_draw, drawn=["state", "view", "notice", "picture", "canvas", "query", *SWITCH_OUTPUTS],
        draw_inputs=["model", "condition", "projection", "priors", "state", "gaussian", "picture"],
        redraw_on=redraw_on, stops=[stop], example=Example(), result=result_settings(settings, [view], follows=True),
    )  # fmt: skip


def _connect(map_: MapComponents, shared: LatentShared, prepared: Any) -> None:
    parts = (map_, shared)
    inputs = ["model", "condition", "projection", "priors", "state"]
    move = call(on_move, parts, inputs, ["state", "query", "notice"])
    map_.view.moved(**move, queue=False, **FOLLOWS)
    endpoint = call(on_endpoint, parts, ["model", "projection", "endpoints"], ["endpoints", "notice"])
    map_.view.end(**endpoint, queue=False, **QUIET)
    after_stop = call(on_stop, parts, ["model", "projection", "redraw"], ["projection", "redraw", "notice"])
    map_.stop.click(None, None, None, cancels=[prepared], api_visibility="private")
    map_.stop.click(**after_stop, queue=False, js=AFTER_CANCEL, **QUIET)
