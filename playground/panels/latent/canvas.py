"""What panels with a canvas share: a blank picture of the model's size, and the picture after each stroke."""

from __future__ import annotations

import base64
import binascii

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.images.model_menu import image_model_facts
from playground.ui.event_data import event_values
from playground.ui.events import Update
from playground.ui.picture_views import pack

_MAX_SIDE = 256


def blank_picture(model: str) -> NDArray[np.uint8]:
    """An empty picture of the model's size: black for fashion, the avatars' sky for others. (H, W, C) uint8."""
    facts = image_model_facts(model)
    colour = [0] if facts.channels == 1 else [182, 227, 244]
    return np.tile(np.array(colour, np.uint8), (facts.side, facts.side, 1))


def fit_canvas(picture: NDArray[np.uint8] | None, model: str) -> Update:
    """{"picture", "canvas"}: a blank picture if the present one does not have the model's size."""
    try:
        blank = blank_picture(model)
    except PlaygroundError:  # the model was deleted: the panel says so where it draws
        return {}
    if picture is not None and picture.shape == blank.shape:
        return {}
    return {"picture": blank, "canvas": pack(blank[None])}


def on_stroke(event: gr.EventData) -> Update:
    """{"picture", "notice"} after a stroke. Raises PlaygroundError for pixels that are not a picture."""
    try:
        data = event_values(event)
        shape = int(data["height"]), int(data["width"]), int(data["channels"])
        raw = base64.b64decode(data["pixels"], validate=True)
    except (KeyError, ValueError, TypeError, binascii.Error):
        raise PlaygroundError(say("shared.upload.painting_damaged")) from None
    if min(shape) < 1 or max(shape) > _MAX_SIDE or len(raw) != shape[0] * shape[1] * shape[2]:
        raise PlaygroundError(say("shared.upload.painting_damaged"))
    return {"picture": np.frombuffer(raw, np.uint8).reshape(shape).copy(), "notice": None}
