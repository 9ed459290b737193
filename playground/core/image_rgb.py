"""A decoded picture of any mode as upright RGB with 8 bits a channel, with a note on each thing that this changed."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

_EXIF_ORIENTATION = 0x0112
#: Values of the orientation's tag -> the note. Source: Exif 2.32, tag 0x0112; ImageOps.exif_transpose.
_TURNS = {2: "mirrored", 3: "rotated", 4: "mirrored", 5: "both", 6: "rotated", 7: "both", 8: "rotated"}
#: Tags of TIFF 6.0 and DNG 1.7.
_BITS_PER_SAMPLE, _WHITE_IS_ZERO, _SUBFILE_TYPE, _DNG_VERSION = 258, 262, 254, 50706
_PNG_GRAY = 0


class Header:
    """What must be read before the pixels are: Pillow forgets it, or applies it without a word.

    bits: of each channel in the file; 8 if unknown or fewer.
    turn: what its EXIF orientation asks for, as the note's key in the catalogue; "" for nothing.
    """

    def __init__(self, picture: Image.Image, content: bytes) -> None:
        """picture: opened from content and not loaded yet.

        Raises PlaygroundError for a camera's raw file, and what Pillow raises for a damaged PNG.
        """
        self.tags: Any = getattr(picture, "tag_v2", {})
        if _DNG_VERSION in self.tags or int(self.tags.get(_SUBFILE_TYPE, 0)) & 1 or content[8:10] == b"CR":
            raise PlaygroundError(say("shared.upload.raw", formats=say("shared.upload.formats")))
        self.bits = _bits(picture.format, content, self.tags)
        #: Gray PNGs of fewer bits: Pillow scales their pixels to 255, and not the value that is transparent.
        self.gray_scale = 1
        if picture.format == "PNG" and content[25] == _PNG_GRAY and content[24] in (2, 4):
            self.gray_scale = 255 // (2 ** content[24] - 1)
        if picture.format == "PNG":
            picture.load()  # its EXIF may follow the pixels: a fault in these is none of the EXIF
        try:
            self.turn = _TURNS.get(picture.getexif().get(_EXIF_ORIENTATION, 1), "")
        except Exception:  # Pillow raises many kinds for damaged EXIF, and the picture itself is fine
            self.turn = "exif_damaged"


def _bits(kind: str | None, content: bytes, tags: Any) -> int:
    if kind == "PNG":
        return max(8, content[24])
    if kind == "TIFF":
        bits = tags.get(_BITS_PER_SAMPLE, ())
        several = bits if isinstance(bits, tuple) else (bits,)  # of one channel it is a number
        return max([8, *(int(one) for one in several)])
    # AV1 Image File Format 1.1, the box av1C: the third byte has high_bitdepth and twelve_bit.
    place = content.find(b"av1C") if kind == "AVIF" else -1
    flags = content[place + 6] if 0 <= place < len(content) - 6 else 0
    return 8 if not flags & 0x40 else 12 if flags & 0x20 else 10


def to_rgb(picture: Image.Image, header: Header) -> tuple[Image.Image, tuple[str, ...]]:
    """(an upright RGB picture, notes) from a loaded one of any mode; its header was read before it was loaded."""
    notes = []
    if picture.format != "MPO" and getattr(picture, "is_animated", False):
        notes.append(say("shared.upload.several_frames"))
    if header.turn:
        notes.append(say(f"shared.upload.{header.turn}"))
    if header.bits in (10, 12, 16):
        notes.append(say("shared.upload.many_bits", bits=header.bits))
    profile = picture.info.get("icc_profile")
    upright = _eight_bits(_upright(picture, header), header)
    converted = _in_srgb(upright, profile)
    if upright.mode == "CMYK":
        notes.append(say("shared.upload.cmyk_profile" if converted else "shared.upload.cmyk"))
    elif converted:
        notes.append(say("shared.upload.profile"))
    upright = converted or upright
    if upright.has_transparency_data:
        upright = upright.convert("RGBA")
        if np.asarray(upright)[..., 3].min() < 255:  # a picture may have an alpha channel and be opaque
            notes.append(say("shared.upload.transparent"))
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
    return upright.convert("RGB") if upright.mode != "RGB" else upright.copy(), tuple(notes)


def _upright(picture: Image.Image, header: Header) -> Image.Image:
    """The picture rotated by its EXIF orientation; Pillow has already rotated a TIFF."""
    from PIL import ImageOps

    if header.turn in ("", "exif_damaged"):
        return picture
    return ImageOps.exif_transpose(picture)


def _eight_bits(picture: Image.Image, header: Header) -> Image.Image:
    """The picture with the upper 8 of 16 bits, and its transparent colour in the same terms."""
    if picture.mode in ("I", "F"):
        raise PlaygroundError(say("shared.upload.thirty_two_bits"))
    clear = picture.info.get("transparency")
    if picture.mode.startswith("I;16"):
        values = np.asarray(picture)
        gray = (values >> 8).astype(np.uint8)
        if header.tags.get(_WHITE_IS_ZERO) == 0:  # Pillow inverts such a TIFF only with 8 bits
            gray = 255 - gray
        if clear is None:
            return Image.fromarray(gray)
        alpha = np.where(values == clear, 0, 255).astype(np.uint8)
        return Image.fromarray(np.stack([gray, alpha], axis=-1))
    if picture.mode == "RGB" and header.bits == 16 and isinstance(clear, tuple):
        picture.info["transparency"] = tuple(value >> 8 for value in clear)  # Pillow keeps no lower bits to compare
    if picture.mode == "L" and isinstance(clear, int):
        picture.info["transparency"] = clear * header.gray_scale
    return picture


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image | None:
    """The picture's colours in sRGB by its ICC profile; None if it has none, has sRGB, or has a damaged one."""
    from PIL import ImageCms

    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK"):
        return None
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(own).lower():
            return None
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    return converted
