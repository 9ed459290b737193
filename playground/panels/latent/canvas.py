"""What panels with a canvas share: a picture of the model's size, and the picture after each stroke."""

from __future__ import annotations

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.images.model_menu import blank_picture
from playground.ui.event_data import event_values
from playground.ui.events import Update
from playground.ui.picture_views import pack, painted_picture


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
    return {"picture": painted_picture(event_values(event)), "notice": None}
