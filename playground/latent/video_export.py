"""Frames as a GIF, WebP or MP4 file with their recipe inside, and the recipe read back from such a file.

The recipe is plain JSON after a keyword: in a GIF's comment (GIF89a, section 24), in a WebP's Exif image description
(tag 0x010E), in the comment of an MP4's metadata. Small pictures are enlarged by a whole factor, without blur.
A GIF keeps 256 colours per frame, an MP4 stores colour at half the resolution; only WebP keeps every pixel.
"""

from __future__ import annotations

import json
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import PNG_KEYWORD, Recipe, from_file, from_json
from playground.core.validation import parse_choice

FORMATS = ("gif", "mp4", "webp")
TYPES = {"gif": "image/gif", "mp4": "video/mp4", "webp": "image/webp"}
FRAMES_PER_SECOND = 12
#: Small pictures are enlarged to at least this many pixels a side.
MIN_SIDE = 256
_LARGEST_BYTES = 64 << 20
_EXIF_DESCRIPTION = 0x010E


def encode_video(pictures: NDArray[np.uint8], kind: str, recipe: Recipe, rate: int = FRAMES_PER_SECOND) -> bytes:
    """Encodes frames as the bytes of a file.

    pictures: (N, H, W, 1 or 3) uint8.  kind: one of FORMATS.  rate: frames a second, 1 to 50.
    GIF and WebP repeat forever if the recipe's walk is a loop; if not, they play once, as an MP4 does.
    Raises PlaygroundError for another kind.
    """
    parse_choice(kind, FORMATS, "file")
    frames = upscale(pictures)
    text = f"{PNG_KEYWORD} {json.dumps(recipe.to_json())}"
    if kind == "mp4":
        return _mp4(frames, text, rate)
    images = [Image.fromarray(frame) for frame in frames]
    file = BytesIO()
    # GIF durations are in hundredths of a second.
    options: dict[str, object] = {"duration": round(100 / rate) * 10, "save_all": True, "append_images": images[1:]}
    for_ever = recipe.settings.get("loop") is True
    if kind == "gif":
        if for_ever:
            options["loop"] = 0
        images = [_quantize(image) for image in images]
        options |= {"append_images": images[1:], "comment": text.encode(), "disposal": 1}
        # Pillow merges a frame that equals the one before it into a longer frame.
    else:
        exif = Image.Exif()
        exif[_EXIF_DESCRIPTION] = text
        options |= {"lossless": True, "exif": exif, "loop": 0 if for_ever else 1}
    images[0].save(file, kind.upper(), **options)
    return file.getvalue()


def _quantize(image: Image.Image) -> Image.Image:
    """Reduces to a palette of at most 256 colours, without dithering: flat colours stay flat."""
    return image.quantize(256, dither=Image.Dither.NONE)


def upscale(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(N, H, W, 1 or 3) -> (N, k H, k W, 3): k is whole, the larger side has MIN_SIDE pixels or a little more.

    Sides are even, as MP4 requires.
    """
    factor = max(1, -(-MIN_SIDE // max(pictures.shape[1:3])))
    factor += factor % 2 if pictures.shape[1] % 2 or pictures.shape[2] % 2 else 0
    rgb = np.repeat(pictures, 3, axis=3) if pictures.shape[3] == 1 else pictures
    return np.ascontiguousarray(rgb.repeat(factor, axis=1).repeat(factor, axis=2))


def _mp4(frames: NDArray[np.uint8], text: str, rate: int) -> bytes:
    """Encodes H.264 in MP4, which every browser plays."""
    import av

    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        container.metadata["comment"] = text
        stream = container.add_stream("libx264", rate=rate, options={"crf": "16", "preset": "veryfast"})
        stream.height, stream.width, stream.pix_fmt = frames.shape[1], frames.shape[2], "yuv420p"
        stream.thread_count = 1
        for pixels in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


def read_recipe(content: bytes) -> Recipe:
    """The recipe in a downloaded film, PNG or JSON file. Decodes no frame.

    Raises PlaygroundError for a file without a recipe.
    """
    if content[4:8] == b"ftyp":
        return _recipe_after_keyword(content[:_LARGEST_BYTES])
    if content.startswith(b"GIF8") or content[8:12] == b"WEBP":
        try:
            with Image.open(BytesIO(content), formats=("GIF", "WEBP")) as image:
                note = image.info.get("comment") or image.getexif().get(_EXIF_DESCRIPTION, "")
        except Exception:  # a decoder may raise anything for a malicious file
            raise PlaygroundError(say("latent.share.no_recipe")) from None
        return _recipe_after_keyword(note if isinstance(note, bytes) else str(note).encode())
    return from_file(content)


def _recipe_after_keyword(content: bytes) -> Recipe:
    start = content.find(PNG_KEYWORD.encode() + b" {")
    if start < 0:
        raise PlaygroundError(say("latent.share.no_recipe"))
    # A recipe is far shorter than this; binary data follows it.
    text = content[start + len(PNG_KEYWORD) + 1 : start + 65_536].decode("latin-1")
    try:
        parsed, _ = json.JSONDecoder().raw_decode(text)
    except (json.JSONDecodeError, RecursionError):
        raise PlaygroundError(say("latent.share.no_recipe")) from None
    return from_json(parsed)
