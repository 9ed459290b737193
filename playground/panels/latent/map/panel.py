"""Map: where the pictures of the data lie in a VAE's latent space, seen flat, and what lies between them."""

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
from playground.latent.map_decode import Gaussian
from playground.latent.projection_map import ProjectionMap
from playground.panels.latent import canvas
from playground.panels.latent.controls import written
from playground.panels.latent.map import own_picture
from playground.panels.latent.map.data import DRAWS, At, at_home, value
from playground.panels.latent.map.view import map_view
from playground.panels.latent.panels import Shared, Wired
from playground.panels.latent.walk.kept_endpoints import added
from playground.ui.events import AFTER_CANCEL, FOLLOWS, MODEL_QUEUE, QUIET, connect_stop
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.picture_views import pack
from playground.ui.view import new_run

_SKIP: Any = gr.skip()
NAME, TITLE = "map", "Map"
#: A run of this name shows the plane while the map of neighbours is laid out; what it says of its place is not kept.
_MEANWHILE = "meanwhile"


@dataclass(frozen=True)
class Panel:
    """The panel's components.

    at: gr.State of where the view stands: {"run", "of", "x", "y", "zoom", "left", "top", "colour"}; "of" is the model
    and projection, "" before the first.
    """

    at: gr.State
    projection: gr.Radio
    draws: gr.CheckboxGroup
    stop: gr.Button
    notice: gr.HTML
    view: gr.HTML
    mine: own_picture.Mine
    turn: gr.Textbox


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


def on_turn(front: str, count: str) -> Any:
    """The box that is turned whenever the map is to be drawn anew, if the panel is in front."""
    return str(int(count) + 1) if front == NAME else _SKIP


def on_open(
    front: str,
    model: str,
    condition: Sequence[str] | None,
    projection: str,
    draws: Sequence[str],
    at: At,
    mine: Gaussian | None,
    picture: Any,
) -> Iterator[tuple[Any, ...]]:
    """(at, view, notice, my picture, its canvas), if the panel is in front: lays the map out, with what is on it."""
    if front != NAME:
        yield (_SKIP,) * 5
        return
    try:
        yield (_SKIP, _SKIP, _SKIP, *canvas.fitting(picture, model))
        of = f"{model} {projection}"
        at = at if at["of"] == of else {"run": new_run(), "of": of, "zoom": 1.0, "colour": at["colour"]}
        drawn: ProjectionMap | None = None
        meanwhile = False
        for step in projection_map.compute_map(model, projection):
            if isinstance(step, ProjectionMap):
                drawn = step
                continue
            if step[0].startswith("Laying") and not meanwhile:
                meanwhile = True
                plane = next(
                    made for made in projection_map.compute_map(model, "pca") if isinstance(made, ProjectionMap)
                )
                shown = value(plane, written(condition), [], {"run": _MEANWHILE, "colour": at["colour"]}, None)
                yield _SKIP, shown, _SKIP, _SKIP, _SKIP
            said = f"{step[0]}: {step[1]:.0%}." + (" Until then, this is the PCA map." if meanwhile else "")
            yield _SKIP, (_SKIP if meanwhile else None), notice(said), _SKIP, _SKIP
        assert drawn is not None
        at = at_home(drawn) | at
        mine = mine if mine is not None and mine.model == model else None
        map_decode.picture_at(
            model, written(condition), projection, at["x"], at["y"]
        )  # the pointer need not wait for the model
        yield at, value(drawn, written(condition), [], at, None), None, _SKIP, _SKIP
        if draws or mine is not None:
            yield _SKIP, _SKIP, notice("Placing what lies over the map."), _SKIP, _SKIP
            yield _SKIP, value(drawn, written(condition), draws, at, mine), None, _SKIP, _SKIP
    except PlaygroundError as error:
        yield _SKIP, None, notice(str(error), "error"), _SKIP, _SKIP


def on_moved(at: At, event: gr.EventData) -> Any:
    """Where the view came to rest."""
    try:
        data: dict[str, Any] = event._data
        if data.get("run") != at.get("run"):
            return _SKIP
        return at | read_at(data)
    except PlaygroundError:
        return _SKIP


def read_at(given: Mapping[str, Any]) -> At:
    """A checked place, zoom and colour; what is not given is left out. Raises PlaygroundError for what is no number."""
    made: At = {}
    for one, other in (("x", "y"), ("left", "top")):
        if one in given or other in given:
            made[one], made[other] = map_decode.read_map_position(given.get(one, 0), given.get(other, 0))
    if "zoom" in given:
        sentence = "The zoom must be a number from 0.25 to 200"
        made["zoom"] = parse_number(given["zoom"], sentence)
        if not 0.25 <= made["zoom"] <= 200:
            raise PlaygroundError(f"{sentence}; it was {made['zoom']:g}.")
    if "colour" in given:
        made["colour"] = str(given["colour"])[:60]
    return made


def on_query(
    front: str, model: str, condition: Sequence[str] | None, projection: str, draws: Sequence[str], at: At
) -> Any:
    """The link to the place, if the panel is in front and its map is laid out."""
    if front != NAME or at["of"] != f"{model} {projection}" or "left" not in at:
        return _SKIP
    try:
        facts = image_model_facts(model)
        settings: dict[str, Setting] = {
            "panel": NAME,
            "projection": projection,
            "colour": at["colour"],
            **{name: round(at[name], 4) for name in ("x", "y", "zoom", "left", "top")},
            "draws": ",".join(draws),
            "condition": format_condition(parse_condition(facts, written(condition))),
        }
        return Recipe("latent", model, facts.weights_sha256, 0, settings).to_query()
    except PlaygroundError:
        return _SKIP


def on_restore(pending: Recipe) -> tuple[Any, ...]:
    """(at, projection, draws, notice) from a link."""
    try:
        asked = pending.settings
        projection = projection_map.read_projection(asked.get("projection", "pca"))
        draws = [parse_choice(name, list(DRAWS), "draws") for name in str(asked.get("draws") or "").split(",") if name]
        at = {"zoom": 1.0, "colour": "", **read_at(asked)}
        return at | {"run": new_run(), "of": f"{pending.model} {projection}"}, projection, draws, None
    except PlaygroundError as error:
        return _SKIP, _SKIP, _SKIP, notice(f"This link cannot be followed. {error}", "error")


def on_end(model: str, projection: str, ends: str, event: gr.EventData) -> tuple[Any, Any]:
    """(end points of the walk, notice), after a button or a key: the place's point, or a picture's mean."""
    try:
        data: dict[str, Any] = event._data
        drawn = projection_map.cached_map(model, projection)
        if "row" in data:
            row = int(data["row"])
            if not 0 <= row < len(drawn.points):
                raise PlaygroundError("Choose a picture first: click a point of the map.")
            point = drawn.means[row]
        else:
            point = map_decode.point_at(drawn, *map_decode.read_map_position(data.get("x"), data.get("y")))
        return added(ends, pack_point(point.tolist())), notice(
            "It is the last end point of the walk now: open the panel Walk.", "ok"
        )
    except PlaygroundError as error:
        return _SKIP, notice(str(error), "error")


def on_stopped(model: str, projection: str, count: str) -> tuple[Any, Any]:
    """(projection, turned box) after Stop: back to the plane, if that was shown while another map was laid out."""
    for name, answer in ((projection, (_SKIP, _SKIP)), ("pca", ("pca", str(int(count) + 1)))):
        try:
            projection_map.cached_map(model, name)
            return answer
        except PlaygroundError:
            continue
    return _SKIP, _SKIP


def build() -> Panel:
    """The panel."""
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
        draws = gr.CheckboxGroup(
            [(title, name) for name, title in DRAWS.items()], value=[], label="Lay over it 1,000 draws of",
            elem_id="map-draws",
        )  # fmt: skip
        stop = gr.Button("Stop", elem_id="map-stop", scale=0, min_width=90)
    note = notice_view(elem_id="map-notice")
    shown = map_view(probe, thumbs, elem_id="map")
    mine = own_picture.build()
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
    at = gr.State({"run": "", "of": "", "zoom": 1.0, "colour": ""})
    turn = gr.Textbox("0", visible="hidden", elem_id="map-turn")
    return Panel(at, projection, draws, stop, note, shown, mine, turn)


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    controls, mine = shared.controls, panel.mine
    place = [shared.front, controls.model, controls.condition, panel.projection, panel.draws, panel.at]
    told: dict[str, Any] = {"fn": on_query, "inputs": place, "outputs": shared.query, "queue": False, **FOLLOWS}
    drawn = panel.turn.change(
        on_open, [*place, mine.gaussian, mine.picture],
        [panel.at, panel.view, panel.notice, mine.picture, mine.canvas], **QUIET, **MODEL_QUEUE,
    )  # fmt: skip
    drawn.then(**told)
    connect_stop(panel.stop, drawn, panel.notice)
    # Whatever asks for the map turns this box: one event draws, which Stop can stop.
    opens: dict[str, Any] = {
        "fn": on_turn, "inputs": [shared.front, panel.turn], "outputs": panel.turn, "queue": False, **FOLLOWS,
    }  # fmt: skip
    panel.view.moved(on_moved, panel.at, panel.at, queue=False, **FOLLOWS).then(**told)
    gr.on([panel.projection.input, panel.draws.input], **opens)
    at_stop, after = [controls.model, panel.projection, panel.turn], [panel.projection, panel.turn]
    panel.stop.click(on_stopped, at_stop, after, queue=False, js=AFTER_CANCEL, **QUIET)
    given = [controls.model, panel.projection, shared.ends]
    panel.view.end(on_end, given, [shared.ends, panel.notice], queue=False, **QUIET)
    own_picture.wire(mine, controls.model, panel.notice, opens)
    restores = {"fn": on_restore, "outputs": [panel.at, panel.projection, panel.draws, panel.notice]}
    return Wired(NAME, room, restores, opens, told)
