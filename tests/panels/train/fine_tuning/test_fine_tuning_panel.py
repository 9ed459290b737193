"""The handlers of Fine-tune: what cannot be done is told, and an upload is not kept."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.data.user_text import example
from playground.experiments.cost import priced
from playground.experiments.finetune_eval import Comparison, Moved, Score
from playground.experiments.finetune_request import FAMILY, HOT, defaults, prepared
from playground.experiments.run_control import start
from playground.panels.train.fine_tuning import results
from playground.panels.train.fine_tuning.panel import _NAMES, on_fork, on_kind, on_restore, on_start
from playground.runs import scheduler, snapshots, store
from playground.training import checkpoints


def asked(**changes: Any) -> list[Any]:
    return [({**defaults("pasted"), **changes})[name] for name in _NAMES]


@pytest.mark.parametrize(
    ("text", "seed", "changes", "said"),
    [
        ("abc", 0, {}, "3 characters"),
        (None, 0, {}, "0 characters"),
        ("x" * 3_000_000, 0, {}, "at most"),
        (example("text"), -1, {}, "seed"),
        (example("text"), 0, {"rate": 1e9}, "rate"),
        (example("text"), 0, {"steps": None}, "steps"),
        (example("text"), 0, {"steps": 10_000, "batch": 10_000}, "batch"),
    ],
)
def test_what_cannot_be_started_is_told_and_starts_nothing(
    models_dir: Path, text: Any, seed: int, changes: dict[str, Any], said: str
) -> None:
    note, *_ = on_start("pasted", text, "", seed, "o" * 32, *asked(**changes))
    assert note["tone"] == "error" and said in note["text"]
    assert not store.specs()


def test_a_run_is_started_with_its_text_and_whole_settings() -> None:
    settings, seed, files = prepared("pairs", "", example("pairs"), 3, {"steps": 9})
    assert (settings["steps"], settings["batch"], seed) == (9, 4, 3)
    assert files["own-pairs.txt"].decode() == example("pairs").strip()
    with pytest.raises(PlaygroundError, match="one of pasted, pairs"):
        prepared("verses", "", "", 0, {})


def test_the_kind_shows_its_own_box_and_rows_that_suit_it() -> None:
    text, pairs, batch, length = on_kind("pairs")
    assert (text["visible"] if isinstance(text, dict) else text.visible) == "hidden"
    assert (batch, length) == (4, 96) and on_kind("pasted")[2:] == [2, 64]
    assert (pairs["visible"] if isinstance(pairs, dict) else pairs.visible) is True


def test_without_a_run_nothing_is_compared_downloaded_or_put_into_a_menu(models_dir: Path) -> None:
    which = ("", None, "pasted", example("text"), "")
    assert "press Start" in results.on_download(*which)[1]["text"]
    assert [told[1]["tone"] for told in results.on_compare(*which, "", 0)] == ["error"]
    assert [told[1]["tone"] for told in results.on_menu(*which, "", None, "o" * 20)] == ["quiet", "error"]
    gone = ("f" * 32, *which[1:])
    assert "no such run" in results.on_download(*gone)[1]["text"]


def test_an_uploaded_file_is_deleted_once_it_is_read_and_a_wrong_one_is_told(models_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "adapter.zip"
    file.write_bytes(b"<html>")
    loaded, box, note = results.on_load(str(file), "pasted", "", "")
    assert note["tone"] == "error" and box is None and not file.exists() and not isinstance(loaded, bytes)
    assert results.on_load(None, "pasted", "", "")[2]["tone"] == "error"


def test_a_comparison_is_drawn_as_far_as_it_is_known() -> None:
    first = Comparison("Day 22.", rose=(Moved(" Arr", 0.01, 0.5),), apart=0.49, vocabulary=10)
    value = results.drawn(first)
    assert value["before"] is None and value["scores"][0]["after"] is None and "49.0%" in value["asked"]
    assert value["rose"] == [{"text": " Arr", "before": 0.01, "after": 0.5}]
    half = results.drawn(Comparison("x", apart=0.0, old=(Score(2.0, 1.0, 9), None)))
    assert half["scores"][1]["before"] == pytest.approx(7.389, abs=1e-3) and half["scores"][1]["after"] is None
    pair = (Score(2.0, 1.0, 9), Score(2.5, 1.2, 9))
    whole = results.drawn(Comparison("x", apart=0.0, old=pair, new=(pair[1], pair[0]), texts=("a", "")))
    assert "forgot" in whole["scores"][1]["note"] and "learned" in whole["scores"][0]["note"] and whole["after"] == ""


def test_a_cost_that_nobody_knows_is_told_so(models_dir: Path) -> None:
    for bad in ({}, None, {"runs": []}, {"runs": "f" * 32}, {"runs": ["f" * 32] * 9}):
        assert "1 to 6 runs" in priced(bad)["error"]
    assert "no such run" in priced({"runs": ["../x"]})["error"]
    spec = store.create("lora", "pasted", {"steps": 1}, 0, "o" * 32)
    told = priced({"runs": [spec.run]})
    assert dict(told["rows"])["Steps"].endswith("tokens seen, repeats counted") and not told["ended"]


def test_a_link_without_a_run_changes_nothing() -> None:
    from playground.core.recipe import Recipe

    skipped = on_restore(Recipe("train", "", "", 0, {"panel": "tuning"}))
    gone = on_restore(Recipe("train", "", "", 0, {"panel": "tuning", "run": "a" * 32}))
    assert gone[1]["run"] == "a" * 32 and len(skipped) == len(gone) == 9


def test_a_fork_has_the_rate_of_the_controls_and_no_patience_but_one_that_is_asked_for(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "keep_tending", lambda: None)
    run = start(FAMILY, "pasted", defaults("pasted"), 0, "o" * 32, {"own-text.txt": b"x"})
    whole = {"course": {}, "events": 0, "names": [], "seconds": 1.0, "cpu_seconds": 1.0}
    checkpoints.write(snapshots.path_of(store.folder_of(run), 5), whole)

    def forked(**hot: Any) -> dict[str, Any]:
        event = cast(gr.EventData, SimpleNamespace(_data={"run": run, "step": 5}))
        asked = {"rate": 2e-3, "patience": 3, "look_every": 5} | hot
        new = on_fork(event, "o" * 32, *(asked[name] for name in HOT))[3]
        settings: dict[str, Any] = store.lines(store.folder_of(new) / "events.jsonl")[0][-1]["settings"]
        return settings

    assert forked(rate=0.01) == {"rate": 0.01, "patience": 0}
    assert forked(patience=9) == {"patience": 9}
