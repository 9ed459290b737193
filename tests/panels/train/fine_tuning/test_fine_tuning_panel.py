"""The handlers of Fine-tune, without workers: starts, forks, uploads, comparisons and their errors."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.data.user_text import example
from playground.experiments.cost import run_cost
from playground.experiments.finetune_eval import FinetuneComparison, TokenShift
from playground.experiments.finetune_request import FAMILY, HOT, defaults, read_request
from playground.experiments.finetune_scores import HeldOutScore
from playground.experiments.run_control import start_run
from playground.panels.train.fine_tuning import before_after
from playground.panels.train.fine_tuning.panel import RECORDED, on_fork, on_forked, on_kind, on_restore, on_start
from playground.runs import json_files, scheduler, snapshots, store
from playground.training import checkpoints

OWNER = "o" * 32


@pytest.mark.parametrize(
    ("text", "seed", "changes", "sentence"),
    [
        ("abc", 0, {}, "3 characters"),
        (None, 0, {}, "0 characters"),
        ("x" * 3_000_000, 0, {}, "over"),
        (example("text"), -1, {}, "seed"),
        (example("text"), 0, {"rate": 1e9}, "rate"),
        (example("text"), 0, {"steps": None}, "Steps"),
        (example("text"), 0, {"steps": 10_000, "batch": 10_000}, "batch"),
    ],
)
def test_a_bad_start_is_refused_in_a_sentence_and_starts_nothing(
    models_dir: Path, text: Any, seed: int, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(PlaygroundError, match=sentence):
        on_start(OWNER, "pasted", text, "", seed, {**defaults("pasted"), **changes})
    assert not store.list_specs()


def test_a_run_is_started_with_its_text_and_whole_settings() -> None:
    settings, seed, files = read_request("pairs", "", example("pairs"), 3, {"steps": 9})
    assert (settings["steps"], settings["batch"], seed) == (9, 4, 3)
    assert files["own-pairs.txt"].decode() == example("pairs").strip()
    with pytest.raises(PlaygroundError, match="one of pasted, pairs"):
        read_request("verses", "", "", 0, {})


def test_the_kind_shows_its_own_box_and_a_batch_that_suits_it() -> None:
    pairs, text = on_kind("pairs"), on_kind("pasted")
    assert (pairs["text"].visible, pairs["pairs"].visible) == ("hidden", True)
    assert (text["text"].visible, text["pairs"].visible) == (True, "hidden")
    assert (pairs["settings"], text["settings"]) == ({"batch": 4, "length": 96}, {"batch": 2, "length": 64})


def test_without_a_run_nothing_is_compared_downloaded_or_added_to_a_menu(models_dir: Path) -> None:
    source = ("", None, "pasted", example("text"), "")
    update = before_after.on_download(*source)
    assert update["file"] == "" and "press Start" in update["notice"]["text"]
    with pytest.raises(PlaygroundError):
        next(before_after.on_compare(*source, "", 0))
    adding = before_after.on_menu("o" * 20, *source, "")
    assert next(adding)["notice"]["tone"] == "quiet"
    with pytest.raises(PlaygroundError):
        next(adding)
    gone = ({"run": "f" * 32}, *source[1:])
    assert "This run is gone" in before_after.on_download(*gone)["notice"]["text"]


def test_an_uploaded_file_is_deleted_once_it_is_read_and_a_wrong_one_is_refused(
    models_dir: Path, tmp_path: Path
) -> None:
    file = tmp_path / "adapter.zip"
    file.write_bytes(b"<html>")
    update = before_after.on_load(str(file), "pasted", "", "")
    assert update["notice"]["tone"] == "error" and update["load"] is None and not file.exists()
    assert "loaded" not in update, "what was loaded before stays"
    assert before_after.on_load(None, "pasted", "", "")["notice"]["tone"] == "error"


def test_a_comparison_shows_what_is_known_so_far() -> None:
    first = FinetuneComparison("Day 22.", rose=(TokenShift(" Arr", 0.01, 0.5),), apart=0.49, vocabulary=10)
    value = before_after.before_after_value(first)
    assert value["before"] is None and value["scores"][0]["after"] is None and "49.0\u00a0%" in value["asked"]
    assert value["rose"] == [{"text": " Arr", "before": 0.01, "after": 0.5}]
    half = before_after.before_after_value(FinetuneComparison("x", apart=0.0, old=(HeldOutScore(2.0, 1.0, 9), None)))
    assert half["scores"][1]["before"] == pytest.approx(7.389, abs=1e-3) and half["scores"][1]["after"] is None
    pair = (HeldOutScore(2.0, 1.0, 9), HeldOutScore(2.5, 1.2, 9))
    whole = before_after.before_after_value(
        FinetuneComparison("x", apart=0.0, old=pair, new=(pair[1], pair[0]), texts=("a", ""))
    )
    assert "forgot" in whole["scores"][1]["note"] and "learned" in whole["scores"][0]["note"] and whole["after"] == ""
    pair = HeldOutScore(2.0, 1.0, 3, [1.0, 2.0, 3.0]), HeldOutScore(2.1, 1.1, 3, [2.0, 1.0, 3.3])
    unsure = before_after.before_after_value(FinetuneComparison("x", apart=0.0, old=pair))["scores"][1]["note"]
    assert unsure.startswith("cannot tell: ") and "Perplexity × 0.09 to 13.75 (95 %" in unsure


def test_a_cost_that_nobody_knows_is_refused_in_a_sentence(models_dir: Path) -> None:
    for bad in ({}, None, {"runs": []}, {"runs": "f" * 32}, {"runs": ["f" * 32] * 9}):
        assert "1 to 6 runs" in run_cost(bad)["error"]
    assert "This run is gone" in run_cost({"runs": ["../x"]})["error"]
    spec = store.create_run("lora", "pasted", {"steps": 1}, 0, "o" * 32)
    cost = run_cost({"runs": [spec.run]})
    assert dict(cost["rows"])["Steps"].endswith("tokens seen, repeats counted") and not cost["ended"]


def test_a_link_without_a_run_changes_nothing_and_one_to_the_recorded_run_follows_it() -> None:
    assert on_restore(Recipe("train", "", "", 0, {"panel": "fine_tuning"})) == {}
    recorded = on_restore(Recipe("train", "", "", 0, {"panel": "fine_tuning", "run": RECORDED}))
    assert recorded["run_view"]["run"] == RECORDED and recorded["settings"] == {}


def test_a_fork_has_the_rate_of_the_controls_and_no_patience_unless_it_was_changed(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "start_polling", lambda: None)
    run = start_run(FAMILY, "pasted", defaults("pasted"), 0, OWNER, {"own-text.txt": b"x"})
    whole = {"course": {}, "events": 0, "names": [], "seconds": 1.0, "cpu_seconds": 1.0}
    checkpoints.write(snapshots.snapshot_path(store.run_dir(run), 5), whole)

    def fork_changes(**hot: Any) -> dict[str, Any]:
        event = cast(gr.EventData, SimpleNamespace(_data={"run": run, "step": 5}))
        controls = {**defaults("pasted"), "rate": 2e-3, "patience": 3, "look_every": 5} | hot
        update = on_forked(on_fork(event, OWNER, controls)["forked"], {"run": run})
        new = update["run_view"]["run"]
        assert update["settings"].keys() == set(HOT)
        settings: dict[str, Any] = json_files.read_lines(store.run_dir(new) / "events.jsonl")[0][-1]["settings"]
        return settings

    assert fork_changes(rate=0.01) == {"rate": 0.01, "patience": 0}
    assert fork_changes(patience=9) == {"patience": 9}
