"""A visitor's picture: decoded safely, with notes on what was done to it, and fitted to a net's input size.

Only decoders of common pixel formats are tried, whatever the file is called, and the size is read from the header
before any pixel is decoded. Nothing is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.image_rgb import Header, to_rgb

LARGEST_BYTES = 40_000_000
LARGEST_PIXELS = 50_000_000
#: Pillow's names of the formats that are read. None of their decoders starts another program (EPS would).
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
#: First bytes of other files (after blanks, in lower case) -> the sentence of the catalogue that names their kind.
_OTHER_KINDS = {
    b"<svg": "svg",
    b"<?xml": "xml",
    b"<!--": "xml",
    b"<!doctype html": "html",
    b"<html": "html",
    b"%pdf": "pdf",
    b"%!ps": "postscript",
    b"pk\x03\x04": "zip",
    b"\x1a\x65\xdf\xa3": "video",  # Matroska's mark, in lower case
    b"id3": "sound",
    b"oggs": "sound",
    b"flac": "sound",
    b"8bps": "photoshop",
    b"\0\0\1\0": "icon",
    b"\0\0\0\x0cjp  ": "jpeg_2000",
    b"\xff\x4f\xff\x51": "jpeg_2000",
    b"\0\0\0\x0cjxl ": "jpeg_xl",
    b"\xff\x0a": "jpeg_xl",
}
#: First bytes of formats that are read: a file that begins so and does not open is damaged.
_READ_KINDS = {
    b"\x89PNG\r\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}
#: Major brands of HEIF files. Source: ISO/IEC 23008-12, annexes B to D.
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")


@dataclass(frozen=True)
class Upload:
    """A visitor's picture.

    picture: RGB, 8 bits a channel, upright, free of its file.
    notes: sentences for the page about what decoding changed; usually empty.
    """

    picture: Image.Image
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PictureFit:
    """The stages of fitting a picture to a net's input.

    original: RGB as read.  squared: RGB, as wide as high.
    resized: (size, size, channels) uint8, 0 to 255, like the nets' training pictures.
    normalised: (size, size, channels) float32, -1 to 1: the net's input, value / 127.5 - 1.
    steps: a part of a sentence for each stage after the original.
    """

    original: Image.Image
    squared: Image.Image
    resized: NDArray[np.uint8]
    normalised: NDArray[np.float32]
    steps: tuple[str, str, str]

    def words(self, notes: tuple[str, ...] = ()) -> str:
        """What was done to the picture, in sentences. notes: of its Upload."""
        steps = "; ".join(self.steps)
        return ". ".join([*(note.rstrip(".") for note in notes), steps[:1].upper() + steps[1:]])


def read_picture(source: str | Path | bytes) -> Image.Image:
    """The picture of `read_upload`, without its notes."""
    return read_upload(source).picture


def read_upload(source: str | Path | bytes) -> Upload:
    """Reads a picture from a file's path or from its content.

    Takes the first frame of an animation, lays transparency on white, converts colours to sRGB by the file's ICC
    profile (CMYK without one by the plain formula), keeps the upper 8 of 16 bits, and applies the camera's EXIF
    orientation. At most LARGEST_BYTES and LARGEST_PIXELS.
    Raises PlaygroundError for other files, and for damaged or too large pictures.
    """
    content = _content(source)
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(say("shared.upload.beyond_pillow")) from None
    except Exception:  # what a decoder raises for a file made to mislead it is not a closed list
        raise _not_a_picture(content) from None
    with image:
        width, height = image.size
        if width * height > LARGEST_PIXELS:
            raise _too_many_pixels(f"{width:,} x {height:,}")
        try:
            header = Header(image, content)
            image.load()
            return Upload(*to_rgb(image, header))
        except PlaygroundError:
            raise
        except MemoryError:
            raise _too_many_pixels(f"{width:,} x {height:,}") from None
        except Exception:  # as above
            raise PlaygroundError(say("shared.upload.damaged", format=image.format)) from None


def _content(source: str | Path | bytes) -> bytes:
    """The file's bytes. Raises PlaygroundError if it is empty or larger than LARGEST_BYTES."""
    if isinstance(source, bytes):
        content = source[: LARGEST_BYTES + 1]
    else:
        try:
            with Path(source).open("rb") as file:
                content = file.read(LARGEST_BYTES + 1)
        except (OSError, ValueError):
            raise PlaygroundError(say("shared.upload.gone")) from None
    if not content:
        raise PlaygroundError(say("shared.upload.empty", formats=say("shared.upload.formats")))
    if len(content) > LARGEST_BYTES:
        raise PlaygroundError(say("shared.upload.too_large", bytes=LARGEST_BYTES))
    return content


def _not_a_picture(content: bytes) -> PlaygroundError:
    own = next((name for mark, name in _READ_KINDS.items() if content.startswith(mark)), "")
    own = "WebP" if content.startswith(b"RIFF") and content[8:12] == b"WEBP" else own
    if own:
        return PlaygroundError(say("shared.upload.damaged", format=own))
    start = content[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    kind = next((name for mark, name in _OTHER_KINDS.items() if start.startswith(mark)), "")
    if content[4:8] == b"ftyp":
        if content[8:12] in _AVIF_BRANDS:
            return PlaygroundError(say("shared.upload.damaged", format="AVIF"))
        if content[8:12] == b"crx ":  # Canon's CR3
            return PlaygroundError(say("shared.upload.raw", formats=say("shared.upload.formats")))
        sound = "sound" if content[8:11] in (b"M4A", b"M4B") else "video"
        kind = "heic" if content[8:12] in _HEIF_BRANDS else sound
    if content.startswith(b"RIFF"):
        kind = {b"WAVE": "sound", b"AVI ": "video"}.get(content[8:12], kind)
    formats = say("shared.upload.formats")
    if kind:
        return PlaygroundError(
            say("shared.upload.other_kind", kind=say(f"shared.upload.kinds.{kind}"), formats=formats)
        )
    return PlaygroundError(say("shared.upload.unknown_kind", formats=formats))


def _too_many_pixels(size: str) -> PlaygroundError:
    return PlaygroundError(say("shared.upload.too_many_pixels", size=size, millions=LARGEST_PIXELS / 1e6))


def fit(
    picture: Image.Image, size: int, channels: int, square: Literal["crop", "pad"] = "crop", invert: bool = False
) -> NDArray[np.uint8]:
    """The picture at a net's input size: (size, size, channels) uint8. See `fit_by_steps`."""
    return fit_by_steps(picture, size, channels, square, invert).resized


def fit_by_steps(
    picture: Image.Image, size: int, channels: int, square: Literal["crop", "pad"] = "crop", invert: bool = False
) -> PictureFit:
    """Makes a picture square, resizes it to the net's input, and scales it to -1..1.

    picture: RGB.  size: pixels.  channels: 3, or 1 for gray (luma of ITU-R BT.601).
    square: "crop" keeps the middle square; "pad" adds white at the sides.
    invert: swaps dark and light, because the garments of Fashion-MNIST are light on black.
    Shrinking averages areas (BOX): pixel art enlarged by a whole factor is recovered exactly. Enlarging is bicubic.
    Raises ValueError for other channels or a size below 1.
    """
    if channels not in (1, 3) or size < 1:
        raise ValueError(f"{channels} channels of {size} pixels")
    squared, how = _squared(picture, square)
    side = squared.width
    method = Image.Resampling.BOX if size <= side else Image.Resampling.BICUBIC
    toned = squared.convert("L") if channels == 1 else squared
    pixels = np.asarray(toned.resize((size, size), method), dtype=np.uint8).reshape(size, size, channels)
    if invert:
        pixels = np.uint8(255) - pixels
    return PictureFit(
        original=picture,
        squared=squared,
        resized=pixels,
        normalised=normalise(pixels),
        steps=(how, _resizing(side, size, channels, invert), say("shared.upload.fit.normalised")),
    )


def normalise(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Pixels 0..255 as float32 in -1..1, of the same shape."""
    return pixels.astype(np.float32) / np.float32(127.5) - np.float32(1.0)


def _squared(picture: Image.Image, square: Literal["crop", "pad"]) -> tuple[Image.Image, str]:
    width, height = picture.size
    if width == height:
        return picture, say("shared.upload.fit.square", width=width, height=height)
    if square == "crop":
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        cut = picture.crop((left, top, left + side, top + side))
        return cut, say("shared.upload.fit.cropped", width=width, height=height, side=side)
    side = max(width, height)
    # A strip of 1 x 50 million pixels must not become a square of that side.
    if side * side > LARGEST_PIXELS:
        raise PlaygroundError(say("shared.upload.too_long_to_pad", width=width, height=height))
    padded = Image.new("RGB", (side, side), "white")
    padded.paste(picture, ((side - width) // 2, (side - height) // 2))
    return padded, say("shared.upload.fit.padded", width=width, height=height, side=side)


def _resizing(side: int, size: int, channels: int, invert: bool) -> str:
    way = "kept" if side == size else "shrunk" if side > size else "enlarged"
    parts = [say("shared.upload.fit.gray")] if channels == 1 else []
    parts.append(say(f"shared.upload.fit.{way}", size=size))
    return ", ".join([*parts, say("shared.upload.fit.inverted")] if invert else parts)
