"""Image bias: what image models draw against what they learned from, skews planted on purpose, and faces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import gradio as gr

from playground.bias.image_audit import NAME
from playground.bias.session_log import SessionLog
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice
from playground.panels.bias.image_bias import audit, labelling, skew
from playground.panels.bias.image_bias.api import build_api
from playground.panels.bias.shared import BiasShared
from playground.ui.events import Update
from playground.ui.messages import error_notice
from playground.ui.notice import notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel

__all__ = ["FORMER_NAMES", "NAME", "TITLE", "build"]
TITLE = "Pictures"
FORMER_NAMES = ("pictures",)
#: Module of each part, by its name in links.
PARTS: Mapping[str, Any] = {"audit": audit, "skew": skew, "faces": labelling}
#: Components that all parts fill.
_COMMON = ("query", "log")


def build(item: gr.Tab, shared: BiasShared) -> Panel:
    """The panel, its handlers and its endpoint. The components of a part are called PART_NAME."""
    introduction(
        "Hundreds of pictures that a model draws by itself, counted: who has glasses, a beard, a hat, and who has not.",
        "Audit a model that comes along; or skew the data on purpose, train a small one on it, and count again.",
        "A model may copy what its data has, soften it or amplify it. The interval says whether you can tell.",
    )
    query = gr.Textbox(visible="hidden", elem_id="bias-pictures-query")
    note = notice_view(elem_id="pictures-notice")
    with gr.Tabs(elem_id="pictures-parts") as tabs:
        with gr.Tab("Audit a model", id="audit"):
            audited = audit.build_components()
        with gr.Tab("Skew, then debias", id="skew"):
            skewed = skew.build_components()
        with gr.Tab("Faces", id="faces"):
            faces = labelling.build_components()
    common = {"query": query, "log": shared.log}
    audit.connect(audited, common)
    skew.connect(skewed, common)
    labelling.connect(faces, common)
    build_api()
    components = {"parts": tabs, "notice": note, **common}
    for part, own in (("audit", audited), ("skew", skewed), ("faces", faces)):
        components |= {f"{part}_{field.name}": getattr(own, field.name) for field in fields(own)}
    return Panel(
        NAME, item, components, on_restore,
        ["parts", *_prefixed_names("RESTORED"), "skew_notice"],
        replay=on_replay, replay_inputs=["skew_outcomes", "log"], replayed=[*_prefixed_names("RESULTS"), *_COMMON],
        stops=[audited.stop, skewed.stop, faces.stop],
    )  # fmt: skip


def _prefixed_names(constant: str) -> list[str]:
    return [f"{part}_{name}" for part, module in PARTS.items() for name in getattr(module, constant)]


def _prefixed(part: str, update: Update) -> Update:
    return {name if name in _COMMON else f"{part}_{name}": value for name, value in update.items()}


def _part_of(recipe: Recipe) -> str:
    return parse_choice(recipe.settings.get("part", "audit"), tuple(PARTS), "part")


def on_restore(recipe: Recipe) -> Update:
    """The settings of the part that a link names."""
    part = _part_of(recipe)
    return {"parts": gr.Tabs(selected=part), **_prefixed(part, PARTS[part].restore(recipe))}


def on_replay(recipe: Recipe, outcomes: skew.Outcomes, log: SessionLog) -> Iterator[Update]:
    """Measures again what a link asks for; a training waits for its button."""
    part = _part_of(recipe)
    values = {"audit": (log,), "skew": (outcomes, log), "faces": ()}[part]
    try:
        for update in PARTS[part].replay(recipe, *values):
            yield _prefixed(part, update)
    except PlaygroundError as error:
        yield _prefixed(part, {"notice": error_notice(error)})
