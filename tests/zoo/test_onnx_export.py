"""Building the fast decoder's graph: of a model that the builder takes, and of one that it refuses."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from tiny_models import save_tokenizer, tiny_gpt2, tiny_llama

from playground.core.errors import PlaygroundError
from playground.engines.onnx_decoder import OnnxDecoder
from playground.zoo import onnx_export
from playground.zoo.onnx_export import GRAPH_FILES, export_onnx


def quietly(what: str, fraction: float) -> None:
    assert what and 0 <= fraction <= 1


@pytest.mark.slow
def test_a_llama_is_built_and_decodes_like_the_open_one(tmp_path: Path) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=384, hidden_size=128, intermediate_size=256, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=64, max_position_embeddings=128, bos_token_id=0, eos_token_id=2,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = LlamaForCausalLM(config).eval()
    model.save_pretrained(tmp_path / "model")
    save_tokenizer(tmp_path / "model", chat=True)
    reports: list[float] = []
    export_onnx(tmp_path / "model", tmp_path / "fast", lambda _what, fraction: reports.append(fraction))
    assert reports == sorted(reports) and reports[-1] == 1.0
    assert {path.name for path in (tmp_path / "fast").iterdir()} == set(GRAPH_FILES)
    assert {path.name for path in tmp_path.iterdir()} == {"model", "fast"}
    decoder = OnnxDecoder(tmp_path / "fast")
    ids = [5, 60, 200, 7]
    cache = decoder.new_cache(2, 8)
    ours = decoder.prefill(cache, 0, ids)
    steps = np.stack([decoder.step(cache, [1], [token])[0].copy() for token in ids])
    with torch.inference_mode():
        exact = model(torch.tensor([ids])).logits[0].numpy()
    for logits in (ours, steps):
        assert np.corrcoef(logits.ravel(), exact.ravel())[0, 1] > 0.99


@pytest.mark.slow
def test_an_unsupported_model_leaves_nothing_behind(tmp_path: Path) -> None:
    tiny_gpt2(tmp_path / "model")
    with pytest.raises(PlaygroundError, match="could not be built"):
        export_onnx(tmp_path / "model", tmp_path / "fast", quietly)
    assert {path.name for path in tmp_path.iterdir()} == {"model"}


def builder_that(monkeypatch: pytest.MonkeyPatch, message: str, files: tuple[str, ...] = ()) -> None:
    """The builder writes some of its files, prints this message to standard error, and exits with 1."""

    def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        graph = Path(command[command.index("-o") + 1])
        graph.mkdir()
        for file in files:
            (graph / file).write_bytes(b"half")
        return subprocess.CompletedProcess(command, 1, "", message)

    monkeypatch.setattr(onnx_export.subprocess, "run", run)


@pytest.mark.parametrize("files", [(), GRAPH_FILES[:1], GRAPH_FILES], ids=["nothing", "half", "all"])
def test_a_failed_builder_is_quoted_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: tuple[str, ...]
) -> None:
    tiny_llama(tmp_path / "model")
    builder_that(monkeypatch, "Traceback\nNotImplementedError: no such model", files)
    with pytest.raises(PlaygroundError, match="NotImplementedError: no such model"):
        export_onnx(tmp_path / "model", tmp_path / "fast", quietly)
    assert {path.name for path in tmp_path.iterdir()} == {"model"}


def test_a_full_disk_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_llama(tmp_path / "model")
    builder_that(monkeypatch, "OSError: [Errno 28] No space left on device", GRAPH_FILES[:2])
    with pytest.raises(PlaygroundError, match="of disk for a while"):
        export_onnx(tmp_path / "model", tmp_path / "fast", quietly)
    assert {path.name for path in tmp_path.iterdir()} == {"model"}


def test_a_failed_build_keeps_the_existing_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_llama(tmp_path / "model")
    (tmp_path / "fast").mkdir()
    (tmp_path / "fast" / "model.onnx").write_bytes(b"earlier")
    builder_that(monkeypatch, "it broke", GRAPH_FILES)
    with pytest.raises(PlaygroundError, match="it broke"):
        export_onnx(tmp_path / "model", tmp_path / "fast", quietly)
    assert (tmp_path / "fast" / "model.onnx").read_bytes() == b"earlier"


def test_an_interrupted_build_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    tiny_llama(tmp_path / "model")
    monkeypatch.setattr(onnx_export.subprocess, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_onnx(tmp_path / "model", tmp_path / "fast", quietly)
    assert {path.name for path in tmp_path.iterdir()} == {"model"}


@pytest.mark.slow
def test_a_graph_that_cannot_run_is_refused(tmp_path: Path) -> None:
    from tiny_models import tiny_llama

    tiny_llama(tmp_path / "model")  # its heads are 12 wide
    with pytest.raises(PlaygroundError, match="could not be built"):
        export_onnx(tmp_path / "model", tmp_path / "fast", quietly)
    assert {path.name for path in tmp_path.iterdir()} == {"model"}
