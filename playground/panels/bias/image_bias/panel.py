"""Image bias: image models audited against their training data, planted skews, and faces labelled by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import gradio as gr

from playground.bias.image_audit import NAME
from playground.bias.session_log import SessionLog
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice
from playground.panels.bias.image_bias import audit, labelling, skew
from playground.panels.bias.shared import BiasShared
from playground.ui.events import Update
from playground.ui.messages import error_notice
from playground.ui.notice import notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel, panel_tabs

__all__ = ["FORMER_NAMES", "NAME", "build"]
FORMER_NAMES = ("pictures",)
#: Module of each part, by its name in links.
PARTS: Mapping[str, Any] = {"skew": skew, "audit": audit, "faces": labelling}
#: Components that all parts fill.
_COMMON = ("query", "log")


def build(item: gr.Tab, shared: BiasShared) -> Panel:
    """Builds the components and the endpoint, and connects the events. Components of a part are named PART_NAME."""
    introduction("bias.image_bias")
    query = gr.Textbox(visible="hidden", elem_id="image-bias-query")
    note = notice_view(elem_id="image-bias-notice")
    with panel_tabs("image-bias-parts") as tabs:
        with gr.Tab(say("bias_texts.image_bias.skew_title"), id="skew"):
            skew_part = skew.build_components()
        with gr.Tab(say("bias_texts.image_bias.audit_title"), id="audit"):
            audit_part = audit.build_components()
        with gr.Tab(say("bias_texts.image_bias.faces_title"), id="faces"):
            faces_part = labelling.build_components()
    common = {"query": query, "log": shared.log}
    parts: Mapping[str, Any] = {"skew": skew_part, "audit": audit_part, "faces": faces_part}
    components: dict[str, Any] = {"parts": tabs, "notice": note, **common}
    examples: list[Example] = []
    for name, part in parts.items():
        components |= {f"{name}_{field.name}": getattr(part, field.name) for field in fields(part)}
        carried, example = PARTS[name].connect(part, common)
        components |= _prefixed(name, carried)
        examples += [example] if example is not None else []
    return Panel(
        NAME, item, components, on_restore,
        ["parts", *_prefixed_names("RESTORED"), "skew_notice"],
        replay=on_replay, replay_inputs=["skew_outcomes", "log"],
        replayed=[*_prefixed_names("RESULTS"), *(f"{name}_from" for name in PARTS), *_COMMON],
        stops=[audit_part.stop, skew_part.stop, faces_part.stop], example=examples,
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
    """Measures what a link asks for again; a training waits for its button."""
    part = _part_of(recipe)
    values = {"audit": (log,), "skew": (outcomes, log), "faces": ()}[part]
    try:
        for update in PARTS[part].replay(recipe, *values):
            yield _prefixed(part, update)
    except PlaygroundError as error:
        yield _prefixed(part, {"notice": error_notice(error)})
