"""A visitor's picture: decoded safely, described in plain words, and cut to the shape that a net takes.

Only decoders of common pixel formats are tried, whatever the file is called; the size is read from the header before
any pixel is decoded. Colour profiles (ICC) are not applied. Nothing is kept or written.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from playground.core.errors import PlaygroundError

LARGEST_BYTES = 40_000_000
LARGEST_PIXELS = 50_000_000
#: Pillow's names of the formats that are read. None of their decoders starts another program (EPS would).
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
_TAKEN = "choose a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF file"
_EXIF_ORIENTATION = 0x0112
#: What a file begins with (after blanks, in lower case) that is no picture of pixels -> what it is.
_OTHER_KINDS = {
    b"<svg": "an SVG drawing",
    b"<?xml": "an XML or SVG text",
    b"<!doctype html": "a web page (HTML)",
    b"<html": "a web page (HTML)",
    b"%pdf": "a PDF",
    b"%!ps": "a PostScript file",
    b"pk\x03\x04": "a ZIP archive or an office document",
    b"\x1a\x45\xdf\xa3": "a film",
    b"8bps": "a Photoshop file",
}
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")


@dataclass(frozen=True)
class Upload:
    """A visitor's picture.

    picture: RGB, 8 bits a channel, upright, free of its file.
    notes: sentences about what was done to it, for the page; empty for a plain picture.
    """

    picture: Image.Image
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PictureFit:
    """A picture on its way to a net, one stage after the other.

    original: RGB as read.  squared: RGB, as wide as high.
    resized: (size, size, channels) uint8, 0 to 255: what the nets' own training pictures look like.
    normalised: (size, size, channels) float32, -1 to 1: what goes in; value / 127.5 - 1.
    steps: one sentence for each stage after the original.
    """

    original: Image.Image
    squared: Image.Image
    resized: NDArray[np.uint8]
    normalised: NDArray[np.float32]
    steps: tuple[str, str, str]


def read_picture(source: str | Path | bytes) -> Image.Image:
    """The picture of `read_upload`, without its notes."""
    return read_upload(source).picture


def read_upload(source: str | Path | bytes) -> Upload:
    """Reads a picture from a file's path or from its content.

    Of an animation the first frame is read; transparency is laid on white; CMYK becomes RGB by the plain formula;
    16 bits become 8; a camera's EXIF orientation is applied. At most LARGEST_BYTES and LARGEST_PIXELS.
    Raises PlaygroundError, with one sentence, for what is no such picture, is damaged, or is too large.
    """
    content = _content(source)
    try:
        opened = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels("more than Pillow will open") from None
    except Exception:  # what a decoder raises for a file made to mislead it is not a closed list
        raise _not_a_picture(content) from None
    with opened:
        width, height = opened.size
        if width * height > LARGEST_PIXELS:
            raise _too_many_pixels(f"{width:,} x {height:,}")
        try:
            opened.load()
            return _as_rgb(opened)
        except PlaygroundError:
            raise
        except MemoryError:
            raise _too_many_pixels(f"{width:,} x {height:,}") from None
        except Exception:  # as above
            raise PlaygroundError(
                f"This {opened.format} file begins like a picture but cannot be read to its end: it is damaged or cut "
                "short. Save or download it again."
            ) from None


def _content(source: str | Path | bytes) -> bytes:
    """The file's bytes, its size looked at first."""
    if isinstance(source, bytes):
        content = source[: LARGEST_BYTES + 1]
    else:
        try:
            with Path(source).open("rb") as file:
                content = file.read(LARGEST_BYTES + 1)
        except (OSError, ValueError):
            raise PlaygroundError("The file is gone or cannot be opened: choose the picture once more.") from None
    if not content:
        raise PlaygroundError(f"The file is empty (0 bytes): {_TAKEN}.")
    if len(content) > LARGEST_BYTES:
        raise PlaygroundError(
            f"The file is larger than {LARGEST_BYTES / 1e6:.0f} MB: make the picture smaller first, or save it as JPEG."
        )
    return content


def _not_a_picture(content: bytes) -> PlaygroundError:
    start = content[:256].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    kind = next((name for mark, name in _OTHER_KINDS.items() if start.startswith(mark)), "")
    if content[4:8] == b"ftyp":
        kind = "an HEIC photo" if content[8:12] in _HEIF_BRANDS else "a film"
    if kind:
        return PlaygroundError(f"The file is {kind}, not a picture of pixels that can be read here: {_TAKEN}.")
    return PlaygroundError(f"The file is not a picture that can be read here, or its beginning is damaged: {_TAKEN}.")


def _too_many_pixels(found: str) -> PlaygroundError:
    return PlaygroundError(
        f"The picture has too many pixels ({found}; at most {LARGEST_PIXELS / 1e6:.0f} million): make it smaller first."
    )


def _as_rgb(picture: Image.Image) -> Upload:
    """An upright RGB picture from one that was loaded, in whatever mode."""
    notes = []
    if picture.format != "MPO" and getattr(picture, "is_animated", False):
        notes.append("The file holds several frames or pages: the first is used.")
    upright, turned = _upright(picture)
    notes += turned
    if upright.mode.startswith("I;16"):
        notes.append("The picture has 16 bits a pixel: the upper 8 are used.")
        upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
    elif upright.mode in ("I", "F"):
        raise PlaygroundError(
            "The picture's pixels are 32-bit numbers, and nothing says which of them is white: save it with 8 bits "
            "a channel."
        )
    if upright.has_transparency_data:
        notes.append("Transparent parts were laid on white.")
        upright = upright.convert("RGBA")
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright)
    if upright.mode == "CMYK":
        notes.append("The picture is in printing colours (CMYK): on a screen they are approximate.")
    return Upload(upright.convert("RGB") if upright.mode != "RGB" else upright.copy(), tuple(notes))


def _upright(picture: Image.Image) -> tuple[Image.Image, list[str]]:
    """The picture as its camera was held. Source: Exif 2.32, tag 0x0112; ImageOps.exif_transpose."""
    from PIL import ImageOps

    try:
        if picture.getexif().get(_EXIF_ORIENTATION, 1) in (0, 1):
            return picture, []
        return ImageOps.exif_transpose(picture), ["The picture was turned as its camera's note (EXIF) says."]
    except Exception:  # a damaged note, which Pillow tells of in many ways, is no reason to lose the picture
        return picture, ["The camera's note (EXIF) is damaged: the picture is shown as it is stored."]


def fit(
    picture: Image.Image, size: int, channels: int, square: Literal["crop", "pad"] = "crop", invert: bool = False
) -> NDArray[np.uint8]:
    """The picture as the nets take it: (size, size, channels) uint8. See `fit_by_steps`."""
    return fit_by_steps(picture, size, channels, square, invert).resized


def fit_by_steps(
    picture: Image.Image, size: int, channels: int, square: Literal["crop", "pad"] = "crop", invert: bool = False
) -> PictureFit:
    """A picture made square, then brought to the net's size and channels, then to -1..1.

    picture: RGB.  size: pixels.  channels: 3, or 1 for gray (luma of ITU-R BT.601).
    square: "crop" keeps the middle square; "pad" keeps everything, with white beside it.
    invert: dark becomes light, for the garments of Fashion-MNIST are light on black.
    Shrinking averages areas (BOX), so that pixel art enlarged by a whole factor comes back exactly; enlarging is
    bicubic.
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
        steps=(how, _resizing(side, size, channels, invert), "value / 127.5 - 1: black is -1, white is 1"),
    )


def normalise(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Pixels 0..255 as float32 in -1..1, of the same shape."""
    return pixels.astype(np.float32) / np.float32(127.5) - np.float32(1.0)


def _squared(picture: Image.Image, square: Literal["crop", "pad"]) -> tuple[Image.Image, str]:
    width, height = picture.size
    if width == height:
        return picture, f"already square, {width} x {height}"
    if square == "crop":
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        cut = picture.crop((left, top, left + side, top + side))
        return cut, f"{width} x {height} cut to its middle {side} x {side}"
    side = max(width, height)
    # A strip of 1 x 50 million pixels must not become a square of that side.
    if side * side > LARGEST_PIXELS:
        raise PlaygroundError(f"A picture of {width:,} x {height:,} cannot be padded to a square: crop it instead.")
    padded = Image.new("RGB", (side, side), "white")
    padded.paste(picture, ((side - width) // 2, (side - height) // 2))
    return padded, f"{width} x {height} padded with white to {side} x {side}"


def _resizing(side: int, size: int, channels: int, invert: bool) -> str:
    tone = "gray (BT.601 luma), " if channels == 1 else ""
    way = "kept at" if side == size else "averaged over areas to" if side > size else "enlarged (bicubic) to"
    return f"{tone}{way} {size} x {size}{', inverted' if invert else ''}"
