"""What a program's call gets in place of a result: the sentence, escaped, for pages draw an error as HTML."""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import gradio as gr

from playground.errors import PlaygroundError

Asked = ParamSpec("Asked")
Given = TypeVar("Given")


def told(error: PlaygroundError) -> gr.Error:
    """The error as a caller gets it. Pages draw it as HTML, so that it is escaped."""
    return gr.Error(html.escape(str(error), quote=False), print_exception=False)


def telling(function: Callable[Asked, Given]) -> Callable[Asked, Given]:
    """The function, with a PlaygroundError turned into the sentence that its caller gets."""

    @wraps(function)
    def called(*values: Asked.args, **named: Asked.kwargs) -> Given:
        try:
            return function(*values, **named)
        except PlaygroundError as error:
            raise told(error) from None

    return called
