from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.experiments import language_model as lab
from playground.panels.train.language_model import panel

TEXT = "".join(f"Sentence {at} of a text that somebody wrote on a rainy day.\n" for at in range(70))
DEFAULTS = list(lab.DEFAULTS.values())


def test_a_short_corpus_gets_a_sentence_and_no_merges() -> None:
    *_, last = panel.on_learn("pasted", "abc", 100)
    assert last[0] is None and last[1]["tone"] == "error" and "2,000" in last[1]["text"] and last[2] is None


def test_merges_are_drawn_as_bytes_and_wind_another_passage() -> None:
    *_, (learned, told, shown, _) = panel.on_learn("pasted", TEXT, 60)
    assert told["tone"] in ("ok", "warning") and len(shown["merges"]) == len(learned.merges)
    assert shown["tokens"] == len(TEXT[: learned.characters].encode()) and not shown["learning"]
    _, other = panel.on_passage(learned, "Sentence")
    assert bytes(other["bytes"]) == b"Sentence" and len(other["gone"]) == 7
    told, kept = panel.on_passage(learned, "x" * 5000)
    assert "1,500" in told["text"] and kept == gr.skip()


def test_a_start_hands_the_text_over_and_links_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    started: dict[str, Any] = {}

    def start(family: str, dataset: str, settings: Any, seed: int, owner: str, files: Any) -> str:
        started.update(family=family, dataset=dataset, settings=settings, seed=seed, owner=owner, files=files)
        return "a" * 32

    monkeypatch.setattr(lab.run_control, "start", start)
    monkeypatch.setattr(lab.store, "spec_of", lambda run: SimpleNamespace(family="language", settings=lab.DEFAULTS))
    told, drawn, _, query = panel.on_start("pasted", TEXT, 3, *DEFAULTS, "token")
    assert told["tone"] == "ok" and drawn["run"] == "a" * 32 and drawn["rate"] == lab.DEFAULTS["rate"]
    assert "panel=language" in query and "run=" + "a" * 32 in query
    assert started["family"] == "language" and started["seed"] == 3 and started["owner"] == "token"
    assert started["files"]["own-text.txt"].decode().startswith("Sentence 0")


@pytest.mark.parametrize(
    ("corpus", "text", "changed", "words"),
    [
        ("pasted", "abc", {}, "at least 2,000"),
        ("dickens", "", {}, "dickens"),
        ("austen", "", {"steps": 10_000, "batch": 10_000}, '"batch" must be'),
        ("austen", "", {"rate": 1e9}, '"rate" must be'),
    ],
)
def test_a_start_that_cannot_be_gets_a_sentence(corpus: str, text: str, changed: dict[str, Any], words: str) -> None:
    values = list({**lab.DEFAULTS, **changed}.values())
    told, *kept = panel.on_start(corpus, text, 0, *values, "token")
    assert told["tone"] == "error" and words in told["text"] and kept == [gr.skip()] * 3


def test_a_link_to_a_run_that_is_gone_gets_a_sentence() -> None:
    told, *kept = panel.on_restore(Recipe("train", "", "", 0, {"panel": "language", "run": "../../etc"}))
    assert told["tone"] == "error" and kept == [gr.skip()] * 2
    with pytest.raises(PlaygroundError):
        lab.settings_of("nothing")
