"""Directions: sliders for principal components and for words of labels, and what else changes with each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.images.model_menu import image_model_facts
from playground.latent import attribute_edit
from playground.latent.directions import Directions
from playground.latent.endpoints import pack_point
from playground.latent.pointer_decode import NotReadyError
from playground.panels.latent.directions.data import (
    about,
    explanation,
    first_keys,
    levers,
    matrix_value,
    method_sentences,
    no_matrix,
    remark,
)
from playground.panels.latent.directions.view import directions_view, entanglement_view
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
from playground.ui.event_data import event_values
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call
from playground.ui.messages import cannot_follow, error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.picture_views import pack
from playground.ui.result_settings import ResultSettings, SeveralResults, result_settings

NAME = "directions"
#: The families of models that it can use.
KINDS = ("vae", "gan")
#: The edit before a model is known: it will start from the model's first picture.
FIRST_EDIT: dict[str, Any] = {"model": "", "start": None, "moves": {}, "name": ""}


#: What the panel opens on: glasses put on a picture.
EXAMPLE_EDIT = {"model": "vae-avatars", "start": {"kind": "row", "number": 12}, "moves": {"glasses": 2.0}, "name": ""}


@dataclass(frozen=True)
class DirectionsComponents:
    """edit: gr.State of {"model", "start", "moves", "name"}, the view's present edit.

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


def apply_edit(request: Any) -> dict[str, Any]:
    """The pictures before and after, or {"error"}. A server function: outside the queue, to follow the pointer."""
    import numpy as np

    try:
        if not isinstance(request, dict):
            raise PlaygroundError(say("latent.directions.errors.edit_form"))
        edit = attribute_edit.apply_edit(
            request.get("model"), request.get("condition"), _start(request.get("start")), request.get("moves")
        )
        labels = [[name, *words] for name, words in edit.labels.items()]
        return pack(np.stack([edit.before, edit.after])) | {"labels": labels}
    except NotReadyError:
        return {"prepare": True}
    except PlaygroundError as error:
        return {"error": str(error)}


def _start(start: Any) -> Any:
    """The view's start as `read_edit_base` takes it: a point as its text."""
    return start.get("text") if isinstance(start, dict) and start.get("kind") == "z" else start


def on_draw(
    model: str, condition: Sequence[str] | None, edit: dict[str, Any], strength: float, link_error: Any
) -> Iterator[Update]:
    """Computes the directions, once per model; then counts what else changes."""
    if switch := switch_update(model, KINDS):
        yield switch
        return
    try:
        if edit["model"] not in ("", model):
            edit = FIRST_EDIT  # a move means nothing in another model's space
        edit = edit | {"model": model, "start": edit["start"] or _default_start(model)}
        is_vae = image_model_facts(model).kind == "vae"
        for step in attribute_edit.find_directions(model):
            if not isinstance(step, Directions):
                progress = say("latent.points.encoding" if is_vae else "latent.directions.drawing", fraction=step)
                stays = {} if "keep" in edit else {"view": None, "matrix": None, "about": ""}
                yield {**stays, "notice": notice(progress)}
                continue
            yield _edit_update(step, condition, edit)
            if "keep" in edit:
                yield {"notice": _remark(model, condition, edit)}
                return
            yield {**_matrix_update(step, condition, float(strength)), "notice": link_error, "link_error": None}
    except PlaygroundError as error:
        yield {"view": None, "matrix": None, "notice": error_notice(error), "about": "", "link_error": None}


def _edit_update(directions: Directions, condition: Sequence[str] | None, edit: dict[str, Any]) -> Update:
    counting = notice(say("latent.directions.counting")) if directions.values else None
    value = _view_value(directions, condition_text(condition), edit)
    if "keep" in edit:  # the table is there already
        return {"view": value, **_link(directions.model, condition, edit)}
    return {
        "edit": edit,
        "view": value,
        "matrix": None,
        "notice": counting,
        "about": about(directions),
        "method": explanation(directions),
        **_link(directions.model, condition, edit),
    }


def _matrix_update(directions: Directions, condition: Sequence[str] | None, strength: float) -> Update:
    if not directions.values:
        return {"matrix": no_matrix()}
    return {"matrix": matrix_value(directions, first_keys(directions), strength, condition_text(condition))}


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
    first = apply_edit({"model": directions.model, "condition": condition, **edit})
    return {**edit, "condition": condition, "last": last, "levers": levers(directions), "first": first}


def on_count(model: str, condition: Sequence[str] | None, edit: dict[str, Any], strength: float) -> Iterator[Update]:
    """The table for the moved directions and the first of each label."""
    yield {"notice": notice(say("latent.directions.moving"))}
    directions = attribute_edit.known_directions(model)
    moved = [key for key in edit["moves"] if key in directions.by_key]
    groups = {directions.direction(key).group for key in moved} - {"component"}
    others = [key for key in first_keys(directions) if key not in moved]
    if len({directions.direction(key).group for key in others}) > 2:
        others = [key for key in others if directions.direction(key).group not in groups]
    matrix = matrix_value(directions, [*moved, *others], float(strength), condition_text(condition))
    yield {"matrix": matrix, "notice": None}


def on_prepare(model: str, event: gr.EventData) -> Update:
    """The edit, before the directions of a stored view are computed: it stays as the visitor has it by then."""
    data = event_values(event)
    edit = {"model": model, "start": data["start"], "moves": data["moves"], "name": str(data.get("name") or "")}
    return {"edit": {**edit, "keep": True}}


def on_rest(model: str, condition: Sequence[str] | None, event: gr.EventData) -> Update:
    """The edit, its link and what changed, once the view rests. A stored edit's sentence goes."""
    data = event_values(event)
    start, moves = data.get("start"), data.get("moves")
    if not isinstance(start, dict) or not isinstance(moves, dict):
        return {}
    name = str(data.get("name") or "")[: attribute_edit.MAX_NAME_LENGTH]
    edit = {"model": model, "start": start, "moves": moves, "name": name}
    return {"edit": edit, "notice": _remark(model, condition, edit), **_link(model, condition, edit)}


def _remark(model: str, condition: Sequence[str] | None, edit: Mapping[str, Any]) -> dict[str, str] | None:
    """What to notice after a move; None until the directions are known, or while the machine is busy."""
    try:
        moves = attribute_edit.read_moves(edit["moves"])
        labels = attribute_edit.apply_edit(model, condition_text(condition), _start(edit["start"]), moves).labels
        words = remark(attribute_edit.known_directions(model), moves, labels)
    except PlaygroundError:
        return None
    return notice(words) if words else None


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
    """Model, condition and edit. An edit that is not valid is replaced by the model's first one, and explained."""
    recipe = with_model(recipe)
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
    """Adds the moved picture to the end points of the walk."""
    data = event_values(event)
    edit = attribute_edit.apply_edit(model, condition_text(condition), _start(data.get("start")), data.get("moves"))
    endpoint = pack_point(attribute_edit.latent_of(edit, model).tolist())
    facts = image_model_facts(model)
    if facts.kind != "gan" or not facts.attributes:
        return add_endpoint(endpoints, endpoint)
    return add_endpoint(endpoints, endpoint, "latent.directions.condition_not_added")


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """Builds and connects the panel in the surrounding gr.Tab."""
    introduction("latent.directions")
    note = notice_view(elem_id="directions-notice")
    about_model = gr.Markdown(elem_id="directions-about")
    view = directions_view(apply_edit, elem_id="directions")
    with gr.Accordion(say("latent.directions.entanglement"), open=True):
        with gr.Row(elem_classes="pg-actions"):
            strength = gr.Radio(
                [("−1", -1.0), ("1", 1.0), ("2", 2.0)],
                value=1.0,
                label=say("latent.directions.strength"),
                elem_id="directions-strength",
            )
            count = gr.Button(say("latent.directions.count"), elem_id="directions-count")
        matrix = entanglement_view(elem_id="directions-matrix")
    with gr.Accordion(say("latent.directions.how"), open=False):
        method = gr.Markdown(method_sentences("vae_labels", "accuracy", "vae"), elem_id="directions-how")
    components = DirectionsComponents(
        gr.State(FIRST_EDIT), gr.State(None), view, matrix, strength, count, note, about_model, method,
        gr.Textbox(visible="hidden"),
    )  # fmt: skip
    column = {"model": shared.model, "condition": shared.condition}
    came_from = result_settings({**column, "strength": strength}, [matrix], follows=True)
    _connect(components, shared, came_from)
    edited = result_settings(column, [view], follows=True)
    switched = gr.Textbox(visible="hidden")
    prepared = view.prepare(**call(on_prepare, (components, shared), ["model"], ["edit"]), **QUIET)
    return Panel(
        NAME, item, (components, shared, {"switched": switched}),
        example=Example(settings=[(components.edit, EXAMPLE_EDIT)]), redraw_on=[prepared.then, switched.change],
        restore=restore, restored=[*RESTORED, "edit", "link_error"],
        draw=on_draw, draw_inputs=["model", "condition", "edit", "strength", "link_error"],
        drawn=["edit", "view", "matrix", "notice", "about", "method", "link_error", "query", *SWITCH_OUTPUTS],
        result=SeveralResults([edited, came_from]),
    )  # fmt: skip


def _connect(components: DirectionsComponents, shared: LatentShared, came_from: ResultSettings) -> None:
    parts = (components, shared)
    rest = call(on_rest, parts, ["model", "condition"], ["edit", "query", "notice"])
    components.view.rested(**rest, queue=False, **FOLLOWS)
    endpoint = call(on_endpoint, parts, ["model", "condition", "endpoints"], ["endpoints", "notice"])
    components.view.end(**endpoint, **QUIET, **MODEL_QUEUE)
    recount = came_from.carry(call(on_count, parts, ["model", "condition", "edit", "strength"], ["matrix", "notice"]))
    gr.on([components.count.click, components.strength.input], **recount, **QUIET, **MODEL_QUEUE)
