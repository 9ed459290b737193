"""Map: where the pictures of the data are in a VAE's latent space, seen flat, and what is between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_choice, parse_number
from playground.images.image_request import format_condition, parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent import map_decode, projection_map
from playground.latent.endpoints import pack_point
from playground.latent.map_decode import PictureGaussian
from playground.latent.projection_map import ProjectionMap
from playground.panels.latent.canvas import fit_canvas
from playground.panels.latent.map import own_picture
from playground.panels.latent.map.data import PRIORS, ViewState, initial_state, map_value
from playground.panels.latent.map.view import map_view
from playground.panels.latent.shared import RESTORED, LatentShared, condition_text, endpoint_added, restore_settings
from playground.ui.events import AFTER_CANCEL, FOLLOWS, QUIET, Update, call
from playground.ui.messages import error_notice, stopped
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.picture_views import pack
from playground.ui.view import new_run

NAME, TITLE = "map", "Map"
#: The run of the PCA map that is shown while t-SNE is computed; its view state is not kept.
_MEANWHILE = "meanwhile"
_MIN_ZOOM, _MAX_ZOOM = 0.25, 200


@dataclass(frozen=True)
class MapComponents:
    """Components of the map.

    state: gr.State of the view: {"run", "of", "x", "y", "zoom", "left", "top", "colour"}; "of" is the model and the
    projection, "" before the first.  redraw: a hidden counter; raising it asks for the map.
    """

    state: gr.State
    projection: gr.Radio
    priors: gr.CheckboxGroup
    stop: gr.Button
    notice: gr.HTML
    view: gr.HTML
    redraw: gr.Textbox
    query: gr.Textbox


def probe(asked: Any) -> dict[str, Any]:
    """The picture of a place, for the view: outside the queue, so that it follows the pointer. Or {"error"}."""
    try:
        if not isinstance(asked, dict):
            raise PlaygroundError("A place on the map must be two numbers, x and y.")
        names = ("model", "condition", "projection", "x", "y")
        return pack(map_decode.picture_at(*[asked.get(name) for name in names]))
    except PlaygroundError as error:
        return {"error": str(error)}


def thumbs(asked: Any) -> dict[str, Any]:
    """Pictures of the data by their numbers on the map, for the view. Or {"error"}."""
    try:
        if not isinstance(asked, dict):
            raise PlaygroundError("Pictures must be asked for by their numbers.")
        return pack(map_decode.data_pictures(asked.get("model"), asked.get("projection"), asked.get("rows")))
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
    """Lays the map out, with the draws of priors and the visitor's own picture on it."""
    yield fit_canvas(picture, model)
    try:
        latent_map: ProjectionMap | None = None
        for update in _laid_out(model, condition_text(condition), projection, state):
            if isinstance(update, ProjectionMap):
                latent_map = update
            else:
                yield update
        assert latent_map is not None
        yield from _drawn_map(latent_map, condition_text(condition), priors, state, gaussian)
    except PlaygroundError as error:
        yield {"view": None, "notice": error_notice(error)}


def _laid_out(model: str, condition: str, projection: str, state: ViewState) -> Iterator[Update | ProjectionMap]:
    """What to show while the map is computed; then the map. While t-SNE is, the PCA map is shown."""
    meanwhile = False
    for step in projection_map.compute_map(model, projection):
        if isinstance(step, ProjectionMap):
            yield step
            continue
        doing, fraction = step
        if doing.startswith("Laying") and not meanwhile:
            meanwhile = True
            plane = next(made for made in projection_map.compute_map(model, "pca") if isinstance(made, ProjectionMap))
            yield {"view": map_value(plane, condition, [], {"run": _MEANWHILE, "colour": state["colour"]}, None)}
        words = f"{doing}: {fraction:.0%}." + (" Until then, this is the PCA map." if meanwhile else "")
        yield {"notice": notice(words)} if meanwhile else {"view": None, "notice": notice(words)}


def _drawn_map(
    latent_map: ProjectionMap, condition: str, priors: Sequence[str], state: ViewState, gaussian: PictureGaussian | None
) -> Iterator[Update]:
    model, projection = latent_map.model, latent_map.projection
    of = _of(model, projection)
    state = state if state["of"] == of else {"run": new_run(), "of": of, "zoom": 1.0, "colour": state["colour"]}
    state = initial_state(latent_map) | state
    gaussian = gaussian if gaussian is not None and gaussian.model == model else None
    # So that the pointer need not wait for the model.
    map_decode.picture_at(model, condition, projection, state["x"], state["y"])
    query = link_query(model, condition, projection, priors, state)
    shown = map_value(latent_map, condition, [], state, None)
    yield {"state": state, "view": shown, "notice": None, "query": query}
    if priors or gaussian is not None:
        yield {"notice": notice("Placing draws and pictures on the map.")}
        yield {"view": map_value(latent_map, condition, priors, state, gaussian), "notice": None}


def _of(model: str, projection: str) -> str:
    return f"{model} {projection}"


def on_moved(
    model: str, condition: Sequence[str] | None, projection: str, priors: Sequence[str], state: ViewState,
    event: gr.EventData,
) -> Update:  # fmt: skip
    """Where the view came to rest, and the link to there."""
    data: dict[str, Any] = event._data
    if data.get("run") != state.get("run"):
        return {}
    state = state | read_state(data)
    if state["of"] != _of(model, projection):
        return {"state": state}
    return {"state": state, "query": link_query(model, condition_text(condition), projection, priors, state)}


def read_state(given: Mapping[str, Any]) -> ViewState:
    """A checked place, zoom and colour; what is not given is left out. Raises PlaygroundError for a bad number."""
    state: ViewState = {}
    for one, other in (("x", "y"), ("left", "top")):
        if one in given or other in given:
            state[one], state[other] = map_decode.read_map_position(given.get(one, 0), given.get(other, 0))
    if "zoom" in given:
        sentence = f"The zoom must be a number from {_MIN_ZOOM} to {_MAX_ZOOM}"
        state["zoom"] = parse_number(given["zoom"], sentence)
        if not _MIN_ZOOM <= state["zoom"] <= _MAX_ZOOM:
            raise PlaygroundError(f"{sentence}; it was {state['zoom']:g}.")
    if "colour" in given:
        state["colour"] = str(given["colour"])[:60]
    return state


def link_query(model: str, condition: str, projection: str, priors: Sequence[str], state: ViewState) -> str:
    """The query of the link to a place on a map that is laid out."""
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
    asked = recipe.settings
    projection = projection_map.read_projection(asked.get("projection", "pca"))
    names = [name for name in str(asked.get("draws") or "").split(",") if name]
    priors = [parse_choice(name, list(PRIORS), "draws") for name in names]
    state = {"zoom": 1.0, "colour": "", **read_state(asked), "run": new_run(), "of": _of(recipe.model, projection)}
    column = restore_settings(recipe)
    return {**column, "state": state, "projection": projection, "priors": priors, "notice": None}


def on_endpoint(model: str, projection: str, endpoints: str, event: gr.EventData) -> Update:
    """A place's point, or the mean of a picture, as an end point of the walk."""
    data: dict[str, Any] = event._data
    latent_map = projection_map.cached_map(model, projection)
    if "row" in data:
        row = int(data["row"])
        if not 0 <= row < len(latent_map.points):
            raise PlaygroundError("Choose a picture first: click a point of the map.")
        point = latent_map.means[row]
    else:
        point = map_decode.point_at(latent_map, *map_decode.read_map_position(data.get("x"), data.get("y")))
    return endpoint_added(endpoints, pack_point(point.tolist()))


def on_stop(model: str, projection: str, redraw: str) -> Update:
    """Back to the PCA map, if that was shown while t-SNE was computed."""
    said = {"notice": stopped()}
    for name, update in ((projection, {}), ("pca", {"projection": "pca", "redraw": str(int(redraw) + 1)})):
        try:
            projection_map.cached_map(model, name)
            return {**said, **update}
        except PlaygroundError:
            continue
    return said


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """The panel, connected."""
    introduction(
        "10,000 training pictures of a VAE: each point is where its encoder puts one of them, told nothing but pixels.",
        "Hover over points; drag the cross, its picture follows. Colour by a word, zoom, overlay draws of the prior.",
        "Where no picture lies are holes: what the model makes of a point there, nothing in the data has taught it.",
    )
    with gr.Row():
        projection = gr.Radio(
            [("PCA: a plane in the space", "pca"), ("t-SNE: neighbours together", "tsne")], value="pca",
            label="Map", elem_id="map-projection",
        )  # fmt: skip
        priors = gr.CheckboxGroup(
            [(title, name) for name, title in PRIORS.items()], value=[], label="Lay over it 1,000 draws of",
            elem_id="map-draws",
        )  # fmt: skip
        stop = gr.Button("Stop", elem_id="map-stop", scale=0, min_width=90)
    note = notice_view(elem_id="map-notice")
    shown = map_view(probe, thumbs, elem_id="map")
    own = own_picture.build()
    with gr.Accordion("How is the map made?", open=False):
        gr.Markdown(
            "The encoder gives each picture a Gaussian; its mean is the point. It is told nothing of what the picture "
            'shows ("any"), so that the place comes from the pixels alone. **PCA** turns the space so that the two '
            "directions with the most variance lie flat. **t-SNE** (van der Maaten and Hinton 2008, computed by "
            "openTSNE from a PCA start, perplexity 30) moves points until neighbours are together. It is laid out "
            "once, in a minute or two, and kept; on another processor it may come out a little differently, and a link "
            "then leads to the same numbers, not the same neighbours. Marks over it are placed among their neighbours, "
            "which stay: a draw in a hole is shown at the hole's rim, so believe the percentages more than the map."
        )
    state = gr.State({"run": "", "of": "", "zoom": 1.0, "colour": ""})
    redraw = gr.Textbox("0", visible="hidden", elem_id="map-redraw")
    map_ = MapComponents(state, projection, priors, stop, note, shown, redraw, gr.Textbox(visible="hidden"))
    _connect(map_, shared)
    redraw_on = [projection.input, priors.input, redraw.change, *own_picture.connect(own, shared.model, note)]
    return Panel(
        NAME, item, (map_, shared, {"gaussian": own.gaussian, "picture": own.picture, "canvas": own.canvas}),
        restore=restore, restored=[*RESTORED, "state", "projection", "priors"],
        draw=on_draw, drawn=["state", "view", "notice", "picture", "canvas", "query"],
        draw_inputs=["model", "condition", "projection", "priors", "state", "gaussian", "picture"],
        redraw_on=redraw_on, stops=[stop],
    )  # fmt: skip


def _connect(map_: MapComponents, shared: LatentShared) -> None:
    parts = (map_, shared)
    inputs = ["model", "condition", "projection", "priors", "state"]
    moved = call(on_moved, parts, inputs, ["state", "query", "notice"])
    map_.view.moved(**moved, queue=False, **FOLLOWS)
    added = call(on_endpoint, parts, ["model", "projection", "endpoints"], ["endpoints", "notice"])
    map_.view.end(**added, queue=False, **QUIET)
    after_stop = call(on_stop, parts, ["model", "projection", "redraw"], ["projection", "redraw", "notice"])
    map_.stop.click(**after_stop, queue=False, js=AFTER_CANCEL, **QUIET)
