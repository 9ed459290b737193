"""Map: where the pictures of the data lie in a VAE's latent space, seen flat, and what lies between them."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

from playground.errors import PlaygroundError
from playground.labs.checking import as_number, one_of
from playground.labs.latent import mapping, places
from playground.labs.latent.mapping import Map
from playground.labs.latent.places import Gaussian
from playground.labs.latent.request import packed_point
from playground.labs.pictures.models import picture_facts
from playground.labs.pictures.request import read_condition, written_condition
from playground.recipe import Recipe, Setting
from playground.tabs.latent import map_mine
from playground.tabs.latent.controls import written
from playground.tabs.latent.panels import Shared, Wired, is_of
from playground.tabs.latent.walk import added
from playground.views.base import new_run
from playground.views.lead import lead
from playground.views.map import map_view
from playground.views.notice import notice, notice_view
from playground.views.pictures import pack
from playground.views.running import MODEL_QUEUE, QUIET, stop_button

_SKIP: Any = gr.skip()
NAME, TITLE = "map", "Map"
_DRAWS = {"normal": "□ the prior N(0, I)", "mixture": "△ the mixture prior"}
#: A run of this name shows the plane while the map of neighbours is laid out; what it says of its place is not kept.
_MEANWHILE = "meanwhile"

At = dict[str, Any]


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
    mine: map_mine.Mine


def probe(asked: Any) -> dict[str, Any]:
    """The picture of a place, for the view: outside the queue, so that it follows the pointer. Or {"error"}."""
    try:
        if not isinstance(asked, dict):
            raise PlaygroundError("A place on the map must be two numbers, x and y.")
        names = ("model", "condition", "projection", "x", "y")
        return pack(places.picture_at(*[asked.get(name) for name in names]))
    except PlaygroundError as error:
        return {"error": str(error)}


def thumbs(asked: Any) -> dict[str, Any]:
    """Pictures of the data by their numbers on the map, for the view. Or {"error"}."""
    try:
        if not isinstance(asked, dict):
            raise PlaygroundError("Pictures must be asked for by their numbers.")
        return pack(places.data_pictures(asked.get("model"), asked.get("projection"), asked.get("rows")))
    except PlaygroundError as error:
        return {"error": str(error)}


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
        yield (_SKIP, _SKIP, _SKIP, *map_mine.fitting(picture, model))
        of = f"{model} {projection}"
        at = at if at["of"] == of else {"run": new_run(), "of": of, "zoom": 1.0, "colour": at["colour"]}
        drawn: Map | None = None
        meanwhile = False
        for step in mapping.maps(model, projection):
            if isinstance(step, Map):
                drawn = step
                continue
            if step[0].startswith("Laying") and not meanwhile:
                meanwhile = True
                plane = next(made for made in mapping.maps(model, "pca") if isinstance(made, Map))
                shown = value(plane, written(condition), [], {"run": _MEANWHILE, "colour": at["colour"]}, None)
                yield _SKIP, shown, _SKIP, _SKIP, _SKIP
            said = f"{step[0]}: {step[1]:.0%}." + (" Until then, this is the PCA map." if meanwhile else "")
            yield _SKIP, (_SKIP if meanwhile else None), notice(said), _SKIP, _SKIP
        assert drawn is not None
        at = _at_home(drawn) | at
        mine = mine if mine is not None and mine.model == model else None
        yield at, value(drawn, written(condition), [], at, None), None, _SKIP, _SKIP
        if draws or mine is not None:
            yield _SKIP, _SKIP, notice("Placing what lies over the map."), _SKIP, _SKIP
            yield _SKIP, value(drawn, written(condition), draws, at, mine), None, _SKIP, _SKIP
    except PlaygroundError as error:
        yield _SKIP, None, notice(str(error), "error"), _SKIP, _SKIP


def _square(drawn: Map) -> tuple[list[float], float]:
    """(lower left corner, side) of the square that holds all points, with a margin."""
    low, high = drawn.points.min(0).astype(float), drawn.points.max(0).astype(float)
    size = float((high - low).max()) * 1.06
    return ((low + high - size) / 2).tolist(), size


def _at_home(drawn: Map) -> At:
    """The whole map, with the cross on the picture that is nearest to the middle of all."""
    low, size = _square(drawn)
    nearest = drawn.points[np.square(drawn.points - drawn.points.mean(0)).sum(1).argmin()]
    home = {"x": float(nearest[0]), "y": float(nearest[1]), "left": low[0] + size / 2, "top": low[1] + size / 2}
    return home | {"zoom": 1.0, "colour": ""}


def value(drawn: Map, condition: str, draws: Sequence[str], at: At, mine: Gaussian | None) -> dict[str, Any]:
    """For the map view. Raises PlaygroundError for a prior that the model does not have."""
    low, size = _square(drawn)
    words, table = places.labels(drawn)
    points = np.round((drawn.points - np.array(low)) / size * 65535).astype("<u2")
    over = [
        {"name": name, "points": places.draws_on(drawn, name).astype(float).round(3).tolist()}
        for name in _DRAWS
        if name in draws
    ]
    return {
        "run": at["run"],
        "model": drawn.model,
        "condition": condition,
        "projection": drawn.projection,
        "points": base64.b64encode(points.tobytes()).decode(),
        "low": low,
        "size": size,
        "labels": base64.b64encode(table.tobytes()).decode(),
        "attributes": [{"name": name, "words": list(of)} for name, of in words.items()],
        "axes": axes_words(drawn),
        "marks": _marks_words(drawn, draws, mine),
        "at": _at_home(drawn) | at,
        "draws": over,
        "mine": map_mine.mark(drawn, mine),
    }


def axes_words(drawn: Map) -> str:
    """What directions on the map mean."""
    if drawn.projection == "tsne":
        return (
            "Neighbours in the space are neighbours here; how far apart groups lie, and left or up, means nothing. No "
            f"way leads back from this map: the cross shows the mean of the points of its {places.NEAREST} nearest "
            "pictures, the nearer counting more (1 / distance²)."
        )
    first, second = drawn.shares
    return (
        f"Across: the direction along which the pictures' points vary most, {first:.0%} of all variance. Upwards: the "
        f"next, {second:.0%}. So this flat map shows {first + second:.0%}; in the other {drawn.means.shape[1] - 2} "
        "dimensions, points that touch here may lie far apart. The cross stands on the plane itself."
    )


def _marks_words(drawn: Map, draws: Sequence[str], mine: Gaussian | None) -> str:
    said = [] if mine is None else [map_mine.words(drawn, mine)]
    if draws:
        holes = places.holes(drawn)
        each = [
            f"{sign[0]} Of {places.DRAWS:,} draws of {holes.priors[name].title}, {holes.priors[name].lonely:.1%} do."
            for name, sign in _DRAWS.items()
            if name in draws and name in holes.priors
        ]
        said.append(
            f"99 % of unseen pictures lie within {holes.far:.2f} of one of these {len(drawn.points):,}, in all "
            f"{drawn.means.shape[1]} dimensions. Which draws lie farther out, in a hole? {' '.join(each)} For comparison, "
            f"draws from unseen pictures' own Gaussians: {holes.own:.1%}."
        )
    return " ".join(said)


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
            made[one], made[other] = places.read_spot(given.get(one, 0), given.get(other, 0))
    if "zoom" in given:
        sentence = "The zoom must be a number from 0.25 to 200"
        made["zoom"] = as_number(given["zoom"], sentence)
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
        facts = picture_facts(model)
        settings: dict[str, Setting] = {
            "panel": NAME,
            "projection": projection,
            "colour": at["colour"],
            **{name: round(at[name], 4) for name in ("x", "y", "zoom", "left", "top")},
            "draws": ",".join(draws),
            "condition": written_condition(read_condition(facts, written(condition))),
        }
        return Recipe("latent", model, facts.weights_sha256, 0, settings).to_query()
    except PlaygroundError:
        return _SKIP


def on_restore(pending: Recipe | None) -> tuple[Any, ...]:
    """(at, projection, draws, notice) from a link."""
    if pending is None or not is_of(pending, NAME):
        return (_SKIP,) * 4
    try:
        asked = pending.settings
        projection = mapping.read_projection(asked.get("projection", "pca"))
        draws = [one_of(name, list(_DRAWS), "draws") for name in str(asked.get("draws") or "").split(",") if name]
        at = {"zoom": 1.0, "colour": "", **read_at(asked)}
        return at | {"run": new_run(), "of": f"{pending.model} {projection}"}, projection, draws, None
    except PlaygroundError as error:
        return _SKIP, _SKIP, _SKIP, notice(f"This link cannot be followed. {error}", "error")


def on_end(model: str, projection: str, ends: str, event: gr.EventData) -> tuple[Any, Any]:
    """(end points of the walk, notice), after a button or a key: the place's point, or a picture's mean."""
    try:
        data: dict[str, Any] = event._data
        drawn = mapping.known(model, projection)
        if "row" in data:
            row = int(data["row"])
            if not 0 <= row < len(drawn.points):
                raise PlaygroundError("Choose a picture first: click a point of the map.")
            point = drawn.means[row]
        else:
            point = places.point_of(drawn, *places.read_spot(data.get("x"), data.get("y")))
        return added(ends, packed_point(point.tolist())), notice(
            "It is the last end point of the walk now: open the panel Walk.", "ok"
        )
    except PlaygroundError as error:
        return _SKIP, notice(str(error), "error")


def on_stopped(model: str, projection: str) -> Any:
    """The projection that is on the screen, after Stop."""
    try:
        mapping.known(model, projection)
        return _SKIP
    except PlaygroundError:
        return "pca"


def build() -> Panel:
    """The panel."""
    lead(
        "10,000 training pictures of a VAE: every point is where its encoder puts one of them, told nothing but pixels.",
        "Hover over points, drag the cross: its picture follows. Colour by a word, zoom, lay the prior's draws over it.",
        "Where no picture lies are holes: what the model makes of a point there, nothing in the data has taught it.",
    )
    with gr.Row():
        projection = gr.Radio(
            [("PCA: a plane in the space", "pca"), ("t-SNE: neighbours together", "tsne")], value="pca",
            label="Map", elem_id="map-projection",
        )  # fmt: skip
        draws = gr.CheckboxGroup(
            [(title, name) for name, title in _DRAWS.items()], value=[], label="Lay over it 1,000 draws of",
            elem_id="map-draws",
        )  # fmt: skip
        stop = gr.Button("Stop", elem_id="map-stop", scale=0, min_width=90)
    note = notice_view(elem_id="map-notice")
    shown = map_view(probe, thumbs, elem_id="map")
    mine = map_mine.build()
    with gr.Accordion("How is the map made?", open=False):
        gr.Markdown(
            "The encoder gives each picture a Gaussian; its mean is the point. It is told nothing of what the picture "
            'shows ("any"), so that the place comes from the pixels alone. **PCA** turns the space so that the two '
            "directions with the most variance lie flat. **t-SNE** (van der Maaten and Hinton 2008, computed by "
            "openTSNE from a PCA start, perplexity 30) moves points until neighbours are together. It is laid out once, "
            "in a minute or two, and kept; on another processor it may come out a little differently, and a link then "
            "leads to the same numbers, not the same neighbours. Marks over it are placed among their neighbours, which "
            "stay: a draw in a hole is shown at the hole's rim, so believe the percentages more than the map."
        )
    at = gr.State({"run": "", "of": "", "zoom": 1.0, "colour": ""})
    return Panel(at, projection, draws, stop, note, shown, mine)


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    controls, mine = shared.controls, panel.mine
    place = [shared.front, controls.model, controls.condition, panel.projection, panel.draws, panel.at]
    told: dict[str, Any] = {"fn": on_query, "inputs": place, "outputs": shared.query, "queue": False, **QUIET}
    opens: dict[str, Any] = {
        "fn": on_open, "inputs": [*place, mine.gaussian, mine.picture],
        "outputs": [panel.at, panel.view, panel.notice, mine.picture, mine.canvas], **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    panel.view.moved(on_moved, panel.at, panel.at, queue=False, **QUIET).then(**told)
    changed = gr.on([panel.projection.input, panel.draws.input], trigger_mode="always_last", **opens)
    changed.then(**told)
    stop_button(panel.stop, changed, panel.notice)
    at_stop = [controls.model, panel.projection]
    panel.stop.click(on_stopped, at_stop, panel.projection, queue=False, **QUIET)
    given = [controls.model, panel.projection, shared.ends]
    panel.view.end(on_end, given, [shared.ends, panel.notice], queue=False, **QUIET)
    map_mine.wire(mine, controls.model, panel.notice, opens)
    restores = {
        "fn": on_restore, "inputs": shared.pending,
        "outputs": [panel.at, panel.projection, panel.draws, panel.notice], "queue": False, **QUIET,
    }  # fmt: skip
    return Wired(NAME, room, restores, opens, told)
