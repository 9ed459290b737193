"""The control of a setting, and the update that sets it: both follow from its entry in a table."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.numbers import exact
from playground.core.settings import Setting

#: So many choices are all in view.
_MOST_RADIOS = 3


def setting_control(setting: Setting, prefix: str, **options: Any) -> Any:
    """A component with the setting's default: a slider, a box, a menu, or radio buttons for up to three choices.

    prefix: of its id, PREFIX-NAME.  options: of the component; they may replace label and info.
    A number with examples and no slider is a menu in which others can be typed.
    """
    options = {
        "value": setting.default, "label": say(setting.label) if setting.label else setting.name,
        "info": say(setting.info) if setting.info else None, "elem_id": f"{prefix}-{setting.name}", **options,
    }  # fmt: skip
    if setting.choices:
        menu = gr.Radio if len(setting.choices) <= _MOST_RADIOS else gr.Dropdown
        return menu(**{"choices": titled_choices(setting), **options})
    if isinstance(setting.default, str):
        return gr.Textbox(**options)
    if setting.slider is not None:
        lowest, highest, step = setting.slider
        return gr.Slider(lowest, highest, step=step, **options)
    if setting.examples:
        numbers = [(exact(number), number) for number in setting.examples]
        return gr.Dropdown(numbers, allow_custom_value=True, **options)
    return gr.Number(**options)  # without a precision: it would round silently what is not whole


def titled_choices(setting: Setting) -> list[tuple[str, Any]]:
    """(title, choice) of each choice, as Gradio takes them."""
    return [(setting.titles(choice), choice) for choice in setting.choices]


def restored_setting(setting: Setting, value: Any) -> Any:
    """What sets a control to a valid value: itself, or beyond a slider's range an update that extends it."""
    lowest, highest, _ = setting.slider or (value, value, None)
    if lowest <= value <= highest:
        return value
    return gr.Slider(value=value, minimum=min(lowest, value), maximum=max(highest, value))
