"""The axes of a grid: a dropdown of settings and a box of values for rows and for columns, as the model has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.images.grid import GridRequest
from playground.images.grid_axes import MAX_VALUES, axis_choices, axis_settings, example_values
from playground.images.image_request import FAMILY_SETTINGS
from playground.images.model_menu import image_model_facts
from playground.ui.events import QUIET, Update


@dataclass(frozen=True)
class AxisControls:
    """The components of the two axes, by the names of a grid's settings in a recipe."""

    rows: gr.Dropdown
    row_values: gr.Textbox
    columns: gr.Dropdown
    column_values: gr.Textbox


def build_axes(model: gr.Dropdown) -> AxisControls:
    """Builds the controls for the model's first axes, and connects each setting with its values."""
    components: list[Any] = []
    name = str(model.value)
    facts = image_model_facts(name)
    for side, setting in zip(("row", "column"), _first_settings(name), strict=True):
        with gr.Row():
            menu = gr.Dropdown(
                _menu(axis_settings(facts)), value=setting, label=f"{side.capitalize()}s", elem_id=f"grid-{side}s"
            )
            values = gr.Textbox(
                example_values(facts, setting), label=f"Values of the {side}s", info=_hint(name, setting), max_lines=1,
                elem_id=f"grid-{side}-values",
            )  # fmt: skip
        menu.input(on_setting, [model, menu], values, queue=False, **QUIET)
        components += [menu, values]
    return AxisControls(*components)


def axes_update(request: GridRequest) -> Update:
    """Sets both axes to a grid's."""
    rows, columns = (
        _axis_update(request.base.model, axis.setting, ", ".join(axis.headings()))
        for axis in (request.rows, request.columns)
    )
    return _named(rows, columns)


def on_model(model: str, rows: str, columns: str) -> Update:
    """The axes for another model: settings that it has stay, others become its first ones."""
    try:
        settings = axis_settings(image_model_facts(model))
    except PlaygroundError:  # removed from the menus; drawing says so
        return {}
    updates = []
    for chosen, first in zip((rows, columns), _first_settings(model), strict=True):
        kept = gr.Dropdown(choices=_menu(settings)), gr.skip()
        updates.append(kept if chosen in settings else _axis_update(model, first))
    return {"axes": _named(*updates)}


def on_setting(model: str, setting: str) -> Any:
    """The box of values for another setting."""
    facts = image_model_facts(model)
    return gr.Textbox(value=example_values(facts, setting), info=_hint(model, setting)) if setting else gr.skip()


def _named(rows: tuple[Any, Any], columns: tuple[Any, Any]) -> Update:
    return {"rows": rows[0], "row_values": rows[1], "columns": columns[0], "column_values": columns[1]}


def _axis_update(model: str, setting: str, text: str | None = None) -> tuple[Any, Any]:
    facts = image_model_facts(model)
    menu = gr.Dropdown(choices=_menu(axis_settings(facts)), value=setting)
    return menu, gr.Textbox(value=text or example_values(facts, setting), info=_hint(model, setting))


def _menu(settings: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name.capitalize(), name) for name in settings]


def _first_settings(model: str) -> tuple[str, str]:
    """The rows and columns that a grid of the model starts with."""
    kind = image_model_facts(model).kind
    return {"diffusion": "steps"}.get(kind, FAMILY_SETTINGS[kind][0]), "seed"


def _hint(model: str, setting: str) -> str:
    choices = axis_choices(image_model_facts(model), setting)
    if choices:
        few = ", ".join(choices[:3])
        return f"Up to {MAX_VALUES} words with commas between, or all: {few}{', …' if len(choices) > 3 else ''}"
    return f"Up to {MAX_VALUES} numbers: 1, 2, 4 or a range, 0-7."
