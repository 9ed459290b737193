"""The rows and the columns of a grid: a dropdown of settings and a box of values for each, as the model has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.images.grid import GridRequest
from playground.images.grid_axes import MAX_VALUES, axis_choices, axis_settings, example_values
from playground.images.image_request import FAMILY_SETTINGS
from playground.images.model_menu import image_model_facts
from playground.ui.events import QUIET

_SKIP: Any = gr.skip()


@dataclass(frozen=True)
class AxisControls:
    """The components that say what varies down and across."""

    rows: gr.Dropdown
    row_values: gr.Textbox
    columns: gr.Dropdown
    column_values: gr.Textbox

    def all(self) -> list[Any]:
        """In the order of read_grid, and of axis_updates."""
        return [self.rows, self.row_values, self.columns, self.column_values]


def build_axes(model: gr.Dropdown) -> AxisControls:
    """The four controls, for the model that is chosen at first, and what another setting does to its values."""
    made: list[Any] = []
    name = str(model.value)
    facts = image_model_facts(name)
    for side, setting in zip(("row", "column"), _first(name), strict=True):
        with gr.Row():
            menu = gr.Dropdown(
                _menu(axis_settings(facts)), value=setting, label=f"{side.capitalize()}s", elem_id=f"grid-{side}s"
            )
            values = gr.Textbox(
                example_values(facts, setting), label=f"Values of the {side}s", info=_hint(name, setting), max_lines=1,
                elem_id=f"grid-{side}-values",
            )  # fmt: skip
        menu.input(on_setting, [model, menu], values, queue=False, **QUIET)
        made += [menu, values]
    return AxisControls(*made)


def axis_updates(request: GridRequest) -> list[Any]:
    """Updates that set both dropdowns and both boxes to a grid's."""
    model, updates = request.base.model, []
    for axis in (request.rows, request.columns):
        updates += _axis_for(model, axis.setting, ", ".join(axis.headings()))
    return updates


def on_model(model: str, rows: str, columns: str) -> list[Any]:
    """The dropdowns and boxes for a model: what it has stays, what it lacks becomes its first settings."""
    try:
        there = axis_settings(image_model_facts(model))
    except PlaygroundError:  # taken out of the menus: said where it draws
        return [_SKIP] * 4
    updates: list[Any] = []
    for chosen, first in zip((rows, columns), _first(model), strict=True):
        updates += [gr.Dropdown(choices=_menu(there)), _SKIP] if chosen in there else _axis_for(model, first)
    return updates


def on_setting(model: str, setting: str) -> Any:
    """The box of values for another setting."""
    facts = image_model_facts(model)
    return gr.Textbox(value=example_values(facts, setting), info=_hint(model, setting)) if setting else _SKIP


def _axis_for(model: str, setting: str, text: str | None = None) -> list[Any]:
    facts = image_model_facts(model)
    menu = gr.Dropdown(choices=_menu(axis_settings(facts)), value=setting)
    return [menu, gr.Textbox(value=text or example_values(facts, setting), info=_hint(model, setting))]


def _menu(settings: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name.capitalize(), name) for name in settings]


def _first(model: str) -> tuple[str, str]:
    """The rows and the columns that a grid of the model begins with."""
    kind = image_model_facts(model).kind
    return {"diffusion": "steps"}.get(kind, FAMILY_SETTINGS[kind][0]), "seed"


def _hint(model: str, setting: str) -> str:
    there = axis_choices(image_model_facts(model), setting)
    if there:
        few = ", ".join(there[:3])
        return f"Up to {MAX_VALUES} words with commas between, or all: {few}{', …' if len(there) > 3 else ''}"
    return f"Up to {MAX_VALUES} numbers: 1, 2, 4 or a range, 0-7."
