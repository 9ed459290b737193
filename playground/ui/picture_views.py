"""Views of small pictures: a sheet of thumbnails, the card of one, and a canvas to paint on."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.ui.view import view

_MOST_PAINTED = 256  # pixels a side
_SHEET = """
<section class="pg-sheet" aria-label="[[shared.picture.region]]">
  <div class="pg-frames-bar pg-sheet-film" hidden>
    <button type="button" class="pg-button pg-play">[[shared.play]]</button>
    <input type="range" class="pg-scrub" min="0" max="1" value="1" step="1" aria-label="[[shared.picture.film]]">
  </div>
  <div class="pg-thumbs" role="group" aria-label="[[shared.picture.thumbs]]"></div>
  <p class="pg-empty"></p>
</section>
"""


def pack(pictures: NDArray[np.uint8]) -> dict[str, Any]:
    """Pictures as the scripts read them. pictures: (N, H, W, C) uint8, C = 1 or 3."""
    _, height, width, channels = pictures.shape
    pixels = base64.b64encode(np.ascontiguousarray(pictures).tobytes()).decode()
    return {"pixels": pixels, "width": width, "height": height, "channels": channels}


def painted_picture(values: Mapping[str, Any]) -> NDArray[np.uint8]:
    """(H, W, C) uint8, from what a canvas reports. Raises PlaygroundError if that is no picture."""
    try:
        shape = int(values["height"]), int(values["width"]), int(values["channels"])
        pixels = base64.b64decode(values["pixels"], validate=True)
    except (KeyError, ValueError, TypeError, binascii.Error):
        raise PlaygroundError(say("shared.upload.painting_damaged")) from None
    if min(shape) < 1 or max(shape) > _MOST_PAINTED or len(pixels) != shape[0] * shape[1] * shape[2]:
        raise PlaygroundError(say("shared.upload.painting_damaged"))
    return np.frombuffer(pixels, np.uint8).reshape(shape).copy()


def kept_value(pictures: Sequence[NDArray[np.uint8]], labels: Sequence[str]) -> dict[str, Any]:
    """A value of the sheet: pictures of any models, each with its label."""
    return pack(same_size(pictures)) | {"items": [{"label": text} for text in labels], "done": True, "chosen": None}


def same_size(pictures: Sequence[NDArray[np.uint8]], side: int = 64) -> NDArray[np.uint8]:
    """Pictures of different sizes as thumbnails, (N, side, side, 3) uint8: scaled by whole factors, on black.

    pictures: each (H, H, 1 or 3) uint8.
    """
    thumbs = np.zeros((len(pictures), side, side, 3), np.uint8)
    for place, picture in enumerate(pictures):
        own = len(picture)
        if own > side:
            fewer = -(-own // side)
            whole = own // fewer * fewer
            blocks = picture[:whole, :whole].reshape(whole // fewer, fewer, whole // fewer, fewer, -1)
            picture = blocks.mean((1, 3)).round().astype(np.uint8)
        else:
            picture = picture.repeat(side // own, 0).repeat(side // own, 1)
        edge = (side - len(picture)) // 2
        inside = slice(edge, edge + len(picture))
        thumbs[place, inside, inside] = picture
    return thumbs


def sheet_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws pack(…) | {"items": [{"label", "words"}], "done", "chosen", "columns": 0 for as many as fit, "empty"}.

    film: {"frames", "pixels"}, all pictures from noise on, frame by frame; None or absent without.
    Event: pick, {"index"}. options: those of gr.HTML.
    """
    return view("sheet", _SHEET, value, events=("pick",), **options)


def card_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """Draws one picture: {"title", "packed", "rows": [{"name", "text"}], "strips", "actions": [[name, label]]}.

    strips: [{"title", "packed", "labels"}].  Event: act, {"name"}. options: those of gr.HTML.
    """
    template = (
        '<section class="pg-picture-card" aria-live="polite" aria-label="[[shared.picture.card]]" hidden></section>'
    )
    return view("card", template, value, events=("act",), **options)


_PAINT = """
<section class="pg-paint" aria-label="[[shared.picture.yours]]">
  <canvas class="pg-canvas pg-bitmap" tabindex="0" role="application"
    aria-label="[[shared.picture.canvas]]"></canvas>
  <div class="pg-actions">
    <label class="pg-field">[[shared.picture.colour]] <input type="color" class="pg-colour" value="#c2410c"></label>
    <label class="pg-field">[[shared.picture.brush]]
      <input type="range" class="pg-brush" min="1" max="6" value="1"></label>
    <button type="button" class="pg-button pg-eraser" aria-pressed="false"
      title="[[shared.picture.erase_title]]">[[shared.picture.erase]]</button>
    <button type="button" class="pg-button pg-undo" disabled>[[shared.picture.undo]]</button>
    <button type="button" class="pg-button pg-clear">[[shared.picture.fill]]</button>
  </div>
  <p class="pg-hint pg-paint-place" role="status">[[shared.picture.paint]]</p>
</section>
"""


def paint_view(value: dict[str, Any] | None = None, **options: Any) -> gr.HTML:
    """A canvas with a picture, pack(…) of one, to paint on. Event: drawn, {"pixels", "width", "height", "channels"}.

    options: those of gr.HTML.
    """
    return view("paint", _PAINT, value, events=("drawn",), **options)
