"""Pictures in the arguments of endpoints."""

from __future__ import annotations

import base64
import binascii

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.image_upload import fit, read_picture


def decode_image(image: str, side: int, channels: int) -> NDArray[np.uint8]:
    """(side, side, channels) uint8 from a picture file in base64, as a data URI or bare.

    Paths are not accepted: a caller must not read the server's files. Raises PlaygroundError for anything else.
    """
    text = image.split(",", 1)[1] if image.startswith("data:") and "," in image else image
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (ValueError, binascii.Error):
        raise PlaygroundError(say("images.request.image")) from None
    return fit(read_picture(content), side, channels)
