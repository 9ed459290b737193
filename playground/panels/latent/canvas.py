"""What panels with a canvas have in common: where it begins, and what comes back from it."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.images.model_menu import image_model_facts
from playground.ui.notice import notice
from playground.ui.picture_views import pack

_SKIP: Any = gr.skip()
_DAMAGED = "The painted picture did not arrive whole: paint one more stroke."


def blank(model: str) -> NDArray[np.uint8]:
    """An empty picture of the model's size: black for fashion, the avatars' sky for others. (H, W, C) uint8."""
    facts = image_model_facts(model)
    colour = [0] if facts.channels == 1 else [182, 227, 244]
    return np.tile(np.array(colour, np.uint8), (facts.side, facts.side, 1))


def fitting(picture: NDArray[np.uint8] | None, model: str) -> tuple[Any, Any]:
    """(picture, canvas): a blank one, unless there is one of the model's size."""
    try:
        empty = blank(model)
    except PlaygroundError:  # taken out of the menus: said where it draws
        return _SKIP, _SKIP
    if picture is not None and picture.shape == empty.shape:
        return _SKIP, _SKIP
    return empty, pack(empty[None])


def on_drawn(event: gr.EventData) -> tuple[Any, Any]:
    """(picture, notice) after a stroke."""
    try:
        asked: dict[str, Any] = event._data
        shape = int(asked["height"]), int(asked["width"]), int(asked["channels"])
        raw = base64.b64decode(asked["pixels"], validate=True)
        if min(shape) < 1 or max(shape) > 256 or len(raw) != shape[0] * shape[1] * shape[2]:
            return _SKIP, notice(_DAMAGED, "error")
        return np.frombuffer(raw, np.uint8).reshape(shape).copy(), None
    except (KeyError, ValueError, TypeError, binascii.Error):
        return _SKIP, notice(_DAMAGED, "error")
