"""What panels with a canvas share: a blank picture of the model's size, and what comes back after a stroke."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.images.model_menu import image_model_facts
from playground.ui.events import Update
from playground.ui.picture_views import pack

_DAMAGED = "The painted picture did not arrive whole: paint one more stroke."
_MAX_SIDE = 256


def blank_picture(model: str) -> NDArray[np.uint8]:
    """An empty picture of the model's size: black for fashion, the avatars' sky for others. (H, W, C) uint8."""
    facts = image_model_facts(model)
    colour = [0] if facts.channels == 1 else [182, 227, 244]
    return np.tile(np.array(colour, np.uint8), (facts.side, facts.side, 1))


def fit_canvas(picture: NDArray[np.uint8] | None, model: str) -> Update:
    """{"picture", "canvas"}: a blank one, unless there is one of the model's size."""
    try:
        empty = blank_picture(model)
    except PlaygroundError:  # the model was deleted: the panel says so where it draws
        return {}
    if picture is not None and picture.shape == empty.shape:
        return {}
    return {"picture": empty, "canvas": pack(empty[None])}


def on_stroke(event: gr.EventData) -> Update:
    """{"picture", "notice"} after a stroke. Raises PlaygroundError for pixels that are not a picture."""
    try:
        painted: dict[str, Any] = event._data
        shape = int(painted["height"]), int(painted["width"]), int(painted["channels"])
        raw = base64.b64decode(painted["pixels"], validate=True)
    except (KeyError, ValueError, TypeError, binascii.Error):
        raise PlaygroundError(_DAMAGED) from None
    if min(shape) < 1 or max(shape) > _MAX_SIDE or len(raw) != shape[0] * shape[1] * shape[2]:
        raise PlaygroundError(_DAMAGED)
    return {"picture": np.frombuffer(raw, np.uint8).reshape(shape).copy(), "notice": None}
