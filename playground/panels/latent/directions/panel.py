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
from playground.panels.latent.directions.data import about, explanation, first_keys, levers, matrix_value, no_matrix
from playground.panels.latent.directions.view import directions_view, entanglement_view
from playground.panels.latent.shared import (
    RESTORED,
    LatentShared,
    append_endpoint,
    condition_text,
    endpoint_added,
    restore_settings,
)
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.messages import cannot_follow, error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.picture_views import pack

NAME, TITLE = "directions", "Directions"
#: The edit before a model is known: what it starts from is then the model's own first picture.
FIRST_EDIT: dict[str, Any] = {"model": "", "start": None, "moves": {}, "name": ""}
_DOING = {
    "vae": "Asking the encoder where the pictures lie",
    "gan": "Drawing pictures, and reading what they show",
}  # fmt: skip


@dataclass(frozen=True)
class DirectionsComponents:
    """edit: gr.State of {"model", "start", "moves", "name"}: where the view is.

    link_error: gr.State of a notice: what is wrong with a link, until it is shown.  matrix: of entanglement.
    about: what is particular about the model's directions.  method: how they are found.
    """

    edit: gr.State
    link_error: gr.State
    view: gr.HTML
    matrix: gr.HTML
    strength: gr.Radio
    count: gr.Button
    notice: gr.HTML
    about: gr.Markdown
    method: gr.Markdown
    query: gr.Textbox


def edited(asked: Any) -> dict[str, Any]:
    """The picture before and after, for the view: outside the queue, so that it follows the pointer. Or {"error"}."""
    import numpy as np

    try:
        if not isinstance(asked, dict):
            raise PlaygroundError("An edit must name a model, a start and moves.")
        edit = attribute_edit.apply_edit(
            asked.get("model"), asked.get("condition"), _start(asked.get("start")), asked.get("moves")
        )
        read = [[name, *words] for name, words in edit.labels.items()]
        return pack(np.stack([edit.before, edit.after])) | {"read": read}
    except PlaygroundError as error:
        return {"error": str(error)}


def _start(given: Any) -> Any:
    """What the view says of a start: a point is passed on as its text."""
    return given.get("text") if isinstance(given, dict) and given.get("kind") == "z" else given


def on_draw(model: str, condition: Sequence[str] | None, edit: dict[str, Any], link_error: Any) -> Iterator[Update]:
    """Finds the directions, once for each model; then counts what else moves."""
    try:
        if edit["model"] not in ("", model):
            edit = FIRST_EDIT  # a move means nothing in another model's space
        edit = edit | {"model": model, "start": edit["start"] or _default_start(model)}
        for directions in attribute_edit.find_directions(model):
            if not isinstance(directions, Directions):
                doing = f"{_DOING[image_model_facts(model).kind]}, once for all: {directions:.0%}."
                yield {"view": None, "matrix": None, "notice": notice(doing), "about": ""}
                continue
            yield _edit_update(directions, condition, edit)
            yield {**_matrix_update(directions, condition), "notice": link_error, "link_error": None}
    except PlaygroundError as error:
        yield {"view": None, "matrix": None, "notice": error_notice(error), "about": "", "link_error": None}


def _edit_update(directions: Directions, condition: Sequence[str] | None, edit: dict[str, Any]) -> Update:
    counting = notice("Counting, for the table below, what else moves.") if directions.values else None
    return {
        "edit": edit,
        "view": _view_value(directions, condition_text(condition), edit),
        "matrix": None,
        "notice": counting,
        "about": about(directions),
        "method": explanation(directions),
        **_link(directions.model, condition, edit),
    }


def _matrix_update(directions: Directions, condition: Sequence[str] | None) -> Update:
    if not directions.values:
        return {"matrix": no_matrix()}
    return {"matrix": matrix_value(directions, first_keys(directions), 1.0, condition_text(condition))}


def _default_start(model: str) -> dict[str, Any]:
    start = attribute_edit.read_edit_base(attribute_edit.default_base(model), model)
    return {"kind": start.kind, "number": start.number}


def _view_value(directions: Directions, condition: str, edit: dict[str, Any]) -> dict[str, Any]:
    """Raises PlaygroundError for a move along a direction that the model does not have."""
    from playground.images.dataset_browser import image_count

    for key in edit["moves"]:
        directions.direction(key)
    facts = image_model_facts(directions.model)
    last = image_count(directions.dataset) - 1 if facts.kind == "vae" and facts.dataset else None
    return {**edit, "condition": condition, "last": last, "levers": levers(directions)}


def on_count(model: str, condition: Sequence[str] | None, edit: dict[str, Any], strength: float) -> Iterator[Update]:
    """The table for the directions that the picture is moved along, and the first of each label."""
    yield {"notice": notice("Moving and reading pictures.")}
    directions = attribute_edit.known_directions(model)
    moved = [key for key in edit["moves"] if key in directions.by_key]
    groups = {directions.direction(key).group for key in moved} - {"component"}
    others = [key for key in first_keys(directions) if key not in moved]
    if len({directions.direction(key).group for key in others}) > 2:
        others = [key for key in others if directions.direction(key).group not in groups]
    matrix = matrix_value(directions, [*moved, *others], float(strength), condition_text(condition))
    yield {"matrix": matrix, "notice": None}


def on_rested(model: str, condition: Sequence[str] | None, event: gr.EventData) -> Update:
    """Where the view came to rest, and the link to there."""
    data: dict[str, Any] = event._data
    start, moves = data.get("start"), data.get("moves")
    if not isinstance(start, dict) or not isinstance(moves, dict):
        return {}
    name = str(data.get("name") or "")[: attribute_edit.MAX_NAME_LENGTH]
    edit = {"model": model, "start": start, "moves": moves, "name": name}
    return {"edit": edit, **_link(model, condition, edit)}


def _link(model: str, condition: Sequence[str] | None, edit: dict[str, Any]) -> Update:
    """{"query"}; {} for an edit that cannot be linked."""
    try:
        base = attribute_edit.read_edit_base(_start(edit["start"]), model)
        moves = attribute_edit.read_moves(edit["moves"])
        recipe = attribute_edit.edit_recipe(model, condition_text(condition), base, moves, edit["name"])
        return {"query": recipe.to_query()}
    except PlaygroundError:
        return {}


def restore(recipe: Recipe) -> Update:
    """Model, condition and edit. Where the edit is not valid, the model's first picture is shown, and the reason."""
    column = restore_settings(recipe)
    try:
        start = recipe.settings.get("start", attribute_edit.default_base(recipe.model))
        base = attribute_edit.read_edit_base(start, recipe.model)
        edit = {
            "model": recipe.model,
            "start": {"kind": base.kind, "number": base.number, "text": str(base)},
            "moves": attribute_edit.read_moves(recipe.settings.get("moves", "")),
            "name": str(recipe.settings.get("name", ""))[: attribute_edit.MAX_NAME_LENGTH],
        }
        return {**column, "edit": edit, "link_error": None}
    except PlaygroundError as error:
        return {**column, "edit": FIRST_EDIT | {"model": recipe.model}, "link_error": cannot_follow(error)}


def on_endpoint(model: str, condition: Sequence[str] | None, endpoints: str, event: gr.EventData) -> Update:
    """The moved picture as an end point of the walk."""
    data: Mapping[str, Any] = event._data
    edit = attribute_edit.apply_edit(model, condition_text(condition), _start(data.get("start")), data.get("moves"))
    endpoint = pack_point(attribute_edit.latent_of(edit, model).tolist())
    facts = image_model_facts(model)
    if facts.kind != "gan" or not facts.attributes:
        return endpoint_added(endpoints, endpoint)
    words = "Its z is the last end point of the walk now. What is drawn there, the walk itself is told."
    return {"endpoints": append_endpoint(endpoints, endpoint), "notice": notice(words, "ok")}


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """The panel, connected."""
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
        matrix = entanglement_view(elem_id="directions-matrix")
    with gr.Accordion("How are the directions found?", open=False):
        method = gr.Markdown(elem_id="directions-how")
    components = DirectionsComponents(
        gr.State(FIRST_EDIT), gr.State(None), shown, matrix, strength, count, note, particular, method,
        gr.Textbox(visible="hidden"),
    )  # fmt: skip
    _connect(components, shared)
    return Panel(
        NAME, item, (components, shared),
        restore=restore, restored=[*RESTORED, "edit", "link_error"],
        draw=on_draw, draw_inputs=["model", "condition", "edit", "link_error"],
        drawn=["edit", "view", "matrix", "notice", "about", "method", "link_error", "query"],
    )  # fmt: skip


def _connect(components: DirectionsComponents, shared: LatentShared) -> None:
    parts = (components, shared)
    rested = call(on_rested, parts, ["model", "condition"], ["edit", "query"])
    components.view.rested(**rested, queue=False, **FOLLOWS)
    added = call(on_endpoint, parts, ["model", "condition", "endpoints"], ["endpoints", "notice"])
    components.view.end(**added, **QUIET, **MODEL_QUEUE)
    counted = call(on_count, parts, ["model", "condition", "edit", "strength"], ["matrix", "notice"])
    gr.on([components.count.click, components.strength.input], **counted, **QUIET, **MODEL_QUEUE)
