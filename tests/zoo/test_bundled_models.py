from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.core.errors import PlaygroundError
from playground.core.files import sha256_of
from playground.data import corpora
from playground.engines import text_model
from playground.zoo import bundled_models, catalogue, fetch, model_files
from playground.zoo.cards import Bundled, ModelCard

CARDS = bundled_models.bundled_cards()
LARGEST = 8_000_000


def test_three_stages_of_one_training_are_bundled_the_least_trained_first() -> None:
    assert list(CARDS) == ["austen-early", "austen-middle", "austen-late"]
    assert list(CARDS) == [name for name in catalogue.text_models() if name.startswith("austen-")]
    records = [model_files.read_record(fetch.folder_of(card)) for card in CARDS.values()]
    bits = [record["quality"]["held_out_bits_per_character"] for record in records]
    assert bits == sorted(bits, reverse=True), "more training, fewer bits"


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.name)
def test_a_bundled_models_files_match_its_record(card: ModelCard) -> None:
    folder = fetch.folder_of(card)
    assert fetch.is_ready(card) and fetch.ensure(card) == folder
    assert model_files.damaged_file(folder, afresh=True) is None
    assert sha256_of(folder / model_files.WEIGHTS) == card.weights_sha256
    assert (folder / model_files.WEIGHTS).stat().st_size < LARGEST


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.name)
def test_a_bundled_models_record_has_its_training(card: ModelCard) -> None:
    record = json.loads((fetch.folder_of(card) / model_files.MODEL_RECORD).read_text("utf-8"))
    assert record["command"].startswith("python -m playground.train austen --steps") and record["seed"] == 0
    assert record["data"]["sha256"] == corpora.load("austen").sha256 and record["licence"] == "CC0-1.0"
    assert record["quality"]["baselines"] == pytest.approx(corpora.load("austen").baselines)
    assert record["curve"] and record["sample"]["sample"]


@pytest.mark.parametrize("name", CARDS)
def test_a_bundled_model_loads_and_generates(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = text_model.load_text(name)
    assert model.decoder.name == "open" and catalogue.decoders_of(name) == ("open",)
    tokens = model.tokenizer.encode("It is a truth universally acknowledged, that", add_special_tokens=False)
    assert model.tokenizer.decode(tokens) == "It is a truth universally acknowledged, that"
    cache = model.decoder.new_cache(1, 64)
    logits = model.decoder.prefill(cache, 0, tokens)[-1]
    written = []
    for _ in range(12):
        written.append(int(logits.argmax()))
        logits = model.decoder.step(cache, [0], written[-1:])[0]
    assert model.tokenizer.decode(written).strip()


def test_a_damaged_bundled_model_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = next(iter(CARDS.values()))
    assert isinstance(card.origin, Bundled)
    copy = tmp_path / card.origin.folder
    copy.mkdir(parents=True)
    for path in fetch.folder_of(card).iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    weights = bytearray((copy / model_files.WEIGHTS).read_bytes())
    weights[-1] ^= 1
    (copy / model_files.WEIGHTS).write_bytes(bytes(weights))
    monkeypatch.setattr(bundled_models, "ASSETS", tmp_path)
    with pytest.raises(PlaygroundError, match="damaged"):
        text_model.load_text(card.name)
