"""The axes of a grid: for rows and for columns, a dropdown of the model's settings and a box of values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.images.grid import GridRequest
from playground.images.grid_axes import MAX_VALUES, axis_choices, axis_settings, example_values
from playground.images.model_menu import image_model_facts, model_names
from playground.images.settings import FAMILY_SETTINGS
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
                _menu(axis_settings(facts)), value=setting, label=say(f"images.grid.{side}s"), elem_id=f"grid-{side}s"
            )
            values = gr.Textbox(
                example_values(facts, setting), label=say(f"images.grid.{side}_values"), info=_hint(name, setting),
                max_lines=1, elem_id=f"grid-{side}-values",
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
    return _by_name(rows, columns)


def with_axes(recipe: Recipe) -> Recipe:
    """The recipe of a link; where it names no rows or no columns, with those that a grid of its model starts with.

    Raises PlaygroundError for an unknown model.
    """
    model, settings = recipe.model or model_names()[0], dict(recipe.settings)
    facts = image_model_facts(model)
    for side, first in zip(("row", "column"), _first_settings(model), strict=True):
        if not {f"{side}s", f"{side}_values"} & settings.keys():
            settings |= {f"{side}s": first, f"{side}_values": example_values(facts, first)}
    return replace(recipe, model=model, settings=settings)


def on_model(model: str, rows: str, columns: str) -> Update:
    """Adapts the axes to another model: settings that it lacks become its first ones."""
    try:
        settings = axis_settings(image_model_facts(model))
    except PlaygroundError:  # the model was removed from the menus; drawing says so
        return {}
    updates = []
    for chosen, first in zip((rows, columns), _first_settings(model), strict=True):
        same = gr.Dropdown(choices=_menu(settings)), gr.skip()
        updates.append(same if chosen in settings else _axis_update(model, first))
    return {"axes": _by_name(*updates)}


def on_setting(model: str, setting: str) -> Any:
    """Fills the box of values for another setting."""
    facts = image_model_facts(model)
    return gr.Textbox(value=example_values(facts, setting), info=_hint(model, setting)) if setting else gr.skip()


def _by_name(rows: tuple[Any, Any], columns: tuple[Any, Any]) -> Update:
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
    return {"diffusion": "steps"}.get(kind, next(iter(FAMILY_SETTINGS[kind]))), "seed"


def _hint(model: str, setting: str) -> str:
    choices = axis_choices(image_model_facts(model), setting)
    if choices:
        examples = ", ".join([*choices[:3], *(["…"] if len(choices) > 3 else [])])
        return say("images.grid.words_hint", most=MAX_VALUES, examples=examples)
    return say("images.grid.numbers_hint", most=MAX_VALUES)
