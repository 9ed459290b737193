"""Models that somebody put into the models' folder: examined once, then in the menus, or refused with a sentence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tiny_gguf import write_tiny_gguf
from tiny_models import tiny_gpt2, tiny_llama
from tiny_pipeline import save_tiny_pipeline

from playground.core.errors import PlaygroundError
from playground.engines import text_model
from playground.language import local_models
from playground.language.model_menu import fetch_from_hub, model_facts, model_names, text_to_image_names
from playground.zoo import fetch, model_files
from playground.zoo.diffusers_pipeline import load_text_to_image

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of diffusers, when it is first imported
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
TOKENS = np.array([[5, 200, 17, 9, 120, 44]])


@pytest.fixture
def local(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for models; no Hub can be reached."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    (models_dir / "local").mkdir(parents=True)
    yield models_dir / "local"
    text_model.forget()
    local_models._refused.clear()


def plain_logits(folder: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    with torch.inference_mode():
        return np.asarray(model(input_ids=torch.from_numpy(TOKENS)).logits)


def test_a_folder_is_in_the_menus_after_an_examination(local: Path) -> None:
    tiny_llama(local / "mine")
    assert list(local_models.new_names()) == ["local/mine"]
    local_models.examine_new()
    assert "local/mine" in model_names() and not list(local_models.new_names())
    np.testing.assert_allclose(
        text_model.load_text("local/mine").decoder.read_rows(TOKENS), plain_logits(local / "mine"), atol=1e-4
    )
    facts = model_facts("local/mine")
    assert str(local / "mine") in facts.source and facts.licence_url == "" and facts.parameters > 0
    assert model_files.read_record(fetch.hub_folder("local/mine"))["examination"]["chat"] == "yes"


def test_another_model_under_the_same_name_is_another(local: Path) -> None:
    tiny_llama(local / "mine")
    local_models.examine_new()
    before = model_facts("local/mine").weights_sha256
    shutil.rmtree(local / "mine")
    assert "local/mine" not in model_names()
    tiny_llama(local / "mine", seed=1)
    local_models.examine_new()
    assert model_facts("local/mine").weights_sha256 not in ("", before)


def test_what_cannot_be_used_is_said_once_and_leaves_nothing(local: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny_gpt2(local / "broken")
    (local / "broken" / "config.json").write_text("{")
    tiny_gpt2(local / "my model")
    (local / "sd.safetensors").write_bytes((local / "my model" / model_files.WEIGHTS).read_bytes())
    (local / "notes.txt").write_text("not a model")
    (local / "empty").mkdir()
    local_models.examine_new()
    said = local_models.refusals()
    assert "is damaged" in said["local/broken"] and "rename it" in said["local/my model"]
    assert "from_single_file" in said["local/sd.safetensors"] and len(said) == 3
    assert capsys.readouterr().err.count("Not in the menus") == 3 and not list(local_models.new_names())
    assert not [name for name in model_names() if name.startswith("local/")]
    with pytest.raises(PlaygroundError, match="is damaged"):
        list(fetch_from_hub("local/broken"))
    with pytest.raises(PlaygroundError, match="put its folder into"):
        list(fetch_from_hub("local/nothing"))
    tiny_gpt2(local / "broken")
    local_models.examine_new()
    assert "local/broken" in model_names()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.gguf", b"<!DOCTYPE html>" * 9, "it is a web page"),
        ("a.gguf", b"", "it is no GGUF file"),
        ("a.safetensors", b"GGUF\3\0\0\0" * 9, "it is a GGUF file"),
        ("a.safetensors", b"version https://git-lfs.github.com/spec/v1\n", "it is a git-lfs pointer"),
    ],
)
def test_a_file_under_a_wrong_name_is_called_what_it_is(local: Path, name: str, content: bytes, sentence: str) -> None:
    (local / name).write_bytes(content)
    local_models.examine_new()
    assert sentence in local_models.refusals()[f"local/{name}"]


@pytest.mark.slow
def test_a_gguf_file_that_cannot_be_converted_says_what_to_do(local: Path) -> None:
    write_tiny_gguf(local / "cut.gguf")
    (local / "cut.gguf").write_bytes((local / "cut.gguf").read_bytes()[:40])
    local_models.examine_new()
    said = local_models.refusals()["local/cut.gguf"]
    assert said.startswith("local/cut.gguf cannot be used (could not be converted") and "download it again" in said


@pytest.mark.slow
def test_a_gguf_file_alone_is_converted(local: Path) -> None:
    from gguf import GGUFReader

    path = local / "tiny.Q8_0.gguf"
    write_tiny_gguf(path)
    local_models.examine_new()
    loaded = text_model.load_text("local/tiny.Q8_0.gguf")
    assert "tiny.Q8_0.gguf" in model_facts("local/tiny.Q8_0.gguf").notes
    (expected,) = (tensor.data for tensor in GGUFReader(path).tensors if tensor.name == "token_embd.weight")
    embedding = loaded.decoder.model.get_input_embeddings().weight  # type: ignore[attr-defined]
    np.testing.assert_allclose(embedding.float().numpy(), expected, rtol=2**-8)
    (local / "two").mkdir()
    for name in ("a.gguf", "b.gguf"):
        shutil.copyfile(path, local / "two" / name)
    local_models.examine_new()
    assert "keep one" in local_models.refusals()["local/two"]


def test_a_pipeline_is_in_the_menu_of_pictures(local: Path) -> None:
    save_tiny_pipeline(local / "painter")
    before = (local / "painter" / "model_index.json").read_bytes()
    local_models.examine_new()
    assert text_to_image_names() == ["local/painter"] and "local/painter" not in model_names()
    assert load_text_to_image("local/painter").pipeline.unet is not None
    assert (local / "painter" / "model_index.json").read_bytes() == before
    assert json.loads(before)["_class_name"] == "StableDiffusionPipeline"


def test_a_gguf_repository_says_where_to_put_its_file(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from fake_hub import Repository, serve

    (tmp_path / "a.Q4_K_M.gguf").write_bytes(b"GGUF")
    (tmp_path / "config.json").write_text("{}")
    with serve({"people/gguf": Repository(tmp_path)}) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        with pytest.raises(PlaygroundError, match=f"put it into {models_dir / 'local'}"):
            list(fetch_from_hub("people/gguf"))
