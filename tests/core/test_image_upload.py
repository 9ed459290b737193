"""What visitors really upload: each kind of file is made by Pillow (or by hand), and read or refused in a sentence."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from playground.core import image_upload
from playground.core.errors import PlaygroundError
from playground.core.image_upload import fit, fit_by_steps, read_picture, read_upload

RED, BLUE = (255, 0, 0), (0, 0, 255)


def picture(width: int = 20, height: int = 10) -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def refusal(source: str | Path | bytes) -> str:
    with pytest.raises(PlaygroundError) as error:
        read_picture(source)
    message = str(error.value)
    assert message.endswith(".") and "\n" not in message and "<" not in message and len(message) < 300
    return message


def png(width: int, depth: int, kind: int, row: bytes, clear: bytes = b"", height: int = 1) -> bytes:
    """A PNG by hand. kind: its colour type, 0 for gray and 2 for RGB.  row: of pixels.  clear: its chunk tRNS."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    head += chunk(b"tRNS", clear) if clear else b""
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" + row)) + chunk(b"IEND", b"")


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is huge and holds next to nothing."""
    return png(width, 8, 2, b"\0" * 1000, height=height)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_a_lossless_picture_is_read_exactly_from_bytes_and_from_a_path(kind: str, tmp_path: Path) -> None:
    content = saved(picture(), kind)
    (tmp_path / "file.anything").write_bytes(content)
    for source in (content, tmp_path / "file.anything", str(tmp_path / "file.anything")):
        upload = read_upload(source)
        assert upload.notes == () and upload.picture.mode == "RGB"
        np.testing.assert_array_equal(np.asarray(upload.picture), np.asarray(picture()))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "GIF"])
def test_a_lossy_picture_is_read_nearly(kind: str) -> None:
    read = np.asarray(read_picture(saved(picture(), kind)), dtype=int)
    assert np.abs(read - np.asarray(picture(), dtype=int))[:, [0, -1]].max() < 12


def test_a_picture_outlives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(saved(picture(), "PNG"))
    read = read_picture(path)
    path.unlink()
    assert read.getpixel((0, 0)) == RED


def test_the_first_frame_of_an_animation_is_used_with_a_note() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE)]
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        options = {"lossless": True} if kind == "WEBP" else {}
        upload = read_upload(saved(frames[0], kind, save_all=True, append_images=frames[1:], **options))
        assert upload.picture.getpixel((3, 3)) == RED, kind
        assert "first is used" in upload.notes[0]


def test_transparent_parts_are_laid_on_white() -> None:
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    half = Image.new("RGBA", (4, 4), (255, 0, 0, 128))
    palette = Image.new("P", (4, 4), 0)
    gray = Image.new("LA", (4, 4), (0, 0))
    cases = [(clear, {}, (255, 255, 255)), (half, {}, (255, 127, 127)), (gray, {}, (255, 255, 255))]
    cases += [(palette, {"transparency": 0}, (255, 255, 255))]
    for image, options, expected in cases:
        upload = read_upload(saved(image, "PNG", **options))
        assert upload.picture.mode == "RGB" and upload.picture.getpixel((1, 1)) == expected
        assert "laid on white" in upload.notes[0]


def test_an_opaque_picture_with_an_alpha_channel_has_no_note_about_it() -> None:
    upload = read_upload(Path(__file__).parent / "data" / "anim.webp")
    assert len(upload.notes) == 1 and "first is used" in upload.notes[0]
    assert read_upload(saved(Image.new("RGBA", (4, 4), (255, 0, 0, 255)), "PNG")).notes == ()


def test_printing_colours_become_screen_colours() -> None:
    upload = read_upload(saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    pixel = upload.picture.getpixel((4, 4))
    assert isinstance(pixel, tuple) and pixel[0] > 240 and max(pixel[1:]) < 15
    assert "CMYK" in upload.notes[0]


def test_inks_in_a_jpeg_are_read_as_browsers_read_them() -> None:
    """JPEGs hold inks inverted, as Adobe's programs write them; Chromium reads files without their marker alike."""
    red, inks = (220, 30, 30), (35, 225, 225, 0)
    marked = saved(Image.new("CMYK", (16, 16), inks), "JPEG")
    place = marked.index(b"\xff\xee")
    assert marked[place + 4 : place + 9] == b"Adobe"
    bare = marked[:place] + marked[place + 2 + int.from_bytes(marked[place + 2 : place + 4]) :]
    for content in (marked, bare):
        assert np.abs(np.subtract(read_upload(content).picture.getpixel((8, 8)), red)).max() <= 3
    # A file that a program inverted once more holds full black ink, and is black everywhere.
    twice = saved(Image.new("CMYK", (16, 16), tuple(255 - ink for ink in inks)), "JPEG")
    assert read_upload(twice).picture.getpixel((8, 8)) == (0, 0, 0)


def test_16_bits_become_8() -> None:
    values = np.array([[0, 0x1234, 0x8000, 0xFFFF]], dtype=np.uint16)
    for kind in ("PNG", "TIFF"):
        upload = read_upload(saved(Image.fromarray(values), kind))
        assert [upload.picture.getpixel((x, 0)) for x in range(4)] == [(v,) * 3 for v in (0, 0x12, 0x80, 0xFF)]
        assert "16 bits" in upload.notes[0]
    negative = read_upload(saved(Image.fromarray(values), "TIFF", tiffinfo={262: 0})).picture  # white is zero
    assert [negative.getpixel((x, 0)) for x in range(4)] == [(255 - v,) * 3 for v in (0, 0x12, 0x80, 0xFF)]


def test_16_bits_of_colour_and_a_transparent_value_are_noted() -> None:
    values = struct.pack(">6H", 0xFFFF, 0, 0x8000, 0x1234, 0x5678, 0x9ABC)
    upload = read_upload(png(2, 16, 2, values))
    assert [upload.picture.getpixel((x, 0)) for x in (0, 1)] == [(0xFF, 0, 0x80), (0x12, 0x56, 0x9A)]
    assert len(upload.notes) == 1 and "16 bits per channel" in upload.notes[0]
    clear = read_upload(png(2, 16, 2, values, values[6:]))
    assert [clear.picture.getpixel((x, 0)) for x in (0, 1)] == [(0xFF, 0, 0x80), (255, 255, 255)]
    gray = read_upload(png(2, 16, 0, struct.pack(">2H", 0x1200, 0x1234), struct.pack(">H", 0x1234)))
    assert [gray.picture.getpixel((x, 0)) for x in (0, 1)] == [(0x12,) * 3, (255,) * 3]
    for upload in (clear, gray):
        assert len(upload.notes) == 2 and "16 bits" in upload.notes[0] and "laid on white" in upload.notes[1]


@pytest.mark.parametrize(("depth", "pixels", "clear"), [(1, 0b01000000, 0), (2, 0b00110000, 0), (4, 0x0F, 0)])
def test_a_transparent_gray_of_few_bits_is_found(depth: int, pixels: int, clear: int) -> None:
    upload = read_upload(png(2, depth, 0, bytes([pixels]), struct.pack(">H", clear)))
    assert [upload.picture.getpixel((x, 0)) for x in (0, 1)] == [(255, 255, 255)] * 2 and len(upload.notes) == 1
    white = 2**depth - 1
    upload = read_upload(png(2, depth, 0, bytes([pixels]), struct.pack(">H", white)))
    assert [upload.picture.getpixel((x, 0)) for x in (0, 1)] == [(0, 0, 0), (255, 255, 255)] and len(upload.notes) == 1


def test_a_colour_profile_is_applied() -> None:
    """A profile like sRGB's whose red and blue primaries are swapped: what it calls red is blue."""
    from PIL import ImageCms

    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"????", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"????", b"bXYZ", 1)
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "mine".encode("utf-16-be"))
    for mode, colour in (("RGB", RED), ("RGBA", (*RED, 255))):
        upload = read_upload(saved(Image.new(mode, (2, 2), colour), "PNG", icc_profile=swapped))
        assert np.abs(np.subtract(upload.picture.getpixel((0, 0)), BLUE)).max() <= 1
        assert len(upload.notes) == 1 and "colour profile" in upload.notes[0]
    assert read_upload(saved(picture(), "PNG", icc_profile=srgb)).notes == ()
    damaged = read_upload(saved(picture(), "PNG", icc_profile=b"no profile"))
    assert damaged.picture.getpixel((0, 0)) == RED and damaged.notes == ()


@pytest.mark.parametrize("mode", ["I", "F"])
def test_32_bit_channels_are_refused(mode: str) -> None:
    assert "32 bits" in refusal(saved(Image.new(mode, (4, 4), 70000), "TIFF"))


@pytest.mark.parametrize("mode", ["1", "L", "P", "YCbCr", "LA", "RGBA", "CMYK"])
def test_every_common_mode_becomes_rgb(mode: str) -> None:
    kind = {"YCbCr": "JPEG", "CMYK": "TIFF"}.get(mode, "PNG")
    assert read_picture(saved(picture().convert(mode), kind)).mode == "RGB"


#: EXIF orientation -> where the picture's first pixel is when it is upright, and the note. Source: Exif 2.32, 0x0112.
ORIENTATIONS = {
    2: ("top right", "mirrored"), 3: ("bottom right", "rotated"), 4: ("bottom left", "mirrored"),
    5: ("top left", "rotated and mirrored"), 6: ("top right", "rotated"),
    7: ("bottom right", "rotated and mirrored"), 8: ("bottom left", "rotated"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_camera_s_orientation_is_applied_and_noted(kind: str) -> None:
    image = Image.new("RGB", (32, 16), BLUE)
    image.paste(RED, (0, 0, 16, 8))  # the first quarter
    for orientation, (corner, note) in ORIENTATIONS.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        upload = read_upload(saved(image, kind, exif=exif))
        assert upload.picture.size == ((16, 32) if orientation > 4 else (32, 16)), orientation
        width, height = upload.picture.size
        red = upload.picture.getpixel((width - 3 if "right" in corner else 2, height - 3 if "bottom" in corner else 2))
        assert isinstance(red, tuple) and red[0] > 200, (orientation, red)
        assert len(upload.notes) == 1 and f"{note.capitalize()} as" in upload.notes[0] and "EXIF" in upload.notes[0]
    exif = Image.Exif()
    exif[0x0112] = 1
    assert read_upload(saved(image, kind, exif=exif)).notes == ()


def test_a_camera_s_raw_file_is_not_its_preview() -> None:
    for tags in ({254: 1}, {50706: b"\1\4\0\0"}):
        assert "raw picture" in refusal(saved(picture(), "TIFF", tiffinfo=tags))


@pytest.mark.filterwarnings("ignore")  # Pillow warns and continues
def test_a_damaged_orientation_loses_nothing() -> None:
    upload = read_upload(saved(picture(), "JPEG", exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff"))
    assert upload.picture.size == (20, 10)


def test_one_pixel_is_a_picture() -> None:
    read = read_picture(saved(Image.new("RGB", (1, 1), BLUE), "PNG"))
    assert read.size == (1, 1) and (fit(read, 16, 3) == BLUE).all()


def test_empty_and_missing_files_are_explained(tmp_path: Path) -> None:
    assert "0 bytes" in refusal(b"")
    assert "gone" in refusal(tmp_path / "nothing.png")
    assert "gone" in refusal(tmp_path)
    assert "gone" in refusal("a\0b")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><svg/>', "XML"),
        (b"  \n<!DOCTYPE html><html></html>", "HTML"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b"PK\x03\x04" + b"\0" * 50, "ZIP"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "HEIC"),
        (b"\0\0\0\x18ftypheim" + b"\0" * 50, "HEIC"),
        (b"\0\0\0\x18ftyphevc" + b"\0" * 50, "HEIC"),
        (b"\0\0\0\x18ftypavif" + b"\0" * 50, "AVIF file is damaged"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 50, "video"),
        (b"<!-- drawn by hand -->\n<svg/>", "SVG"),
        (b"\0\0\1\0\1\0" + b"\0" * 50, "ICO"),
        (b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 50, "JPEG 2000"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0" * 50, "JPEG XL"),
        (b"\xff\x0a" + b"\0" * 50, "JPEG XL"),
        (b"\xff\xd8\xff\xe0\0\x10JF", "JPEG file is damaged"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP file is damaged"),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 50, "a video"),
        (b"RIFF\0\0\0\0AVI LIST", "a video"),
        (b"RIFF\0\0\0\0WAVEfmt ", "a sound recording"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", "a sound recording"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "raw"),
        (b"hello", "not a picture"),
        (b"\0" * 5000, "not a picture"),
    ],
)
def test_another_kind_of_file_is_named_whatever_it_is_called(content: bytes, kind: str, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(content)
    assert kind in refusal(tmp_path / "photo.png")


def test_a_tiff_of_one_bit_is_read() -> None:
    picture = read_picture(saved(Image.new("1", (3, 2), 1), "TIFF"))
    assert np.asarray(picture).min() == 255 and picture.size == (3, 2)


def test_a_damaged_png_is_not_called_one_with_damaged_exif() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    content = bytearray(saved(Image.fromarray(noise), "PNG"))
    content[60:62] = b"\xff\xff"
    assert "PNG file is damaged" in refusal(bytes(content))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_a_truncated_picture_is_explained(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    content = saved(Image.fromarray(noise), kind)
    for share in (0.05, 0.5, 0.9):
        assert "damaged" in refusal(content[: int(len(content) * share)])


def test_100_megapixels_are_refused_before_they_are_decoded() -> None:
    for size in ((10_000, 10_000), (60_000, 60_000)):
        tracemalloc.start()
        assert "too many pixels" in refusal(png_header(*size))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
        tracemalloc.stop()


def test_a_real_picture_of_100_megapixels_is_refused() -> None:
    assert "too many pixels" in refusal(saved(Image.new("1", (10_000, 10_000)), "PNG"))


@pytest.mark.slow
def test_a_decompression_bomb_in_a_comment_is_refused() -> None:
    bomb = zlib.compress(b"A" * 200_000_000, 9)
    body = b"comment\0\0" + bomb
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    content = saved(picture(), "PNG")
    assert len(content + chunk) < 300_000
    refusal(content[:33] + chunk + content[33:])


def test_a_file_of_too_many_bytes_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(image_upload, "LARGEST_BYTES", 1000)
    (tmp_path / "big.png").write_bytes(b"\x89PNG" + b"\0" * 2000)
    assert "larger than" in refusal(tmp_path / "big.png")


@pytest.mark.filterwarnings("ignore")  # as the page runs: Pillow warns of damage that it can pass over
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_any_damaged_bytes_give_a_picture_or_an_error(kind: str) -> None:
    generator = np.random.default_rng(1)
    noise = generator.integers(0, 256, (24, 24, 3), dtype=np.uint8)
    content = np.frombuffer(saved(Image.fromarray(noise), kind), dtype=np.uint8)
    for _ in range(120):
        broken = content.copy()
        places = generator.integers(0, min(len(broken), 400), 6)
        broken[places] = generator.integers(0, 256, 6)
        try:
            assert read_picture(broken.tobytes()).mode == "RGB"
        except PlaygroundError as error:
            assert str(error).endswith(".")


def test_fit_crops_the_middle_square() -> None:
    wide = Image.new("RGB", (30, 10), RED)
    wide.paste(BLUE, (10, 0, 20, 10))
    fitted = fit_by_steps(wide, 5, 3)
    assert fitted.squared.size == (10, 10) and (fitted.resized == BLUE).all()
    assert fitted.resized.shape == (5, 5, 3) and fitted.resized.dtype == np.uint8
    assert fitted.steps[0] == "30 × 10 cropped to the middle 10 × 10"


def test_fit_pads_with_white() -> None:
    fitted = fit_by_steps(Image.new("RGB", (30, 10), BLUE), 3, 3, square="pad")
    np.testing.assert_array_equal(fitted.resized[:, 1], [(255, 255, 255), BLUE, (255, 255, 255)])
    assert fitted.steps[0] == "30 × 10 padded with white to 30 × 30"
    assert fitted.words(("A note.",)).startswith("A note. 30 × 10 padded with white to 30 × 30; "), (
        "one sentence of steps"
    )
    assert fit_by_steps(Image.new("RGB", (3, 3), BLUE), 3, 3).words().startswith("Already square, 3 × 3; ")
    with pytest.raises(PlaygroundError, match="crop it"):
        fit(Image.new("RGB", (9000, 1)), 3, 3, square="pad")


def test_enlarged_pixel_art_is_recovered_exactly() -> None:
    art = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    large = Image.fromarray(art.repeat(20, axis=0).repeat(20, axis=1))
    np.testing.assert_array_equal(fit(large, 16, 3), art)
    np.testing.assert_array_equal(fit(Image.fromarray(art), 16, 3), art)


def test_gray_is_the_luma_of_bt_601() -> None:
    gray = fit(Image.new("RGB", (4, 4), (200, 100, 50)), 2, 1)
    assert gray.shape == (2, 2, 1) and gray[0, 0, 0] == round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)
    assert fit(Image.new("RGB", (4, 4), (255, 255, 255)), 2, 1, invert=True).max() == 0


def test_normalised_values_run_from_minus_1_to_1() -> None:
    fitted = fit_by_steps(Image.fromarray(np.array([[0, 255]], dtype=np.uint8)).convert("RGB"), 1, 3)
    assert fitted.normalised.dtype == np.float32
    np.testing.assert_allclose(image_upload.normalise(np.array([0, 51, 255], dtype=np.uint8)), [-1, -0.6, 1], atol=1e-6)


def test_fit_takes_one_or_three_channels() -> None:
    with pytest.raises(ValueError, match="2 channels"):
        fit(picture(), 16, 2)
