"""Before and after a fine-tuning, on a tiny Llama."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import tiny_llama

from playground.core.errors import PlaygroundError
from playground.experiments import menu_models
from playground.experiments.finetune_eval import (
    AdapterSource,
    adapter_of_file,
    adapter_zip,
    add_to_menu,
    compare,
    token_shifts,
)
from playground.training.lora import LoraTrainer, open_trainer, read_settings
from playground.training.lora_adapter import LoraAdapter
from playground.zoo import fetch, model_files

pytestmark = pytest.mark.slow

NAME = "tests/tiny-llama"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("tiny") / "llama")


@pytest.fixture
def trainer(models_dir: Path, folder: Path, tmp_path: Path) -> LoraTrainer:
    """A few steps on "go on TAB the sea" and the like."""
    shutil.copytree(folder, fetch.hub_folder(NAME))
    model_files.write_record(fetch.hub_folder(NAME), model_files.MODEL_RECORD, {"name": NAME})
    (tmp_path / "own-pairs.txt").write_text(CONTENT, "utf-8")
    settings = {
        "model": NAME,
        "length": 128,
        "rank": 2,
        "alpha": 8,
        "rate": 0.03,
        "layers": "all",
        "look_every": 4,
        "prompt": "go",
    }
    trainer = open_trainer("pairs", read_settings("pairs", settings), 0, tmp_path)
    for _ in range(12):
        trainer.advance()
    return trainer


CONTENT = "\n".join(f"go {index}\tthe sea {index}" for index in range(12))


def source(trainer: LoraTrainer) -> AdapterSource:
    adapter = LoraAdapter(trainer.weights(), NAME, 2, 8.0, {"name": "Brave Otter"})
    return AdapterSource(adapter, "pairs", CONTENT.encode(), "Brave Otter")


def test_both_sides_are_measured_and_the_tuned_one_is_the_best_that_training_saw(trainer: LoraTrainer) -> None:
    *_, comparison = compare(source(trainer), "", 1)
    assert comparison.new is not None and comparison.old is not None
    assert comparison.texts is not None and comparison.apart is not None
    assert comparison.new[0].nats == pytest.approx(trainer.evaluations[0][1], abs=1e-5)
    assert comparison.new[1].nats == pytest.approx(trainer.best["loss"], abs=1e-5)
    assert comparison.new[1].perplexity < comparison.new[0].perplexity
    assert comparison.old[0].tokens == comparison.old[1].tokens > 300
    assert 0 < comparison.apart <= 1 and comparison.vocabulary == 384 and comparison.prompt == "go 5"
    assert all(one.after > one.before for one in comparison.rose)
    assert all(one.after < one.before for one in comparison.fell)
    *_, again = compare(source(trainer), "", 1)
    assert again == comparison, "the same seed writes the same"


def test_an_adapter_that_does_nothing_moves_nothing(trainer: LoraTrainer) -> None:
    empty = {name: part * 0 for name, part in trainer.weights().items()}
    still = dataclasses.replace(source(trainer), adapter=LoraAdapter(empty, NAME, 2, 8.0))
    *_, comparison = compare(still, "go on", 3)
    assert comparison.new is not None and comparison.texts is not None
    assert (comparison.apart, comparison.rose, comparison.fell) == (0.0, (), ())
    assert comparison.new[0] == comparison.new[1] and comparison.texts[0] == comparison.texts[1]


def test_moved_tokens_are_those_of_the_whole_vocabulary() -> None:
    before, after = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.1, 0.3, 0.25, 0.35])
    comparison = token_shifts(before, after, str)
    assert [(one.text, one.after) for one in comparison["rose"]] == [("3", 0.35), ("2", 0.25)]
    assert [one.text for one in comparison["fell"]] == ["0"]
    assert comparison["apart"] == pytest.approx(0.4) and comparison["vocabulary"] == 4


def test_a_file_comes_back_as_the_same_model(trainer: LoraTrainer) -> None:
    name, content = adapter_zip(source(trainer))
    assert name == "adapter-brave-otter.zip"
    back = adapter_of_file(content, "pairs", CONTENT)
    assert back.name == "Brave Otter" and list(compare(back, "x"))[-1] == list(compare(source(trainer), "x"))[-1]


def test_what_cannot_be_compared_explains_itself(trainer: LoraTrainer) -> None:
    elsewhere = dataclasses.replace(source(trainer).adapter, base="no/such-model")
    with pytest.raises(PlaygroundError, match="not here"):
        adapter_of_file(adapter_zip(dataclasses.replace(source(trainer), adapter=elsewhere))[1], "pairs", CONTENT)
    for prompt in ("x" * 5000, "\ud800", None):
        with pytest.raises(PlaygroundError):
            list(compare(source(trainer), prompt))  # type: ignore[arg-type]
    with pytest.raises(PlaygroundError, match="seed"):
        list(compare(source(trainer), "x", -1))


def test_a_tuned_model_is_in_the_menu_and_writes_with_the_adapter_in_it(
    trainer: LoraTrainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.language.generation import load
    from playground.language.model_menu import model_facts, model_names
    from playground.training.lora import open_base

    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    name = add_to_menu(source(trainer), "a" * 20)
    assert name.startswith("tuned/brave-otter-") and name in model_names()
    assert add_to_menu(source(trainer), "a" * 20) == name, "it is made once"
    loaded = load(name)
    ids = np.arange(20)[None]
    with_adapter = trainer.model(input_ids=torch.from_numpy(ids)).logits.detach().numpy()
    without = open_base(NAME)[0](input_ids=torch.from_numpy(ids)).logits.numpy()
    own = loaded.decoder.read_rows(ids)
    assert np.abs(own - with_adapter).max() < 0.2 * np.abs(own - without).max()
    assert "Fine-tuned on this machine" in model_facts(name).source
    assert [model["name"] for model in menu_models.models_of("a" * 20)] == [name] and not menu_models.models_of(
        "b" * 20
    )
    menu_models.remove_from_menu(name, "a" * 20)
    assert name not in model_names()
    with pytest.raises(PlaygroundError, match="no longer in the menus"):
        load("tuned/nothing-12345678")
