"""The shipped language models: their training begins in an empty folder, goes on where it was left, and publishes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from playground.core.errors import PlaygroundError
from playground.data import corpora
from playground.training import train_austen

SMALL: dict[str, Any] = {"vocabulary": 280, "width": 64, "layers": 1, "context": 64, "batch": 2, "rate": 3e-3}


@pytest.fixture
def small(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A short text in place of the novels, and a net that is soon trained."""
    text = " ".join(f"It is a truth that {word} was not {word}, she said." for word in map(str, range(400)))
    monkeypatch.setattr(corpora, "parse_corpus", lambda name, own="": corpora.user_corpus(text))
    monkeypatch.setattr(train_austen, "SETTINGS", {**SMALL, "steps": 60})
    return models_dir / "training" / train_austen.NAME


def test_a_training_of_austen_begins_in_an_empty_folder_and_publishes_its_stages(small: Path, tmp_path: Path) -> None:
    train_austen.train_austen(60, None, 0, tmp_path / "out")
    records = [
        json.loads((tmp_path / "out" / f"austen-{stage}" / "model.json").read_text()) for stage in train_austen.STAGES
    ]
    assert [record["step"] for record in records] == [2, 12, 60]
    assert [row[0] for row in records[-1]["curve"]] == [25, 50]
    bits = [record["quality"]["held_out_bits_per_character"] for record in records]
    assert bits[0] > bits[2] > 0


@pytest.mark.slow
def test_a_training_of_austen_resumes_and_refuses_another_seed(small: Path, tmp_path: Path) -> None:
    train_austen.train_austen(60, 0.0, 0, tmp_path / "out")
    assert not (small / "curve.jsonl").exists()
    train_austen.train_austen(60, None, 0, tmp_path / "out")
    assert len((small / "curve.jsonl").read_text().splitlines()) == 2
    with pytest.raises(PlaygroundError, match="other settings"):
        train_austen.train_austen(60, None, 1, tmp_path / "out")
