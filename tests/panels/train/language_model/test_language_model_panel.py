"""The handlers of Language, without workers: merges, starts and links."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.experiments import language_model
from playground.panels.train.language_model import panel

TEXT = "".join(f"Sentence {at} of a text that somebody wrote on a rainy day.\n" for at in range(70))


def test_a_short_corpus_gets_a_sentence_and_no_merges() -> None:
    *_, last = panel.on_learn("pasted", "abc", 100)
    assert last["merges"] is None
    assert last["merges_notice"]["tone"] == "error" and "2,000" in last["merges_notice"]["text"]


def test_merges_are_bytes_with_a_passage_to_cut() -> None:
    updates = list(panel.on_learn("pasted", TEXT, 60))
    last: dict[str, Any] = {}
    for update in updates:  # as the page keeps them: what an update leaves out stays
        last |= update
    value = last["merges"]
    assert last["merges_notice"]["tone"] in ("ok", "warning") and len(value["merges"]) <= 60
    assert bytes.fromhex(value["merges"][0][0]).isascii()
    assert value["tokens"] == len(TEXT[: value["characters"]].encode()) and not value["learning"]
    assert value["passage"] in TEXT


def test_a_start_hands_the_text_over_and_links_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    request: dict[str, Any] = {}

    def start(family: str, dataset: str, settings: Any, seed: int, owner: str, files: Any) -> str:
        request.update(family=family, dataset=dataset, settings=settings, seed=seed, owner=owner, files=files)
        return "a" * 32

    monkeypatch.setattr(language_model.run_control, "start_run", start)
    monkeypatch.setattr(
        language_model.store,
        "spec_of",
        lambda run: SimpleNamespace(family="language", settings=language_model.DEFAULTS),
    )
    ended: list[Any] = []
    monkeypatch.setattr(panel, "end_shown", lambda runs, owner: ended.append((runs, owner)) or "It has ended.")
    update = panel.on_start("token", "pasted", TEXT, 3, language_model.DEFAULTS, {"run": "b" * 32})
    assert ended == [(["b" * 32], "token")] and update["notice"]["text"].endswith("It has ended.")
    run_view, query = update["run_view"], update["query"]
    assert update["notice"]["tone"] == "ok" and run_view["run"] == "a" * 32
    assert run_view["rate"] == language_model.DEFAULTS["rate"]
    assert update["detector"]["run"] == update["cost"]["runs"][0] == "a" * 32
    assert "panel=language_model" in query and "run=" + "a" * 32 in query
    assert request["family"] == "language" and request["seed"] == 3 and request["owner"] == "token"
    assert request["files"]["own-text.txt"].decode().startswith("Sentence 0")


@pytest.mark.parametrize(
    ("corpus", "text", "changed", "words"),
    [
        ("pasted", "abc", {}, "at least 2,000"),
        ("dickens", "", {}, "dickens"),
        ("austen", "", {"steps": 10_000, "batch": 10_000}, r"\(batch\) must be"),
        ("austen", "", {"rate": 1e9}, r"\(rate\) must be"),
    ],
)
def test_a_start_that_cannot_be_gets_a_sentence(corpus: str, text: str, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(PlaygroundError, match=words):
        panel.on_start("token", corpus, text, 0, {**language_model.DEFAULTS, **changed})


def test_a_link_to_a_run_that_is_gone_is_refused_and_one_to_the_panel_alone_opens_it() -> None:
    with pytest.raises(PlaygroundError):
        panel.on_restore(Recipe("train", "", "", 0, {"panel": "language_model", "run": "../../etc"}))
    assert panel.on_restore(Recipe("train", "", "", 0, {"panel": "language_model"})) == {}
    with pytest.raises(PlaygroundError):
        language_model.settings_of_run("nothing")
