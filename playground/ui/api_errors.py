"""What API calls return: pictures and files as data URIs, and errors as an escaped sentence instead of a traceback."""

from __future__ import annotations

import base64
import html
import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from io import BytesIO
from typing import Any, ParamSpec, TypeVar, cast

import gradio as gr
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from playground.ui.messages import to_playground_error

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def to_gradio_error(error: Exception) -> gr.Error:
    """The error for API callers, as a sentence whatever it is. It is escaped because pages render it as HTML."""
    if isinstance(error, gr.Error):
        return error
    return gr.Error(html.escape(str(to_playground_error(error)), quote=False), print_exception=False)


def with_api_errors(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """The function or generator, with each error turned into a gr.Error."""

    @wraps(function)
    def call(*values: Parameters.args, **named: Parameters.kwargs) -> Result:
        try:
            return function(*values, **named)
        except Exception as error:
            raise to_gradio_error(error) from None

    @wraps(function)
    def stream(*values: Any, **named: Any) -> Iterator[Any]:
        try:
            yield from cast("Iterator[Any]", function(*values, **named))
        except Exception as error:
            raise to_gradio_error(error) from None

    return cast("Callable[Parameters, Result]", stream) if inspect.isgeneratorfunction(function) else call


def data_uri(content: bytes, kind: str = "image/png") -> str:
    """A file as a data URI. kind: its media type."""
    return f"data:{kind};base64," + base64.b64encode(content).decode()


def png_uri(picture: NDArray[np.uint8]) -> str:
    """A picture, (H, W, C) uint8, as a PNG in a data URI."""
    file = BytesIO()
    Image.fromarray(picture if picture.shape[2] == 3 else picture[:, :, 0]).save(file, "PNG")
    return data_uri(file.getvalue())
