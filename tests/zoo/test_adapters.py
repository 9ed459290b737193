"""Adapters from a Hub of our own: their logits are those of PEFT with the unmerged adapter, and what cannot be used."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_hub import Repository, serve
from tiny_model_fixtures import installed
from tiny_models import tiny_llama

from playground.core.errors import PlaygroundError
from playground.core.files import sha256_of
from playground.core.paths import models_dir as models_path
from playground.engines import text_model
from playground.language.model_menu import fetch_from_hub, model_facts, model_names
from playground.training.lora_adapter import LoraAdapter, from_zip, to_zip
from playground.zoo import fetch, model_files
from playground.zoo.cards import DEFAULT_MODEL

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),  # PEFT reads what transformers 6 will rename
]
BASE, NAME = "people/base", "people/adapter"
TOKENS = np.array([[5, 300, 17, 9, 120, 44]])


def make_adapter(folder: Path, base: Path, base_name: str, **settings: Any) -> Path:
    """An adapter as PEFT saves it, with random weights large enough to matter."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    config = LoraConfig(**{"r": 4, "target_modules": ["q_proj", "down_proj"], "task_type": "CAUSAL_LM", **settings})
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
        with torch.no_grad():
            for name, part in model.named_parameters():
                if "lora_" in name and part.dim() == 2:
                    part.normal_(0, 0.3)
        model.save_pretrained(folder)
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "base_model_name_or_path": base_name}))
    return folder


def peft_logits(base: Path, adapter: Path | None) -> np.ndarray[Any, Any]:
    """What transformers and PEFT compute, without the playground."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter)
    with torch.inference_mode():
        return np.asarray(model.eval()(input_ids=torch.from_numpy(TOKENS)).logits)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_llama(tmp_path_factory.mktemp("base") / "base")


@pytest.fixture
def online(base: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Repository]]:
    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    monkeypatch.setenv("PLAYGROUND_DEVICE", "cpu")
    repositories = {BASE: Repository(base)}
    with serve(repositories) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        yield repositories


def serve_adapter(
    online: dict[str, Repository], base: Path, folder: Path, base_name: str = BASE, **settings: Any
) -> Path:
    online[NAME] = Repository(make_adapter(folder, base, base_name, **settings))
    return folder


@pytest.mark.parametrize(
    "settings", [{}, {"use_rslora": True, "rank_pattern": {"q_proj": 2}, "alpha_pattern": {"q_proj": 5}},
                 {"use_dora": True, "modules_to_save": ["lm_head"]}],
)  # fmt: skip
def test_an_adapter_computes_what_peft_does_and_brings_its_base(
    online: dict[str, Repository], base: Path, tmp_path: Path, settings: dict[str, Any]
) -> None:
    adapter = serve_adapter(online, base, tmp_path / "adapter", **settings)
    expected = peft_logits(base, adapter)
    assert np.abs(expected - peft_logits(base, None)).max() > 0.1
    assert list(fetch_from_hub(NAME))[-1].name == NAME
    assert {NAME, BASE} <= set(model_names())
    loaded = text_model.load_text(NAME)
    np.testing.assert_allclose(loaded.decoder.read_rows(TOKENS), expected, atol=1e-4)
    assert loaded.tokenizer.chat_template and f"An adapter of {BASE}" in model_facts(NAME).notes
    record = model_files.read_record(fetch.hub_folder(NAME))
    assert record["adapter_of"] == BASE and record["base_sha256"] == sha256_of(base / model_files.WEIGHTS)
    assert record["examination"]["chat"] == "yes" and not list(fetch.hub_folder(NAME).glob("adapter*"))


def test_an_adapter_of_the_default_model_needs_no_other_base(
    online: dict[str, Repository], base: Path, tmp_path: Path
) -> None:
    """The base's name on the Hub is that of the default model, which is here under another."""
    hub_id = "HuggingFaceTB/SmolLM2-135M-Instruct"
    here = models_path() / DEFAULT_MODEL
    shutil.copytree(base, here)
    model_files.write_record(here, model_files.MODEL_RECORD, {"name": DEFAULT_MODEL})
    adapter = serve_adapter(online, base, tmp_path / "adapter", hub_id)
    list(fetch_from_hub(NAME))
    np.testing.assert_allclose(
        text_model.load_text(NAME).decoder.read_rows(TOKENS), peft_logits(base, adapter), atol=1e-4
    )
    assert hub_id not in model_names() and DEFAULT_MODEL in model_facts(NAME).notes


def test_an_adapter_with_tokens_of_its_own_brings_their_embedding(
    online: dict[str, Repository], base: Path, tmp_path: Path
) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    larger = tmp_path / "larger"
    model = AutoModelForCausalLM.from_pretrained(base)
    model.resize_token_embeddings(390, mean_resizing=False)
    model.save_pretrained(larger)
    adapter = serve_adapter(online, larger, tmp_path / "adapter", modules_to_save=["embed_tokens", "lm_head"])
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.add_tokens(["<new>"])
    tokenizer.save_pretrained(adapter)
    list(fetch_from_hub(NAME))
    loaded = text_model.load_text(NAME)
    assert loaded.decoder.vocabulary == 390 and loaded.tokenizer("<new>").input_ids == [370]
    np.testing.assert_allclose(loaded.decoder.read_rows(TOKENS), peft_logits(larger, adapter), atol=1e-4)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"base_model_name_or_path": None}, "adapter_config.json"),
        ({"base_model_name_or_path": "/home/me/llama"}, "not another model's “owner/name”"),
        ({"base_model_name_or_path": NAME}, "not another model's “owner/name”"),
        ({"base_model_name_or_path": "people/nobody"}, r"people/nobody, which cannot be fetched.*no public model"),
        ({"peft_type": "PROMPT_TUNING"}, r"cannot be merged into its base \(PROMPT_TUNING\)"),
        ({"target_modules": ["nowhere"]}, "does not fit its base"),
    ],
)
def test_an_adapter_that_cannot_be_used_is_a_sentence(
    online: dict[str, Repository], base: Path, tmp_path: Path, facts: dict[str, Any], sentence: str
) -> None:
    path = serve_adapter(online, base, tmp_path / "adapter") / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))
    with pytest.raises(PlaygroundError, match=sentence):
        list(fetch_from_hub(NAME))
    assert NAME not in model_names() and not fetch.hub_folder(NAME).exists()


def test_two_adapters_of_each_other_end(online: dict[str, Repository], base: Path, tmp_path: Path) -> None:
    serve_adapter(online, base, tmp_path / "adapter", "people/other")
    online["people/other"] = Repository(make_adapter(tmp_path / "other", base, NAME))
    with pytest.raises(PlaygroundError, match="people/other and people/adapter are adapters of each other"):
        list(fetch_from_hub(NAME))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda weights: weights.pop(min(weights)), "lacks 1 of its adapter's weights"),
        (lambda weights: [weights.update({f"x.{key}": weights.pop(key)}) for key in [*weights]], "lacks 8 of"),
        (
            lambda weights: weights.update({"base_model.layers.7.lora_A.weight": next(iter(weights.values()))}),
            r"1 weight that finds no place in its base \(base_model.layers.7",
        ),
    ],
    ids=["missing", "renamed", "surplus"],
)  # fmt: skip
def test_half_an_adapter_is_refused_where_peft_would_draw_the_rest(
    online: dict[str, Repository], base: Path, tmp_path: Path, change: Any, sentence: str
) -> None:
    from safetensors.torch import load_file, save_file

    path = serve_adapter(online, base, tmp_path / "adapter") / "adapter_model.safetensors"
    weights = {key: tensor.clone() for key, tensor in load_file(path).items()}
    change(weights)
    save_file({key: tensor.clone() for key, tensor in weights.items()}, path)
    with pytest.raises(PlaygroundError, match=sentence):
        list(fetch_from_hub(NAME))
    assert NAME not in model_names()


def test_a_base_may_be_named_by_its_page(online: dict[str, Repository], base: Path, tmp_path: Path) -> None:
    serve_adapter(online, base, tmp_path / "adapter", f"https://huggingface.co/{BASE}")
    list(fetch_from_hub(NAME))
    assert model_facts(NAME).notes.startswith(f"An adapter of {BASE}")


def test_an_exported_adapter_names_its_base_as_peft_reads_it(base: Path, models_dir: Path) -> None:
    """Also the revision, which PEFT has apart."""
    import torch
    from peft import PeftConfig

    name = installed("people/base@v2", base)
    weights = {f"base_model.model.model.layers.0.self_attn.q_proj.lora_{part}.weight": torch.ones(shape)
               for part, shape in (("A", (4, 48)), ("B", (48, 4)))}  # fmt: skip
    content = to_zip(LoraAdapter(weights, name, 4, 8.0))
    folder = models_dir / "unpacked"
    (models_dir / "a.zip").write_bytes(content)
    shutil.unpack_archive(models_dir / "a.zip", folder)
    config = PeftConfig.from_pretrained(str(folder))
    assert (config.base_model_name_or_path, config.revision) == ("people/base", "v2")
    assert from_zip(content).base == name
