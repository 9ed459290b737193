"""Each event of a page ends with a result or with one sentence, whatever fails: also in Gradio's reading of its values.

Gradio itself answers {"error": null} and prints a traceback for all that is no gr.Error, and for gr.Errors of its own.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.exceptions import ComponentProcessingError

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import quoted
from playground.ui.api_errors import to_gradio_error

#: What a component's value may be, beside None. Of a list of choices, Gradio checks that a value is among them.
_TYPES: tuple[tuple[type, str, tuple[type, ...]], ...] = (
    (gr.Textbox, "text", (str,)),
    (gr.Slider, "number", (int, float)),
    (gr.Number, "number", (int, float)),
    (gr.Checkbox, "bool", (bool,)),
    (gr.Radio, "text", (str, int, float)),
    (gr.CheckboxGroup, "list", (list,)),
)
#: What Gradio raises while it reads values that a component cannot take.
_UNREADABLE = (ComponentProcessingError, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError,
               IsADirectoryError, FileNotFoundError)  # fmt: skip


def answer_in_sentences(page: gr.Blocks) -> None:
    """Makes each of a page's events check the kinds of its values first, and fail with a sentence only."""
    site: Any = page
    process, prepare = site.process_api, site.preprocess_data

    async def process_or_explain(*values: Any, **named: Any) -> Any:
        try:
            return await process(*values, **named)
        except Exception as error:
            raise to_gradio_error(error) from None

    async def prepare_or_explain(event: Any, inputs: list[Any], *values: Any, **named: Any) -> Any:
        try:
            check_values(event.inputs, inputs)
            return await prepare(event, inputs, *values, **named)
        except gr.Error as error:  # a sentence of Gradio's own
            raise gr.Error(html.escape(error.message, quote=False), print_exception=False) from None
        except _UNREADABLE:
            raise gr.Error(say("shared.call.value"), print_exception=False) from None

    site.process_api, site.preprocess_data = process_or_explain, prepare_or_explain


def check_values(components: Sequence[Any], values: Sequence[Any]) -> None:
    """Raises PlaygroundError for a value of another kind than its component's, or for None where a page has a value."""
    for place, (component, value) in enumerate(zip(components, values, strict=False)):
        kind, types = _kind_of(component)
        if not types or component.stateful or (value is None and _may_be_empty(component)):
            continue
        if not _fits(value, types):
            name = getattr(component, "label", None) or say("shared.call.value_name", place=place + 1)
            expected = say(f"shared.invalid.kinds.{kind}")
            raise PlaygroundError(say("shared.invalid.kind", name=name, kind=expected, value=quoted(value)))


def _may_be_empty(component: Any) -> bool:
    """Whether a page may send None: an emptied box, or a choice that nothing was chosen of as the page opened."""
    if isinstance(component, gr.Slider):
        return False
    one = isinstance(component, gr.Radio) or (isinstance(component, gr.Dropdown) and not component.multiselect)
    return not (one and component.value)


def _fits(value: object, types: tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return bool in types
    if isinstance(value, int):
        return int in types and abs(value) < 1 << 63
    return isinstance(value, types) and (not isinstance(value, float) or math.isfinite(value))


def _kind_of(component: Any) -> tuple[str, tuple[type, ...]]:
    """(kind in words, its types); no types if anything is taken, or if the component itself checks."""
    if isinstance(component, gr.Dropdown):
        if component.multiselect:
            return "list", (list,)
        numbers = any(not isinstance(value, str) for _, value in component.choices)
        return "text", (str, int, float) if numbers else (str,)
    return next(((kind, types) for cls, kind, types in _TYPES if isinstance(component, cls)), ("", ()))
