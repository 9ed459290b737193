"""From words, by its handlers: a tiny pipeline from a Hub of our own is fetched, drawn with, saved and opened again."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_hub import Repository, serve
from tiny_models import tiny_llama
from tiny_pipeline import save_tiny_pipeline

from playground.core.recipe import Recipe, from_file, from_query
from playground.images.text_to_image_request import SUGGESTED_PIPELINES, TextToImageRequest
from playground.panels.images import routing, tab
from playground.panels.images.text_to_image.handlers import (
    NAMES,
    about,
    on_download,
    on_draw,
    on_fetch,
    on_model,
    on_opened,
    on_stop,
)
from playground.zoo import text_to_image

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
NAME = "people/painter"
ASKED: dict[str, Any] = {
    "model": NAME, "prompt": "a cat", "negative_prompt": "", "steps": 3, "guidance": 0, "seed": 1, "width": "",
    "height": "",
}  # fmt: skip
assert tuple(ASKED) == NAMES


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_pipeline(tmp_path_factory.mktemp("pipelines") / "plain")


@pytest.fixture
def online(made: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Repository]]:
    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    repositories = {NAME: Repository(made)}
    with serve(repositories) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        yield repositories
    text_to_image.forget()


def refusal(**changes: Any) -> str:
    """What the notice says when these settings are not drawn."""
    *_, (ready, _, _, said) = on_fetch(*(ASKED | changes).values())
    assert ready is None and said["tone"] == "error"
    assert list(on_draw(ready, None)) == [(tab._SKIP,) * 4]
    return str(said["text"])


def drawn(expected: Recipe | None = None, **changes: Any) -> list[Any]:
    *_, (ready, _, _, _) = on_fetch(*(ASKED | changes).values())
    assert isinstance(ready, TextToImageRequest)
    return list(on_draw(ready, expected))


def saved(painted: Any) -> bytes:
    message, _ = on_download(painted)
    file = json.loads(message)
    assert file["name"] == "people--painter-1.png"
    return base64.b64decode(file["base64"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"prompt": "  "}, "The prompt is empty"),
        ({"prompt": "x" * 3000}, "at most 2,000 characters"),
        ({"prompt": "half \ud800"}, "half of a character"),
        ({"prompt": None}, "The prompt is empty"),
        ({"model": "painter"}, 'written "owner/name"'),
        ({"model": None}, 'written "owner/name"'),
        ({"model": "../up/there"}, 'written "owner/name"'),
        ({"model": "<b>/x"}, 'written "owner/name"'),
        ({"steps": 0}, "from 1 to 150; it was 0"),
        ({"steps": 999}, "from 1 to 150; it was 999"),
        ({"steps": 2.5}, "whole number"),
        ({"guidance": float("nan")}, "The guidance must be a number from 0 to 30"),
        ({"guidance": 31}, "The guidance must be a number from 0 to 30"),
        ({"seed": -1}, "The seed"),
        ({"width": "77"}, "multiple of 8: 80, for example"),
        ({"width": "512"}, "both the width and the height"),
        ({"height": "wide"}, "The height must be a whole number from 64 to 1536"),
    ],
)
def test_bad_settings_explain_themselves_before_anything_is_fetched(
    online: dict[str, Repository], changes: dict[str, Any], sentence: str
) -> None:
    assert sentence in refusal(**changes)
    assert online[NAME].asked == []


def test_what_cannot_be_had_is_told_in_a_sentence(
    online: dict[str, Repository], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    online["people/writer"] = Repository(tiny_llama(tmp_path / "llama"), parameters=100_000)
    assert "no pipeline of diffusers" in refusal(model="people/writer")
    assert "no public model" in refusal(model="people/nobody")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "The Hub cannot be reached" in refusal()


def test_the_first_draw_fetches_and_says_so_the_next_does_not(online: dict[str, Repository]) -> None:
    assert "fetches it from the Hugging Face Hub (some gigabytes" in about(NAME)["text"]
    first = [said.get("text", "") for *_, said in on_fetch(*ASKED.values())]
    assert any("downloading" in text and "It is kept" in text for text in first)
    assert about(f" {NAME} ")["tone"] == "ok"
    online.clear()
    steps = drawn()
    assert [said["text"] for _, _, said, _ in steps[:-1]] == [f"Step {n} of 3." for n in (1, 2, 3)]
    assert all("timestep" in value["words"] and value["packed"]["width"] == 64 for _, value, _, _ in steps[:-1])
    assert len({value["run"] for _, value, _, _ in steps}) == 1
    painted, value, said, query = steps[-1]
    assert value["done"] and value["words"].startswith("64 × 64 · 3 steps in") and "float32 on cpu" in value["words"]
    assert said["text"] == "Done." and from_query(query).settings["panel"] == "words"
    assert painted.pixels.shape == (64, 64, 3)


def test_a_saved_picture_is_opened_restored_and_reproduced(online: dict[str, Repository], tmp_path: Path) -> None:
    painted = drawn(width="96", height="64")[-1][0]
    assert painted.pixels.shape == (64, 96, 3)
    file = tmp_path / "one.png"
    file.write_bytes(saved(painted))
    recipe, note, *settings = tab.on_file(str(file), 5)
    assert routing.belongs_to(recipe, routing.WORDS) and note is None and settings == [tab._SKIP] * 5
    assert list(tab.on_replay(recipe)) == [(tab._SKIP,) * 4], "no business of the panel Draw"
    front, ready, expected, _, said, *values = on_opened(recipe)
    assert front.selected == "words" and "again" in said["text"]
    assert dict(zip(NAMES, values, strict=True)) == ASKED | {"width": 96, "height": 64}
    assert list(on_draw(ready, expected))[-1][2]["text"] == "Reproduced ✓ pixel for pixel."
    assert drawn(expected, seed=2)[-1][2]["text"] == "Done.", "other settings: nothing to compare"
    other = replace(recipe, result="AAAAAA")
    assert "Differs: another processor" in list(on_draw(ready, other))[-1][2]["text"]
    assert (
        "with another number format ('bfloat16', here float32)"
        in (list(on_draw(ready, replace(other, settings={**recipe.settings, "dtype": "bfloat16"})))[-1][2]["text"])
    )
    assert "the weights are others" in list(on_draw(ready, replace(other, weights_sha256="0")))[-1][2]["text"]
    assert "is damaged" in list(on_draw(ready, replace(recipe, result="?")))[-1][2]["text"]


def test_a_link_to_what_is_not_here_restores_and_fetches_nothing(online: dict[str, Repository]) -> None:
    query = {"tab": "images", "panel": "words", "model": NAME, "prompt": "a <b>cat</b>", "steps": "2", "result": "AA"}
    recipe, *_ = tab.on_load(query, 5)
    _, ready, expected, told, said, *values = on_opened(recipe)
    assert ready is None and expected is recipe and "press draw" in said["text"].lower() and told["tone"] == "quiet"
    assert values[:4] == [NAME, "a <b>cat</b>", "", 2] and online[NAME].asked == []


def test_recipes_of_others_and_broken_ones_touch_nothing() -> None:
    skipped = [tab._SKIP, None, *[tab._SKIP] * (3 + len(NAMES))]
    assert on_opened(None) == skipped
    assert on_opened(Recipe("images", "gan-avatars", "", 0, {"count": 2})) == skipped
    broken = on_opened(Recipe("images", NAME, "", 0, {"panel": "words", "prompt": "a cat", "steps": "many"}))
    assert broken[1] is None and "This recipe cannot be followed. The steps" in broken[4]["text"]


def test_a_blackened_picture_says_so(online: dict[str, Repository], tmp_path: Path) -> None:
    online["people/prude"] = Repository(save_tiny_pipeline(tmp_path / "prude", safety_checker=True))
    painted, _, said, _ = drawn(model="people/prude")[-1]
    assert painted.pixels.max() == 0 and said["tone"] == "warning" and "safety checker" in said["text"]


def test_words_too_long_for_a_link_still_go_by_png(online: dict[str, Repository]) -> None:
    prompt = "猫" * 1000
    painted, *_, query = drawn(prompt=prompt, steps=1)[-1]
    assert query == ""
    assert from_file(saved(painted)).settings["prompt"] == prompt


def test_many_steps_send_few_pictures(online: dict[str, Repository]) -> None:
    assert len(drawn(steps=30)) == 1 + 15 + 1, "the first, every second, and the result"


def test_a_suggested_model_brings_its_settings(models_dir: Path) -> None:
    for one in SUGGESTED_PIPELINES:
        told, steps, guidance = on_model(one.model)
        assert (steps, guidance) == (one.steps, one.guidance) and f"({one.gigabytes} GB)" in told["text"]
    assert on_model("people/other")[1:] == [tab._SKIP] * 2
    assert on_model("nobody")[0]["tone"] == "error"


def test_stopping_a_fetch_says_that_it_goes_on(models_dir: Path) -> None:
    assert "goes on" in on_stop(NAME)["text"]
    assert on_stop("nobody")["text"] == "Stopped."


def test_nothing_to_download_is_said() -> None:
    assert "press Draw first" in on_download(None)[1]["text"]
