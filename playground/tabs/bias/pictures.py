"""Pictures: what image models draw against what they learned from, skews planted on purpose, and faces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.errors import PlaygroundError
from playground.labs.bias.visit import Visit
from playground.labs.checking import one_of
from playground.recipe import Recipe
from playground.rooms import Wired, is_of
from playground.tabs.bias import picture_audit, picture_faces, picture_skew
from playground.tabs.bias.api_pictures import build_api
from playground.tabs.bias.panels import Shared
from playground.views.lead import lead
from playground.views.notice import notice
from playground.views.running import MODEL_QUEUE, QUIET

_SKIP: Any = gr.skip()
NAME, TITLE = "pictures", "Pictures"
PARTS = ("audit", "skew", "faces")
#: How many outputs are each part's own.
_OWN = (6, 5, 6)


@dataclass(frozen=True)
class Panel:
    """The panel's parts. query: of its link, hidden."""

    parts: gr.Tabs
    audit: picture_audit.Part
    skew: picture_skew.Part
    faces: picture_faces.Part
    query: gr.Textbox


def build() -> Panel:
    """The panel."""
    lead(
        "Hundreds of pictures that a model draws by itself, counted: who has glasses, a beard, a hat, and who has not.",
        "Audit a model that comes along; or skew the data on purpose, train a small one on it, and count again.",
        "A model may copy what its data has, soften it or amplify it. The interval says whether you can tell.",
    )
    query = gr.Textbox(visible="hidden", elem_id="bias-pictures-query")
    with gr.Tabs(elem_id="pictures-parts") as parts:
        with gr.Tab("Audit a model", id="audit"):
            audit = picture_audit.build()
        with gr.Tab("Skew, then debias", id="skew"):
            skew = picture_skew.build()
        with gr.Tab("Faces", id="faces"):
            faces = picture_faces.build()
    return Panel(parts, audit, skew, faces, query)


def on_restore(pending: Recipe) -> list[Any]:
    """The settings of the part that a link names; what is wrong with it is told there."""
    part = pending.settings.get("part", "audit")
    notices: dict[str, Any] = dict.fromkeys(PARTS, _SKIP)
    made = {"audit": [_SKIP] * 3, "skew": [_SKIP] * 6, "faces": [_SKIP] * 4}
    try:
        part = one_of(part, PARTS, "part")
        if part == "audit":
            made[part] = picture_audit.restored(pending)
        elif part == "skew":
            *made[part], notices[part] = picture_skew.restored(pending)
        else:
            made[part] = picture_faces.restored(pending)
    except PlaygroundError as error:
        part = part if part in PARTS else "audit"
        notices[part] = notice(f"This link cannot be followed. {error}", "error")
    rest = [*made["audit"], *made["skew"], *made["faces"], *notices.values()]
    return [gr.Tabs(selected=part), *rest]


def on_replay(pending: Recipe | None, made: Any, visit: Visit) -> Iterator[list[Any]]:
    """Measures again what a link says, but trains nothing: that takes a press of the button. Outputs: see _replayed."""
    if pending is None or not is_of(pending, NAME):
        return
    try:
        part, source = _again(pending, made, visit)
    except PlaygroundError:
        return  # told by on_restore
    before = sum(_OWN[: PARTS.index(part)])
    for *own, query, counted in source:
        yield [*[_SKIP] * before, *own, *[_SKIP] * (sum(_OWN) - before - len(own)), query, counted]


def _again(pending: Recipe, made: Any, visit: Visit) -> tuple[str, Iterator[Any]]:
    """(the part that a link names, what fills it). Raises PlaygroundError."""
    given = pending.settings
    part = one_of(given.get("part", "audit"), PARTS, "part")
    if part == "audit":
        model, count, seed = picture_audit.restored(pending)
        return part, picture_audit.on_audit(model, count, seed, "beard", "skin", visit, pending)
    if part == "faces":
        count, truncation, seed, labels = picture_faces.restored(pending)
        return part, picture_faces.on_draw(count, seed, truncation, labels, pending)
    attribute, dark, light, _, count, seed, wait = picture_skew.restored(pending)
    if wait is not None:
        return part, iter(())
    reweighed = str(given.get("reweighed", "")).lower() == "true"
    return part, picture_skew.on_train(attribute, dark, light, 0, count, seed, made, visit, reweighed, pending)


def _replayed(panel: Panel, visit: gr.State) -> list[Any]:
    """Each part's own outputs in the order of PARTS, then the query and the visit, which are everybody's."""
    parts = [part.shown(panel.query, visit)[:-2] for part in (panel.audit, panel.skew, panel.faces)]
    return [*sum(parts, []), panel.query, visit]


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    audit, skew, faces = panel.audit, panel.skew, panel.faces
    picture_audit.wire(audit, panel.query, shared)
    picture_skew.wire(skew, panel.query, shared)
    picture_faces.wire(faces, panel.query, shared)
    build_api()
    restores = {
        "fn": on_restore,
        "outputs": [
            panel.parts, audit.model, audit.count, audit.seed,
            skew.attribute, skew.dark, skew.light, skew.steps, skew.count, skew.seed,
            faces.count, faces.truncation, faces.seed, faces.labels, audit.notice, skew.notice, faces.notice,
        ],
    }  # fmt: skip
    replays: dict[str, Any] = {
        "fn": on_replay, "inputs": [shared.pending, skew.made, shared.visit],
        "outputs": _replayed(panel, shared.visit), **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    return Wired(NAME, room, panel.query, restores, replays, [audit.stop, skew.stop, faces.stop])
