"""Pictures: what image models draw against what they learned from, skews planted on purpose, and faces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.bias.session_log import Visit
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice
from playground.panels.bias.image_bias import audit, labelling, skew
from playground.panels.bias.image_bias.api import build_api
from playground.panels.bias.panels import Shared
from playground.ui.events import MODEL_QUEUE, QUIET
from playground.ui.notice import notice
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired, is_of

_SKIP: Any = gr.skip()
NAME, TITLE = "pictures", "Pictures"
PARTS = ("audit", "skew", "faces")
#: How many outputs are each part's own.
_OWN = (6, 5, 6)


@dataclass(frozen=True)
class Panel:
    """The panel's parts. query: of its link, hidden."""

    parts: gr.Tabs
    audit: audit.Part
    skew: skew.Part
    faces: labelling.Part
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
            audited = audit.build()
        with gr.Tab("Skew, then debias", id="skew"):
            skewed = skew.build()
        with gr.Tab("Faces", id="faces"):
            faces = labelling.build()
    return Panel(parts, audited, skewed, faces, query)


def on_restore(pending: Recipe) -> list[Any]:
    """The settings of the part that a link names; what is wrong with it is told there."""
    part = pending.settings.get("part", "audit")
    notices: dict[str, Any] = dict.fromkeys(PARTS, _SKIP)
    made = {"audit": [_SKIP] * 3, "skew": [_SKIP] * 6, "faces": [_SKIP] * 4}
    try:
        part = parse_choice(part, PARTS, "part")
        if part == "audit":
            made[part] = audit.restored(pending)
        elif part == "skew":
            *made[part], notices[part] = skew.restored(pending)
        else:
            made[part] = labelling.restored(pending)
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
    part = parse_choice(given.get("part", "audit"), PARTS, "part")
    if part == "audit":
        model, count, seed = audit.restored(pending)
        return part, audit.on_audit(model, count, seed, "beard", "skin", visit, pending)
    if part == "faces":
        count, truncation, seed, labels = labelling.restored(pending)
        return part, labelling.on_draw(count, seed, truncation, labels, pending)
    attribute, dark, light, _, count, seed, wait = skew.restored(pending)
    if wait is not None:
        return part, iter(())
    reweighed = str(given.get("reweighed", "")).lower() == "true"
    return part, skew.on_train(attribute, dark, light, 0, count, seed, made, visit, reweighed, pending)


def _replayed(panel: Panel, visit: gr.State) -> list[Any]:
    """Each part's own outputs in the order of PARTS, then the query and the visit, which are everybody's."""
    parts = [part.shown(panel.query, visit)[:-2] for part in (panel.audit, panel.skew, panel.faces)]
    return [*sum(parts, []), panel.query, visit]


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    audited, skewed, faces = panel.audit, panel.skew, panel.faces
    audit.wire(audited, panel.query, shared)
    skew.wire(skewed, panel.query, shared)
    labelling.wire(faces, panel.query, shared)
    build_api()
    restores = {
        "fn": on_restore,
        "outputs": [
            panel.parts, audited.model, audited.count, audited.seed,
            skewed.attribute, skewed.dark, skewed.light, skewed.steps, skewed.count, skewed.seed,
            faces.count, faces.truncation, faces.seed, faces.labels, audited.notice, skewed.notice, faces.notice,
        ],
    }  # fmt: skip
    replays: dict[str, Any] = {
        "fn": on_replay, "inputs": [shared.pending, skewed.made, shared.visit],
        "outputs": _replayed(panel, shared.visit), **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    return Wired(NAME, room, panel.query, restores, replays, [audited.stop, skewed.stop, faces.stop])
