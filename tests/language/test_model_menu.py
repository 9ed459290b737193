"""Fetching a model for a visitor's menu."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from playground.core.errors import PlaygroundError
from playground.engines import text_model
from playground.language import model_menu
from playground.zoo import fetch, user_models
from playground.zoo.cards import DEFAULT_MODEL, models


def test_a_download_ends_when_its_visitor_leaves() -> None:
    ended, steps = threading.Event(), []
    has_left = threading.Event()

    def download(card: Any, report: Any) -> None:
        try:
            for step in range(1_000_000):
                report("downloading", step / 1e6)
                steps.append(step)
                if step == 3:
                    has_left.wait(10)
        finally:
            ended.set()

    progress = model_menu._fetch(models()[DEFAULT_MODEL], download)
    assert next(progress).what == "downloading"
    progress.close()  # type: ignore[attr-defined]
    has_left.set()
    assert ended.wait(10) and steps[-1] == 3


def test_a_model_of_the_hub_is_never_fetched_in_the_line_of_all(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_model, "fetch_text", None)
    with pytest.raises(PlaygroundError, match="somebody/a-model is not on this machine yet: fetch it first"):
        text_model.load_text("somebody/a-model")


def test_menus_of_language_models_name_a_visitors_model_as_the_visitor_did(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["own/austen-letters-1234abcd", "own/austen-letters-5678abcd", "tuned/pirate-9abc"]
    for name, title in zip(names, ["Letters", "Letters", "A pirate"], strict=True):
        user_models.record_owner(name, title, "me")
        fetch.hub_folder(name).mkdir(parents=True)
        (fetch.hub_folder(name) / "weights").write_bytes(b"1")
    monkeypatch.setattr(model_menu, "model_names", lambda: ["smollm", *names])
    assert model_menu.model_choices("somebody/linked") == [
        "smollm", ("Letters (1234abcd)", names[0]), ("Letters (5678abcd)", names[1]), ("A pirate", names[2]),
        "somebody/linked",
    ]  # fmt: skip
