"""Recipes: to and from a link, JSON and files, whole or damaged."""

import json
import random
import struct
import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from playground.core import recipe
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe

MINE = Recipe(
    "text", "smollm2-135m-instruct", "ab" * 32, 7,
    {"prompt": "a & b=c?\n<script>${x}{{y}} é 🙂 %41+", "temperature": 0.8, "forced": [None, None, 12], "top_k": 50},
    recipe.pack_ids([1, 2, 49_151]),
)  # fmt: skip


def test_a_recipe_survives_a_link() -> None:
    back = recipe.from_query(MINE.to_query())
    assert (back.tab, back.model, back.weights_sha256, back.seed, back.result) == (
        MINE.tab, MINE.model, MINE.weights_sha256, MINE.seed, MINE.result,
    )  # fmt: skip
    assert back.settings == {name: recipe.setting_text(value) for name, value in MINE.settings.items()}
    assert back.settings["forced"] == ",,12"


def test_the_link_of_a_run_says_that_it_runs_until_there_is_a_result() -> None:
    running = Recipe("text", "smollm2-360m", "", 3, {"prompt": "a"}, runs=True)
    assert recipe.from_query(running.to_query()) == running and running.is_run
    assert "running=" not in replace(running, result="abc").to_query()
    assert not recipe.from_query("tab=text&prompt=a").is_run


def test_a_recipe_survives_json() -> None:
    assert recipe.from_json(json.loads(json.dumps(MINE.to_json()))) == MINE
    assert recipe.from_json({"text": "…", "recipe": MINE.to_json()}) == MINE


@pytest.mark.parametrize("ids", [[0], [5, 65_535], [5, 65_536, 2**31], list(range(1000))])
def test_packed_ids_are_unpacked_unchanged(ids) -> None:
    assert recipe.unpack_ids(recipe.pack_ids(ids)) == tuple(ids)


def test_damaged_ids_explain_themselves() -> None:
    whole = recipe.pack_ids(list(range(100)))
    chooser = random.Random(1)
    for text in ["", "!!", "AAAA", whole[:-4], whole[5:], "=" * 9, "é"]:
        with pytest.raises(PlaygroundError, match="damaged"):
            recipe.unpack_ids(text)
    for _ in range(200):
        place = chooser.randrange(len(whole))
        text = whole[:place] + chooser.choice("abcXYZ019_-") + whole[place + 1 :]
        try:
            recipe.unpack_ids(text)
        except PlaygroundError:
            pass


def test_a_decompression_bomb_in_a_link_is_refused() -> None:
    import base64

    bomb = base64.urlsafe_b64encode(zlib.compress(b"\x02" + b"\0" * (200 << 20), 9)).decode().rstrip("=")
    with pytest.raises(PlaygroundError, match="damaged"):
        recipe.unpack_ids(bomb)


def test_a_recipe_too_long_for_a_link_says_so() -> None:
    with pytest.raises(PlaygroundError, match="too many for a link.*JSON"):
        Recipe("text", "m", "", 0, {"prompt": "x" * 9000}).to_query()


@pytest.mark.parametrize("seed", ["x", "-1", "1.5", str(2**63), " "])
def test_a_bad_seed_in_a_link_explains_itself(seed) -> None:
    with pytest.raises(PlaygroundError, match="seed must be a whole number"):
        recipe.from_query({"seed": seed})


def test_a_seed_without_a_value_is_none() -> None:
    assert recipe.from_query("model=a&seed=").seed == 0


def test_a_png_carries_its_recipe() -> None:
    info = PngInfo()
    info.add_itxt(recipe.PNG_KEYWORD, json.dumps(MINE.to_json(), ensure_ascii=False))
    buffer = BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "png", pnginfo=info)
    assert recipe.from_file(buffer.getvalue()) == MINE
    assert recipe.from_file(json.dumps(MINE.to_json()).encode()) == MINE


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_that_an_editor_has_marked_is_read(encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith("e") else ""
    text = mark + json.dumps(MINE.to_json(), ensure_ascii=False)
    assert recipe.from_file(text.encode(encoding)) == MINE


def test_files_without_a_recipe_explain_themselves() -> None:
    buffer = BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "png")
    cut = buffer.getvalue()[:20] + struct.pack(">I", 2**31) + b"iTXt"
    for content in [b"", b"{}", b"[1]", b"\xff\xfe", buffer.getvalue(), cut, b"[" * 100_000, b'{"settings": 3}']:
        with pytest.raises(PlaygroundError, match="holds no recipe"):
            recipe.from_file(content)
