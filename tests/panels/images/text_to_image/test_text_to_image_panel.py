"""The text-to-image handlers, with a tiny pipeline from a Hub of our own: downloaded, drawn, saved and reopened."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_hub import Repository, serve
from tiny_models import tiny_llama
from tiny_pipeline import save_tiny_pipeline

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_file, from_query
from playground.images.other_tools import recipe_in_file
from playground.images.text_to_image_request import (
    SUGGESTED_PIPELINES,
    TextToImageRequest,
    parse_text_to_image_request,
)
from playground.panels.images import tab
from playground.panels.images.text_to_image.handlers import (
    SETTINGS,
    about_value,
    menu,
    on_download,
    on_fetch,
    on_model,
    on_run,
    on_stop,
    replay,
    restore,
)
from playground.panels.images.text_to_image.panel import NAME as PANEL
from playground.ui.events import Update
from playground.ui.panel_links import open_file, open_link, panel_names
from playground.ui.panel_protocol import PanelTab
from playground.ui.panel_restoration import restored_update
from playground.zoo import diffusers_pipeline

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
NAME = "people/painter"
VALUES: dict[str, Any] = {
    "model": NAME, "prompt": "a cat", "negative_prompt": "", "steps": 3, "guidance": 0, "seed": 1, "width": "",
    "height": "",
}  # fmt: skip
assert tuple(VALUES) == SETTINGS
NOTHING: Any = None
TAB = PanelTab(tab.NAME, NOTHING, NOTHING, NOTHING)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_pipeline(tmp_path_factory.mktemp("pipelines") / "plain")


@pytest.fixture
def online(pipeline: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Repository]]:
    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    repositories = {NAME: Repository(pipeline)}
    with serve(repositories) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        yield repositories
    diffusers_pipeline.forget()


def refusal(**changes: Any) -> str:
    """The sentence for settings that are not drawn."""
    request: Any = None
    with pytest.raises(PlaygroundError) as error:
        for update in on_fetch(VALUES | changes):
            request = update.get("request")
    assert request is None and list(on_run(request, None)) == [{}]
    return str(error.value)


def updates(expected: Recipe | None = None, **changes: Any) -> list[Update]:
    """What a run with these settings does to the page."""
    *_, last = on_fetch(VALUES | changes)
    assert isinstance(last["request"], TextToImageRequest)
    return list(on_run(last["request"], expected))


def last_notice(recipe: Recipe) -> str:
    """The last notice after a recipe's picture was generated again."""
    *_, last = replay(recipe)
    return str(last["notice"]["text"])


def saved(result: Any) -> bytes:
    file = json.loads(on_download(result)["file"])
    assert file["name"] == "people--painter-1.png"
    return base64.b64decode(file["base64"])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"prompt": "  "}, "The prompt is empty"),
        ({"prompt": "x" * 3000}, "to 2,000 characters"),
        ({"prompt": "half \ud800"}, "half of a character"),
        ({"prompt": None}, "The prompt is empty"),
        ({"model": "painter"}, 'is not a Hub id: write "owner/name"'),
        ({"model": None}, "Choose a model, or write its Hugging Face id"),
        ({"model": "../up/there"}, 'is not a Hub id: write "owner/name"'),
        ({"model": "<b>/x"}, '"owner/name"'),
        ({"steps": 0}, "from 1 to 150; it was 0"),
        ({"steps": 999}, "from 1 to 150; it was 999"),
        ({"steps": 2.5}, "whole number"),
        ({"guidance": float("nan")}, "Guidance must be between 0 and 30"),
        ({"guidance": 31}, "Guidance must be between 0 and 30"),
        ({"seed": -1}, "The seed"),
        ({"width": "77"}, "multiple of 8, such as 80"),
        ({"width": "512"}, "width and height"),
        ({"height": "wide"}, "Height must be a whole number from 64 to 1536"),
    ],
)
def test_bad_settings_explain_themselves_before_any_download(
    online: dict[str, Repository], changes: dict[str, Any], sentence: str
) -> None:
    assert sentence in refusal(**changes)
    assert online[NAME].asked == []


def test_the_address_of_a_model_s_page_is_as_good_as_its_id() -> None:
    values = {"model": f" https://huggingface.co/{NAME}/tree/main ", "prompt": "a cat"}
    assert parse_text_to_image_request(values).model == NAME


def test_an_unusable_model_or_hub_explains_itself(
    online: dict[str, Repository], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    online["people/writer"] = Repository(tiny_llama(tmp_path / "llama"), parameters=100_000)
    assert "diffusers cannot run it" in refusal(model="people/writer")
    assert "no public model" in refusal(model="people/nobody")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "without a network" in refusal()


def test_the_first_draw_downloads_and_says_so_the_next_does_not(online: dict[str, Repository]) -> None:
    assert "fetches it from the Hugging Face Hub (usually several gigabytes" in about_value(NAME)["text"]
    first = [update.get("notice", {}).get("text", "") for update in on_fetch(VALUES)]
    assert any("fetching" in text and "kept for offline use" in text for text in first)
    assert about_value(f" {NAME} ")["tone"] == "ok"
    online.clear()
    *steps, last = updates()
    assert [update["notice"]["text"] for update in steps] == [f"Step {n} of 3." for n in (1, 2, 3)]
    assert all("timestep" in step["picture"]["words"] for step in steps)
    assert all(step["picture"]["packed"]["width"] == 64 for step in steps)
    assert len({update["picture"]["run"] for update in [*steps, last]}) == 1
    words = last["picture"]["words"]
    assert last["picture"]["done"] and words.startswith("64 × 64 · 3 steps in") and "float32 on cpu" in words
    assert last["notice"]["text"] == "Done." and from_query(last["query"]).settings["panel"] == PANEL
    assert last["result"].pixels.shape == (64, 64, 3)


def test_a_saved_picture_is_opened_restored_and_reproduced(online: dict[str, Repository], tmp_path: Path) -> None:
    result = updates(width="96", height="64")[-1]["result"]
    assert result.pixels.shape == (64, 96, 3)
    file = tmp_path / "one.png"
    file.write_bytes(saved(result))
    opened = open_file(str(file), TAB, panel_names(tab.PANELS))
    recipe = opened["pending"]
    assert opened["front"] == PANEL and opened["tabs"].selected == PANEL
    restored = restore(recipe)
    assert restored["expected"] is recipe and restored["notice"]["text"] == say("images.text_to_image.replaying")
    assert restored["settings"] == VALUES | {"width": 96, "height": 64}
    assert last_notice(recipe) == "Reproduced ✓ pixel for pixel."
    assert updates(recipe, seed=2)[-1]["notice"]["text"] == "Done.", "other settings: nothing to compare"
    other = replace(recipe, result="AAAAAA")
    assert "Differs: another processor" in last_notice(other)
    bfloat16 = replace(other, settings={**recipe.settings, "dtype": "bfloat16"})
    assert "with another number format ('bfloat16', here float32)" in last_notice(bfloat16)
    assert "the weights differ" in last_notice(replace(other, weights_sha256="0"))
    assert "is damaged" in last_notice(replace(recipe, result="?"))


def test_a_recipe_with_the_panels_former_name_is_reproduced(online: dict[str, Repository]) -> None:
    recipe = updates()[-1]["result"].recipe
    former = replace(recipe, settings={**recipe.settings, "panel": "words"})
    assert (
        last_notice(former) == "Reproduced ✓ pixel for pixel."
        and restore(former)["settings"] == restore(recipe)["settings"]
    )


def test_a_link_to_a_missing_model_restores_settings_and_downloads_nothing(online: dict[str, Repository]) -> None:
    query = {"tab": "images", "panel": "words", "model": NAME, "prompt": "a <b>cat</b>", "steps": "2", "result": "AA"}
    recipe = open_link(query, TAB, panel_names(tab.PANELS))["pending"]
    update = restore(recipe)
    assert update["expected"] is recipe and "press draw" in update["notice"]["text"].lower()
    assert update["about"]["tone"] == "quiet"
    assert list(update["settings"].values())[:4] == [NAME, "a <b>cat</b>", "", 2]
    assert list(replay(recipe)) == [{}] and online[NAME].asked == []


def test_a_link_without_a_model_is_of_the_panel_s_first() -> None:
    for query in ("prompt=a+cat", "prompt=a+cat&model="):
        recipe = from_query(f"tab=images&panel={PANEL}&{query}")
        update = restore(recipe)
        assert update["settings"]["model"] == menu()[0] and update["settings"]["prompt"] == "a cat"
        assert update["about"]["tone"] != "error" and list(replay(recipe)) == [{}]
    assert "owner/name" in about_value(" ")["text"] and '""' not in about_value("")["text"]


def test_a_recipe_that_is_not_valid_restores_nothing() -> None:
    recipe = Recipe("images", NAME, "", 0, {"panel": PANEL, "prompt": "a cat", "steps": "many"})
    panel: Any = SimpleNamespace(restore=restore)
    update, valid = restored_update(panel, recipe)
    assert not valid and set(update) == {"notice"}
    assert "This link cannot be followed. Steps must" in update["notice"]["text"]


def test_a_blacked_out_picture_says_so(online: dict[str, Repository], tmp_path: Path) -> None:
    online["people/prude"] = Repository(save_tiny_pipeline(tmp_path / "prude", safety_checker=True))
    last = updates(model="people/prude")[-1]
    assert last["result"].pixels.max() == 0
    assert last["notice"]["tone"] == "warning" and "safety checker" in last["notice"]["text"]


def test_a_prompt_too_long_for_a_link_fits_a_png(online: dict[str, Repository]) -> None:
    prompt = "猫" * 1000
    last = updates(prompt=prompt, steps=1)[-1]
    assert last["query"] == ""
    assert from_file(saved(last["result"])).settings["prompt"] == prompt


def test_many_steps_send_few_previews(online: dict[str, Repository]) -> None:
    assert len(updates(steps=30)) == 1 + 15 + 1, "the first, every second, and the result"


def test_a_suggested_model_sets_its_steps_and_guidance(models_dir: Path) -> None:
    for one in SUGGESTED_PIPELINES:
        update = on_model(one.model)
        assert update["settings"] == {"steps": one.steps, "guidance": one.guidance}
        assert f"({one.gigabytes} GB)" in update["about"]["text"]
    assert "settings" not in on_model("people/other")
    assert on_model("nobody")["about"]["tone"] == "error"


def test_stopping_a_download_says_that_it_continues(models_dir: Path) -> None:
    assert "continues" in on_stop({"model": NAME})["notice"]["text"]
    assert on_stop({"model": "nobody"})["notice"]["text"] == "Stopped."


def test_downloading_before_drawing_explains_itself() -> None:
    with pytest.raises(PlaygroundError, match="Nothing to download yet"):
        on_download(None)


def test_a_png_of_another_tool_fills_the_settings_and_keeps_the_model(models_dir: Path) -> None:
    recipe = recipe_in_file((Path(__file__).parents[3] / "images" / "data" / "a1111.png").read_bytes())
    update = restore(recipe)
    assert update["settings"] == {
        "prompt": "a cat", "negative_prompt": "dog", "steps": 20, "guidance": 7.0, "seed": 123, "width": 512,
        "height": 512,
    }  # fmt: skip
    assert update["expected"] is None and "cannot be redrawn exactly" in update["notice"]["text"]
    assert list(replay(recipe)) == [{}], "nothing is drawn until the visitor presses Draw"


def test_pictures_carry_the_settings_that_they_come_from_as_the_page_has_them(online: dict[str, Repository]) -> None:
    """So that the page dims them while one of its settings differs."""
    shown = [update for update in updates() if update.get("picture") is not None]
    carried = [json.loads(update["carried"]) for update in shown]
    assert len(shown) > 1 and all(one == carried[0] for one in carried)
    assert set(carried[0]) == {field.name for field in fields(TextToImageRequest)}
    assert all(
        carried[0][name] == value or (carried[0][name] is None and value == "") for name, value in VALUES.items()
    )
