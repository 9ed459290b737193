"""Directions: sliders for principal components and for words of labels, and what else moves with each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.errors import PlaygroundError
from playground.labs.latent import directions as lab
from playground.labs.latent import editing
from playground.labs.latent.directions import Directions
from playground.labs.latent.ends import packed_point
from playground.recipe import Recipe
from playground.tabs.latent.choosing import added
from playground.tabs.latent.controls import written
from playground.tabs.latent.panels import Shared, Wired
from playground.views.directions import directions_view, entangled_view
from playground.views.lead import lead
from playground.views.notice import notice, notice_view
from playground.views.pictures import pack
from playground.views.running import MODEL_QUEUE, QUIET

_SKIP: Any = gr.skip()
NAME, TITLE = "directions", "Directions"
#: What is moved at first: a picture of the data, as it is.
FIRST: dict[str, Any] = {"model": "", "start": {"kind": "row", "number": 12}, "moves": {}, "name": "", "trouble": ""}


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


def edited(asked: Any) -> dict[str, Any]:
    """The picture before and after, for the view: outside the queue, so that it follows the pointer. Or {"error"}."""
    import numpy as np

    try:
        if not isinstance(asked, dict):
            raise PlaygroundError("An edit must name a model, a start and moves.")
        made = editing.edit(asked.get("model"), asked.get("condition"), _start(asked.get("start")), asked.get("moves"))
        read = [[name, *words] for name, words in made.read.items()]
        return pack(np.stack([made.before, made.after])) | {"read": read}
    except PlaygroundError as error:
        return {"error": str(error)}


def _start(given: Any) -> Any:
    """What the view says of a start: a point is passed on as its text."""
    return given.get("text") if isinstance(given, dict) and given.get("kind") == "z" else given


def on_open(front: str, model: str, condition: Sequence[str] | None, edit: dict[str, Any]) -> Iterator[list[Any]]:
    """(edit, view, matrix, notice), if the panel is in front: finds the directions, which takes a while at first."""
    if front != NAME:
        yield [_SKIP] * 4
        return
    edit = (edit if edit["model"] in ("", model) else FIRST) | {"model": model}  # a move means nothing elsewhere
    try:
        for found in lab.directions(model):
            if isinstance(found, Directions):
                value = _value(found, written(condition), edit)
                yield [edit, value, None, notice("Counting, for the table below, what else moves.")]
                said = notice(edit["trouble"], "error") if edit["trouble"] else None
                yield [_SKIP, _SKIP, table(found, first_keys(found), 1.0, written(condition)), said]
            else:
                yield [
                    _SKIP,
                    None,
                    None,
                    notice(f"Asking the encoder where the pictures lie, once for all: {found:.0%}."),
                ]
    except PlaygroundError as error:
        yield [_SKIP, None, None, notice(str(error), "error")]


def _value(found: Directions, condition: str, edit: dict[str, Any]) -> dict[str, Any]:
    """For the view. Raises PlaygroundError for a move along a direction that the model does not have."""
    from playground.labs.pictures.browsing import picture_count

    for key in edit["moves"]:
        found.one(key)
    return {
        **edit, "condition": condition, "last": picture_count(found.dataset) - 1,
        "levers": levers(found),
    }  # fmt: skip


def levers(found: Directions) -> list[dict[str, Any]]:
    """A slider for each component and for each label, whose words share one."""
    made: dict[str, dict[str, Any]] = {}
    for one in found.all.values():
        name = one.key if one.group == "component" else one.group
        title = one.title if one.group == "component" else one.group.capitalize()
        lever = made.setdefault(name, {"group": one.group, "title": title, "choices": []})
        lever["choices"].append({"key": one.key, "word": one.title.partition(": ")[2], "told": told(one)})
    return list(made.values())


def told(one: lab.Direction) -> str:
    """A line about a direction, with its own numbers."""
    if one.accuracy is None or one.best is None:
        return f"{one.share:.1%} of all variance"
    return f"Tells {one.accuracy.value:.0%} apart; the best straight cut {one.best:.0%}"


def first_keys(found: Directions) -> list[str]:
    """The directions of the table at first: the first word of every label, and three components."""
    labels = [lever["choices"][0]["key"] for lever in levers(found) if lever["group"] != "component"]
    if len(labels) == 1:
        labels = [key for key, one in found.all.items() if one.group != "component"]
    return [*labels, *[key for key in found.all if key.startswith("pc")][:3]]


def table(found: Directions, keys: Sequence[str], strength: float, condition: str) -> dict[str, Any]:
    """A value for the matrix view, counted now."""
    made = editing.entanglement(found, keys, strength, condition)
    rows = []
    for r, key in enumerate(made.keys):
        cells = []
        for c, column in enumerate(made.columns):
            share = made.shares[r][c]
            was = f"; {made.before[r, c]:.0%} before the move" if made.before is not None else ""
            words = f"{column}: {share.value:.0%}, 95 % interval {share.low:.0%} to {share.high:.0%}{was}"
            cells.append({"share": share.value, "words": words})
        rows.append({"title": found.one(key).title, "own": made.own[r], "cells": cells})
    what = "as this word" if made.before is not None else "otherwise than before"
    return {
        "columns": list(made.columns),
        "rows": rows,
        "corner": f"Moved by {strength:g} ↓",
        "words": (
            f"How many of {made.pictures} unseen pictures the classifier reads {what}, once they are moved by "
            f"{strength:g}. The framed cell is what the row is meant to change; all else in the row came along: "
            "that is entanglement. A word's row starts from pictures without the word."
        ),
    }


def on_count(
    model: str, condition: Sequence[str] | None, edit: dict[str, Any], strength: float
) -> Iterator[tuple[Any, Any]]:
    """(matrix, notice): counted for the directions that the picture is moved along, and the first of each label."""
    try:
        yield _SKIP, notice("Moving and reading pictures.")
        found = editing.known(model)
        moved = [key for key in edit["moves"] if key in found.all]
        groups = {found.one(key).group for key in moved} - {"component"}
        rest = [key for key in first_keys(found) if key not in moved]
        if len({found.one(key).group for key in rest}) > 2:
            rest = [key for key in rest if found.one(key).group not in groups]
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
        "name": str(data.get("name") or "")[: editing.LONGEST_NAME],
        "trouble": "",
    }


def on_query(front: str, model: str, condition: Sequence[str] | None, edit: dict[str, Any]) -> Any:
    """The link to the edit, if the panel is in front."""
    if front != NAME:
        return _SKIP
    try:
        base = editing.read_base(_start(edit["start"]), model)
        moves = editing.read_moves(edit["moves"])
        return editing.recipe_of(model, written(condition), base, moves, edit["name"]).to_query()
    except PlaygroundError:
        return _SKIP


def on_restore(pending: Recipe) -> list[Any]:
    """(edit,) from a link."""
    try:
        base = editing.read_base(pending.settings.get("start", "row:12"), pending.model)
        moves = editing.read_moves(pending.settings.get("moves", ""))
        start = {"kind": base.kind, "number": base.number, "text": str(base)}
        name = str(pending.settings.get("name", ""))[: editing.LONGEST_NAME]
        return [{"model": pending.model, "start": start, "moves": moves, "name": name, "trouble": ""}]
    except PlaygroundError as error:
        return [FIRST | {"model": pending.model, "trouble": f"This link cannot be followed. {error}"}]


def on_end(model: str, condition: Sequence[str] | None, ends: str, event: gr.EventData) -> tuple[Any, Any]:
    """(end points of the walk, notice), after the button."""
    try:
        data: Mapping[str, Any] = event._data
        made = editing.edit(model, written(condition), _start(data.get("start")), data.get("moves"))
        point = packed_point(made.point.tolist())
        return added(ends, point), notice("It is the last end point of the walk now: open the panel Walk.", "ok")
    except PlaygroundError as error:
        return _SKIP, notice(str(error), "error")


def build() -> Panel:
    """The panel."""
    lead(
        "One picture, twice: as it is, and after its point was moved along directions of the latent space.",
        "Move a slider: the picture follows. Start from another picture, and see whether the same move does the same.",
        "The model is told no label here, and still a word such as glasses is a direction; see below what else moves.",
    )
    note = notice_view(elem_id="directions-notice")
    shown = directions_view(edited, elem_id="directions")
    with gr.Accordion("What else moves? Entanglement, counted", open=True):
        with gr.Row(elem_classes="pg-actions"):
            strength = gr.Radio(
                [("−1", -1.0), ("1", 1.0), ("2", 2.0)], value=1.0, label="Move by", elem_id="directions-strength"
            )
            count = gr.Button("Count for the moved sliders", elem_id="directions-count")
        matrix = entangled_view(elem_id="directions-matrix")
    with gr.Accordion("How are the directions found?", open=False):
        gr.Markdown(
            "The encoder places 10,000 training pictures. **From labels**: the step from the mean place of the "
            "pictures without a word to the mean place of those with it; strength 1 is the whole step. **Tells "
            "… apart**: how many of 2,000 unseen pictures a straight cut across that step tells right (the mean over "
            "those with and without the word, so guessing is 50 %); then the same for the best straight cut "
            "(Fisher's discriminant). What reads a label best is not what moves it best: the best cut may hang on tiny "
            "details that change no picture much. **Principal components**: the directions in which the places vary "
            "most; strength 1 is one standard deviation. After the attribute vectors of Larsen et al. 2016, "
            "arXiv:1512.09300."
        )
    return Panel(gr.State(FIRST), shown, matrix, strength, count, note)


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    controls = shared.controls
    place = [controls.model, controls.condition, panel.edit]
    told_: dict[str, Any] = {"fn": on_query, "inputs": [shared.front, *place], "outputs": shared.query, **QUIET}
    panel.view.rested(on_rested, controls.model, panel.edit, queue=False, **QUIET).then(**told_)
    given = [controls.model, controls.condition, shared.ends]
    panel.view.end(on_end, given, [shared.ends, panel.notice], **QUIET, **MODEL_QUEUE)
    gr.on(
        [panel.count.click, panel.strength.input], on_count, [*place, panel.strength], [panel.matrix, panel.notice],
        **QUIET, **MODEL_QUEUE,
    )  # fmt: skip
    opens = {
        "fn": on_open, "inputs": [shared.front, *place],
        "outputs": [panel.edit, panel.view, panel.matrix, panel.notice], **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    restores = {"fn": on_restore, "outputs": [panel.edit]}
    return Wired(NAME, room, restores, opens, told_)
