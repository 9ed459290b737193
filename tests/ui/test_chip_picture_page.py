"""The picture of a text that a visitor downloads: a sound PNG with the recipe inside."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import pytest
from token_stage import Shown, token, value


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """A PNG's chunks as (type, content), their checksums proved. Source: PNG specification, section 5."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    found, place = [], 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        kind, content = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        assert struct.unpack(">I", data[place + 8 + length : place + 12 + length]) == (zlib.crc32(kind + content),)
        found.append((kind, content))
        place += 12 + length
    return found


@pytest.mark.parametrize("copies", [1, 4000])
def test_the_picture_is_a_sound_png_with_its_recipe_inside(tokens_page: Shown, tmp_path: Path, copies: int) -> None:
    recipe = json.dumps({"prompt": "é 🙂 <b> \0", "seed": 1}, ensure_ascii=False)
    texts = value(
        [token(" woman", 0.1), token("\n"), token(" kept", 0.9, forced=True)] * copies, caption="3 tokens, seed 1"
    )
    with tokens_page.page.expect_download() as download:
        tokens_page.page.evaluate(
            "(texts) => window.playground.call('ui/chip_picture.js', 'picture', ...texts, 'text.png')",
            [texts, recipe],
        )
    assert download.value.suggested_filename == "text.png"
    download.value.save_as(tmp_path / "text.png")
    found = chunks((tmp_path / "text.png").read_bytes())
    assert found[-1][0] == b"IEND" and b"IDAT" in dict(found)
    assert dict(found)[b"iTXt"] == b"playground-recipe\0\0\0\0\0" + recipe.encode()
    width, height = struct.unpack(">II", found[0][1][:8])
    assert width in (1000, 2000) and 100 < height <= 32_767
