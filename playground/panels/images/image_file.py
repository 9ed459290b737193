"""Pictures as files: a PNG that contains its recipe, and how the page saves it."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import gradio as gr
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from playground.core.recipe import PNG_KEYWORD, Recipe
from playground.ui.view import save_script

#: Pictures of at most so many pixels a side are saved this many times as large.
LARGEST_PIXEL_ART, ENLARGED = 32, 16


def png(picture: NDArray[np.uint8], recipe: Recipe) -> bytes:
    """A picture as a PNG, with its recipe in a text chunk. picture: (H, W, C) uint8.

    Pixel art is enlarged by a whole factor, without blur: at its own size other programs show a dot, or blur it.
    """
    notes = PngInfo()
    notes.add_itxt(PNG_KEYWORD, json.dumps(recipe.to_json(), ensure_ascii=False))
    image = Image.fromarray(picture if picture.shape[2] == 3 else picture[:, :, 0])
    if max(image.size) <= LARGEST_PIXEL_ART:
        image = image.resize((image.width * ENLARGED, image.height * ENLARGED), Image.Resampling.NEAREST)
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=notes)
    return file.getvalue()


def download(name: str, content: bytes) -> str:
    """The message for `save` in ui/download.js, which saves a PNG under a name."""
    return json.dumps({"name": name, "base64": base64.b64encode(content).decode(), "type": "image/png"})


def save_after(event: Any, file: gr.Textbox) -> None:
    """Saves the file whose message (see `download`) an event puts into a hidden box."""
    event.then(None, file, None, js=save_script(), api_visibility="private")
