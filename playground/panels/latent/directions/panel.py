"""Directions: sliders for principal components and for words of labels, and what else moves with each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.images.model_menu import image_model_facts
from playground.latent import attribute_edit
from playground.latent.directions import Directions
from playground.latent.endpoints import pack_point
from playground.panels.latent.controls import written
from playground.panels.latent.directions.sentences import about, explanation, first_keys, levers, table, uncounted
from playground.panels.latent.directions.view import directions_view, entangled_view
from playground.panels.latent.panels import Shared, Wired
from playground.panels.latent.walk.kept_endpoints import added
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.picture_views import pack

_SKIP: Any = gr.skip()
NAME, TITLE = "directions", "Directions"
#: Before a model is known, and where a link cannot be followed: what starts then is the model's own first.
FIRST: dict[str, Any] = {"model": "", "start": None, "moves": {}, "name": "", "trouble": ""}
_DOING = {
    "vae": "Asking the encoder where the pictures lie",
    "gan": "Drawing pictures, and reading what they show",
}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """The panel's components. edit: gr.State of {"model", "start", "moves", "name", "trouble"}: where the
    view stands, and what was wrong with the link that led there."""

    edit: gr.State
    view: gr.HTML
    matrix: gr.HTML
    strength: gr.Radio
    count: gr.Button
    notice: gr.HTML
    about: gr.Markdown
    how: gr.Markdown


def edited(asked: Any) -> dict[str, Any]:
    """The picture before and after, for the view: outside the queue, so that it follows the pointer. Or {"error"}."""
    import numpy as np

    try:
        if not isinstance(asked, dict):
            raise PlaygroundError("An edit must name a model, a start and moves.")
        made = attribute_edit.apply_edit(
            asked.get("model"), asked.get("condition"), _start(asked.get("start")), asked.get("moves")
        )
        read = [[name, *words] for name, words in made.labels.items()]
        return pack(np.stack([made.before, made.after])) | {"read": read}
    except PlaygroundError as error:
        return {"error": str(error)}


def _start(given: Any) -> Any:
    """What the view says of a start: a point is passed on as its text."""
    return given.get("text") if isinstance(given, dict) and given.get("kind") == "z" else given


def on_open(front: str, model: str, condition: Sequence[str] | None, edit: dict[str, Any]) -> Iterator[list[Any]]:
    """(edit, view, matrix, notice, about, how), if the panel is in front: finds the directions, once for all."""
    if front != NAME:
        yield [_SKIP] * 6
        return
    try:
        if edit["model"] not in ("", model):
            edit = FIRST  # a move means nothing in another model's space
        edit = edit | {"model": model, "start": edit["start"] or _first_start(model)}
        for found in attribute_edit.find_directions(model):
            if not isinstance(found, Directions):
                doing = f"{_DOING[image_model_facts(model).kind]}, once for all: {found:.0%}."
                yield [_SKIP, None, None, notice(doing), "", _SKIP]
                continue
            counted = bool(found.values)
            said = notice("Counting, for the table below, what else moves.") if counted else None
            yield [edit, _value(found, written(condition), edit), None, said, about(found), explanation(found)]
            counts = table(found, first_keys(found), 1.0, written(condition)) if counted else uncounted()
            said = notice(edit["trouble"], "error") if edit["trouble"] else None
            yield [_SKIP, _SKIP, counts, said, _SKIP, _SKIP]
    except PlaygroundError as error:
        yield [_SKIP, None, None, notice(str(error), "error"), "", _SKIP]


def _first_start(model: str) -> dict[str, Any]:
    start = attribute_edit.read_edit_base(attribute_edit.default_base(model), model)
    return {"kind": start.kind, "number": start.number}


def _value(found: Directions, condition: str, edit: dict[str, Any]) -> dict[str, Any]:
    """For the view. Raises PlaygroundError for a move along a direction that the model does not have."""
    from playground.images.dataset_browser import image_count

    for key in edit["moves"]:
        found.direction(key)
    facts = image_model_facts(found.model)
    last = image_count(found.dataset) - 1 if facts.kind == "vae" and facts.dataset else None
    return {**edit, "condition": condition, "last": last, "levers": levers(found)}


def on_count(
    model: str, condition: Sequence[str] | None, edit: dict[str, Any], strength: float
) -> Iterator[tuple[Any, Any]]:
    """(matrix, notice): counted for the directions that the picture is moved along, and the first of each label."""
    try:
        yield _SKIP, notice("Moving and reading pictures.")
        found = attribute_edit.known_directions(model)
        moved = [key for key in edit["moves"] if key in found.by_key]
        groups = {found.direction(key).group for key in moved} - {"component"}
        rest = [key for key in first_keys(found) if key not in moved]
        if len({found.direction(key).group for key in rest}) > 2:
            rest = [key for key in rest if found.direction(key).group not in groups]
        yield table(found, [*moved, *rest], float(strength), written(condition)), None
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error")


def on_rested(model: str, event: gr.EventData) -> Any:
    """Where the view came to rest."""
    data: dict[str, Any] = event._data
    start = data.get("start") if isinstance(data.get("start"), dict) else None
    moves = data.get("moves") if isinstance(data.get("moves"), dict) else None
    if start is None or moves is None:
        return _SKIP
    return {
        "model": model,
        "start": start,
        "moves": moves,
        "name": str(data.get("name") or "")[: attribute_edit.MAX_NAME_LENGTH],
        "trouble": "",
    }


def on_query(front: str, model: str, condition: Sequence[str] | None, edit: dict[str, Any]) -> Any:
    """The link to the edit, if the panel is in front."""
    if front != NAME:
        return _SKIP
    try:
        base = attribute_edit.read_edit_base(_start(edit["start"]), model)
        moves = attribute_edit.read_moves(edit["moves"])
        return attribute_edit.edit_recipe(model, written(condition), base, moves, edit["name"]).to_query()
    except PlaygroundError:
        return _SKIP


def on_restore(pending: Recipe) -> list[Any]:
    """(edit,) from a link."""
    try:
        base = attribute_edit.read_edit_base(
            pending.settings.get("start", attribute_edit.default_base(pending.model)), pending.model
        )
        moves = attribute_edit.read_moves(pending.settings.get("moves", ""))
        start = {"kind": base.kind, "number": base.number, "text": str(base)}
        name = str(pending.settings.get("name", ""))[: attribute_edit.MAX_NAME_LENGTH]
        return [{"model": pending.model, "start": start, "moves": moves, "name": name, "trouble": ""}]
    except PlaygroundError as error:
        return [FIRST | {"model": pending.model, "trouble": f"This link cannot be followed. {error}"}]


def on_end(model: str, condition: Sequence[str] | None, ends: str, event: gr.EventData) -> tuple[Any, Any]:
    """(end points of the walk, notice), after the button."""
    try:
        data: Mapping[str, Any] = event._data
        made = attribute_edit.apply_edit(model, written(condition), _start(data.get("start")), data.get("moves"))
        told = "It is the last end point of the walk now: open the panel Walk."
        if image_model_facts(model).attributes and image_model_facts(model).kind == "gan":
            told = "Its z is the last end point of the walk now. What is drawn there, the walk itself is told."
        return added(ends, pack_point(attribute_edit.latent_of(made, model).tolist())), notice(told, "ok")
    except PlaygroundError as error:
        return _SKIP, notice(str(error), "error")


def build() -> Panel:
    """The panel."""
    introduction(
        "One picture, twice: as it is, and after its point was moved along directions of the latent space.",
        "Move a slider: the picture follows. Start from another picture, and see whether the same move does the same.",
        "If one short step puts glasses on everybody, the model has ordered its space by glasses. The numbers say how "
        "well a direction tells pictures apart, and the table what else moves with it.",
    )
    note = notice_view(elem_id="directions-notice")
    particular = gr.Markdown(elem_id="directions-about")
    shown = directions_view(edited, elem_id="directions")
    with gr.Accordion("What else moves? Entanglement, counted", open=True):
        with gr.Row(elem_classes="pg-actions"):
            strength = gr.Radio(
                [("−1", -1.0), ("1", 1.0), ("2", 2.0)], value=1.0, label="Move by", elem_id="directions-strength"
            )
            count = gr.Button("Count for the moved sliders", elem_id="directions-count")
        matrix = entangled_view(elem_id="directions-matrix")
    with gr.Accordion("How are the directions found?", open=False):
        how = gr.Markdown(elem_id="directions-how")
    return Panel(gr.State(FIRST), shown, matrix, strength, count, note, particular, how)


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    controls = shared.controls
    place = [controls.model, controls.condition, panel.edit]
    told_: dict[str, Any] = {"fn": on_query, "inputs": [shared.front, *place], "outputs": shared.query, **FOLLOWS}
    panel.view.rested(on_rested, controls.model, panel.edit, queue=False, **FOLLOWS).then(**told_)
    given = [controls.model, controls.condition, shared.ends]
    panel.view.end(on_end, given, [shared.ends, panel.notice], **QUIET, **MODEL_QUEUE)
    gr.on(
        [panel.count.click, panel.strength.input], on_count, [*place, panel.strength], [panel.matrix, panel.notice],
        **QUIET, **MODEL_QUEUE,
    )  # fmt: skip
    opens = {
        "fn": on_open, "inputs": [shared.front, *place],
        "outputs": [panel.edit, panel.view, panel.matrix, panel.notice, panel.about, panel.how], **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    restores = {"fn": on_restore, "outputs": [panel.edit]}
    return Wired(NAME, room, restores, opens, told_)
