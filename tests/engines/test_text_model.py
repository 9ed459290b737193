"""Loading language models: verification, repair, memory, and errors that say what to do."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_package import export_onnx

from playground.core import hardware
from playground.core.errors import PlaygroundError
from playground.core.files import sha256_of
from playground.engines import text_model
from playground.zoo import catalogue, fetch, model_files, onnx_export
from playground.zoo.bundled_models import bundled_cards
from playground.zoo.cards import DEFAULT_MODEL, ModelCard, models

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DEVICE", "cpu")


@pytest.fixture
def tiny(tiny_folder: Path, converted: Path, tiny_card: ModelCard, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a tiny model that the zoo has under two names, tiny and other, already converted."""
    monkeypatch.setattr(
        fetch, "convert", lambda _gguf, folder, _report: shutil.copytree(converted, folder, dirs_exist_ok=True)
    )
    other = replace(tiny_card, name="other", title="Other")
    monkeypatch.setattr(catalogue, "models", lambda: {"tiny": tiny_card, "other": other})
    return tiny_folder


def change_last_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def with_memory(monkeypatch: pytest.MonkeyPatch, total_bytes: int, available_bytes: int) -> None:
    machine = replace(hardware.detect(), memory_bytes=total_bytes, available_memory_bytes=available_bytes)
    monkeypatch.setattr(hardware, "detect", lambda: machine)


def names_in_memory() -> tuple[str, ...]:
    """Folder names of the models in memory, one for each decoder, least recently used first."""
    return tuple(place.folder.name for place in text_model._cache.keys())


def test_a_model_is_loaded_with_its_tokenizer_and_its_sha256(tiny: Path) -> None:
    loaded = text_model.load_text("tiny")
    assert loaded.weights_sha256 == sha256_of(tiny / "model.safetensors")
    assert (loaded.decoder.name, loaded.device) == ("open", "cpu")
    assert loaded.dtype == loaded.decoder.precision == hardware.detect().dtype
    assert loaded.tokenizer.decode(loaded.tokenizer("the 1")["input_ids"]) == "the 1"
    assert loaded.decoder.vocabulary == 300 and loaded.decoder.context_length == 64


def test_the_loaded_weights_are_those_of_the_folder(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    decoder = text_model.load_text("tiny").decoder
    tokens = [5, 6, 7, 8]
    logits = decoder.prefill(decoder.new_cache(1, 8), 0, tokens)
    model = AutoModelForCausalLM.from_pretrained(tiny, dtype=torch.float32)
    with torch.inference_mode():
        expected = model(torch.tensor([tokens])).logits[0].numpy()
    np.testing.assert_allclose(logits, expected, atol=1e-4)


def test_concurrent_visitors_share_one_model(tiny: Path) -> None:
    loads: list[text_model.TextModel] = []
    threads = [threading.Thread(target=lambda: loads.append(text_model.load_text("tiny"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 6 and all(loaded is loads[0] for loaded in loads)
    assert names_in_memory() == ("tiny",)


def test_a_model_that_is_not_here_is_fetched_first(tiny: Path) -> None:
    shutil.rmtree(tiny)
    reports: list[str] = []
    loaded = text_model.load_text("tiny", "open", lambda doing, _: reports.append(doing))
    assert loaded.decoder.name == "open" and model_files.is_complete(tiny)
    assert any("fetching" in doing for doing in reports)


def test_an_unknown_name_is_an_error_that_lists_the_models() -> None:
    with pytest.raises(PlaygroundError, match=f'no model "smollm-135m-instruct".*Did you mean "{DEFAULT_MODEL}"'):
        text_model.load_text("smollm-135m-instruct")
    with pytest.raises(PlaygroundError, match=f"There are: {DEFAULT_MODEL}"):
        text_model.load_text("\0<script>" + "x" * 10_000)
    with pytest.raises(PlaygroundError, match="owner/name"):
        text_model.load_text("../../etc/passwd")


def test_an_unknown_decoder_is_an_error_that_lists_the_decoders(tiny: Path) -> None:
    with pytest.raises(PlaygroundError, match="choose auto, fast or open"):
        text_model.load_text("tiny", "quick")


def test_a_fast_decoder_that_was_not_built_is_an_error_with_its_reason(tiny: Path) -> None:
    model_files.update_record(
        tiny, model_files.MODEL_RECORD, {"fast_not_built": {"why": "onnxruntime is missing", "with": {}}}
    )
    assert catalogue.decoders_of("tiny") == ("open",)
    with pytest.raises(PlaygroundError, match="no fast decoder.*onnxruntime is missing.*open"):
        text_model.load_text("tiny", "fast")


def test_damaged_weights_are_replaced_and_never_loaded(tiny: Path) -> None:
    content = (tiny / "model.safetensors").read_bytes()
    change_last_byte(tiny / "model.safetensors")
    reports: list[str] = []
    loaded = text_model.load_text("tiny", "open", lambda doing, _: reports.append(doing))
    assert reports[0].startswith("model.safetensors of Tiny is damaged")
    assert (tiny / "model.safetensors").read_bytes() == content
    assert loaded.weights_sha256 == sha256_of(tiny / "model.safetensors")


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_damaged_file_that_cannot_be_replaced_is_named_and_not_loaded(
    tiny: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/nonexistent")
    change_last_byte(tiny / file)
    with pytest.raises(PlaygroundError, match=f"{file} of Tiny is damaged.*not loaded.*could not be fetched"):
        text_model.load_text("tiny", "open")
    assert names_in_memory() == ()


@pytest.mark.parametrize("bytes_left", [0, 7, 1000])
def test_a_truncated_weights_file_is_named_and_not_loaded(
    tiny: Path, bytes_left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/nonexistent")
    with (tiny / "model.safetensors").open("r+b") as file:
        file.truncate(bytes_left)
    with pytest.raises(PlaygroundError, match="model.safetensors of Tiny is damaged"):
        text_model.load_text("tiny", "open")


def test_a_damaged_fast_decoder_is_built_again_without_a_network(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_export, "export_onnx", export_onnx)
    monkeypatch.setenv("PIP_FIND_LINKS", "/nonexistent")
    fetch.ensure(catalogue.card_of("tiny"))
    assert catalogue.decoders_of("tiny") == ("fast", "open")
    content = (tiny / "fast" / "model.onnx.data").read_bytes()
    change_last_byte(tiny / "fast" / "model.onnx.data")
    reports: list[str] = []
    loaded = text_model.load_text("tiny", report=lambda doing, _: reports.append(doing))
    assert reports[0].startswith("fast/model.onnx.data of Tiny is damaged")
    assert (tiny / "fast" / "model.onnx.data").read_bytes() == content
    assert (loaded.decoder.name, loaded.dtype) == ("fast", "int8")
    assert loaded.weights_sha256 == text_model.load_text("tiny", "open").weights_sha256


def test_a_fast_decoder_of_other_weights_is_not_loaded(tiny: Path) -> None:
    (tiny / "fast").mkdir()
    (tiny / "fast" / "model.onnx").write_bytes(b"onnx")
    model_files.write_record(tiny / "fast", model_files.FAST_RECORD, {"built_from": "0" * 64})
    assert text_model.load_text("tiny").decoder.name == "open"


def test_the_least_recently_used_model_makes_room(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DTYPE", "bfloat16")
    shutil.copytree(tiny, tiny.with_name("other"))
    with_memory(monkeypatch, total_bytes=200_000, available_bytes=10**9)  # half of it holds one of 56,000, not two
    first = text_model.load_text("tiny", "open")
    text_model.load_text("other", "open")
    assert names_in_memory() == ("other",)
    assert first.decoder.prefill(first.decoder.new_cache(1, 4), 0, [5]).shape == (1, 300), "a model in use stays usable"
    with_memory(monkeypatch, total_bytes=10**9, available_bytes=10**9)
    text_model.load_text("tiny", "open")
    text_model.load_text("other", "open")
    assert names_in_memory() == ("tiny", "other")


def test_a_model_larger_than_the_free_memory_is_an_error_with_both_sizes(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_memory(monkeypatch, total_bytes=10**9, available_bytes=100)
    with pytest.raises(PlaygroundError, match="needs 56 kB of memory.* 100 bytes"):
        text_model.load_text("tiny", "open")


def test_a_hub_model_that_was_fetched_is_known_and_loads_without_a_network(tiny: Path) -> None:
    hub = tiny.parent / "hub" / "owner--name"
    shutil.copytree(tiny, hub)
    model_files.update_record(hub, model_files.MODEL_RECORD, {"name": "owner/name", "licence": "mit"})
    unfinished = shutil.copytree(hub, hub.with_name(".half--done.unfinished-1"))
    model_files.update_record(Path(unfinished), model_files.MODEL_RECORD, {"name": "half/done"})
    assert list(catalogue.text_models()) == ["tiny", "other", *bundled_cards(), "owner/name"]
    loaded = text_model.load_text("owner/name")
    assert (loaded.card.name, loaded.card.licence, loaded.decoder.name) == ("owner/name", "mit", "open")


@pytest.mark.weights
def test_the_default_model_loads_fast_on_a_cpu(default_model: Path) -> None:
    loaded = text_model.load_text(DEFAULT_MODEL)
    assert loaded.decoder.name == "fast" and catalogue.decoders_of(DEFAULT_MODEL) == ("fast", "open")
    assert loaded.weights_sha256 == models()[DEFAULT_MODEL].weights_sha256
    assert loaded.decoder.vocabulary == 49152 and loaded.decoder.context_length == 8192


@pytest.mark.weights
def test_loading_the_fast_decoder_imports_no_model_classes(default_model: Path) -> None:
    code = (
        "import sys; from playground.engines import text_model\n"
        f"text_model.load_text({DEFAULT_MODEL!r}, 'fast')\n"
        "print([name for name in sys.modules if 'modeling_llama' in name or name == 'transformers.modeling_utils'])"
    )
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"
