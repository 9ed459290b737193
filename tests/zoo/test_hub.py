"""Models from the Hub: the happy path, each way to store weights, and each refusal, against a Hub of our own."""

from __future__ import annotations

import errno
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_hub import Repository, serve
from tiny_models import tiny_gpt2, tiny_llama

from playground.core import paths
from playground.core.errors import PlaygroundError
from playground.core.files import file_lock
from playground.engines import text_model
from playground.language.generation import generate
from playground.language.model_menu import chat_model_names, fetch_from_hub, model_facts, model_names
from playground.language.text_request import TextRequest
from playground.zoo import catalogue, fetch, hub_client, hub_transfer, model_files
from playground.zoo.cards import DEFAULT_MODEL
from playground.zoo.hub_client import parse_repository

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
NAME = "people/tiny"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    folder = tmp_path / "repository"
    tiny_llama(folder)
    return Repository(folder, parameters=100_000)


@pytest.fixture
def online(
    repository: Repository, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Repository]]:
    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    repositories = {NAME: repository}
    with serve(repositories) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        yield repositories


def decodes(name: str) -> None:
    loaded = text_model.load_text(name)
    cache = loaded.decoder.new_cache(1, 8)
    assert loaded.decoder.prefill(cache, 0, [5, 6]).shape == (2, 384)


def change_config(repository: Repository, **facts: object) -> None:
    path = repository.folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


def test_a_model_is_fetched_listed_and_decoded(online: dict[str, Repository]) -> None:
    reports = list(fetch_from_hub(f" {NAME} "))
    assert reports[-1].name == NAME and any("fetching" in report.what for report in reports)
    assert all(0 <= report.fraction <= 1 for report in reports)
    assert NAME in model_names()
    facts = model_facts(NAME)
    assert facts.licence == "mit" and facts.parameters == 100_000 and facts.decoders == ("open",)
    decodes(NAME)
    online.clear()  # the Hub is gone; the model is here
    text_model.forget()
    decodes(NAME)


def test_only_what_is_needed_is_downloaded(online: dict[str, Repository], repository: Repository) -> None:
    (repository.folder / "modeling_evil.py").write_text("raise SystemExit")
    (repository.folder / "training.bin").write_bytes(b"x" * 1000)
    fetch.ensure(catalogue.card_of(NAME))
    assert not any("evil" in path or "training" in path for path in repository.asked)


def test_sharded_weights_become_one_file(online: dict[str, Repository], repository: Repository) -> None:
    from transformers import AutoModelForCausalLM

    whole = AutoModelForCausalLM.from_pretrained(repository.folder)
    (repository.folder / model_files.WEIGHTS).unlink()
    whole.save_pretrained(repository.folder, max_shard_size="60KB")
    assert len(list(repository.folder.glob("model-*.safetensors"))) > 1
    folder = fetch.ensure(catalogue.card_of(NAME))
    assert [path.name for path in folder.glob("*.safetensors")] == [model_files.WEIGHTS]
    decodes(NAME)


def test_pickled_weights_are_converted_once(online: dict[str, Repository], repository: Repository) -> None:
    import torch
    from safetensors.torch import load_file

    weights = load_file(repository.folder / model_files.WEIGHTS)
    (repository.folder / model_files.WEIGHTS).unlink()
    torch.save(weights, repository.folder / "pytorch_model.bin")
    folder = fetch.ensure(catalogue.card_of(NAME))
    assert not list(folder.glob("*.bin"))
    decodes(NAME)


def test_a_pickle_that_would_run_code_is_not_run(
    online: dict[str, Repository], repository: Repository, tmp_path: Path
) -> None:
    import pickle

    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "exploded",)  # type: ignore[return-value]

    (repository.folder / model_files.WEIGHTS).unlink()
    (repository.folder / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": Bomb()}, protocol=2))
    with pytest.raises(PlaygroundError):
        fetch.ensure(catalogue.card_of(NAME))
    assert not (tmp_path / "exploded").exists()
    assert not fetch.hub_folder(NAME).exists()


def refusal(name: str = NAME) -> str:
    with pytest.raises(PlaygroundError) as error:
        list(fetch_from_hub(name))
    folder = paths.models_dir() / "hub" / name.replace("/", "--")
    assert not folder.exists()
    return str(error.value)


def test_an_unknown_model_explains_itself(online: dict[str, Repository]) -> None:
    assert "no public model people/nobody" in refusal("people/nobody")


@pytest.mark.parametrize("name", ["not an id", "a/b/c", "../x/y", "a--b/c", "", "http://x/y"])
def test_a_malformed_id_explains_itself(online: dict[str, Repository], name: str) -> None:
    with pytest.raises(PlaygroundError, match="owner/name"):
        list(fetch_from_hub(name))


def test_a_gated_model_explains_itself(online: dict[str, Repository], repository: Repository) -> None:
    repository.gated, repository.status = True, 403
    assert "is gated" in refusal()


def test_a_private_model_explains_itself(online: dict[str, Repository], repository: Repository) -> None:
    repository.status = 401
    assert "people/tiny" in refusal()


def test_a_model_that_needs_its_own_code_is_refused(online: dict[str, Repository], repository: Repository) -> None:
    code = {"AutoModelForCausalLM": "modeling_own.OwnForCausalLM"}
    change_config(repository, model_type="own", architectures=["OwnForCausalLM"], auto_map=code)
    assert "needs code from its repository" in refusal()
    assert not any(path.endswith(".safetensors") for path in repository.asked)


def test_a_tokenizer_that_needs_its_own_code_is_refused(online: dict[str, Repository], repository: Repository) -> None:
    path = repository.folder / "tokenizer_config.json"
    own = {"auto_map": {"AutoTokenizer": ["own.Own", None]}, "tokenizer_class": "Own"}
    path.write_text(json.dumps({**json.loads(path.read_text()), **own}))
    (repository.folder / "tokenizer.json").rename(repository.folder / "vocab.json")
    assert "needs code from its repository" in refusal()


def test_another_kind_of_model_is_refused(online: dict[str, Repository], repository: Repository) -> None:
    change_config(repository, architectures=["BertForMaskedLM"])
    assert "BertForMaskedLM) is not a causal language model" in refusal()


@pytest.mark.parametrize(("kind", "name"), [("bert", "BertLMHeadModel"), ("xlnet", "XLNetLMHeadModel")])
def test_a_model_that_fills_gaps_is_refused_before_it_is_downloaded(
    online: dict[str, Repository], repository: Repository, kind: str, name: str
) -> None:
    change_config(repository, model_type=kind, architectures=[name])
    assert "looks at later tokens" in refusal()
    assert not any(path.endswith(".safetensors") for path in repository.asked)


def test_a_model_too_big_for_the_memory_is_refused_before_it_is_downloaded(
    online: dict[str, Repository], repository: Repository
) -> None:
    repository.parameters = 10**15
    assert "4,000 TB of memory" in refusal()
    assert not any(path.endswith(".safetensors") for path in repository.asked)


def test_a_model_without_tokenizer_or_weights_is_refused(online: dict[str, Repository], repository: Repository) -> None:
    (repository.folder / "tokenizer.json").rename(repository.folder / "other.json")
    assert "has no tokenizer" in refusal()
    (repository.folder / model_files.WEIGHTS).unlink()
    assert "no weights" in refusal()


def test_a_damaged_config_is_refused(online: dict[str, Repository], repository: Repository) -> None:
    (repository.folder / "config.json").write_text("{")
    assert "is damaged" in refusal()


def test_a_hub_in_trouble_explains_itself(online: dict[str, Repository], repository: Repository) -> None:
    repository.status = 500
    assert "people/tiny" in refusal()


def test_a_login_that_the_hub_does_not_know_explains_itself(
    online: dict[str, Repository], repository: Repository
) -> None:
    repository.status = 401
    assert "run `hf auth login` again" in refusal()


def test_no_network_explains_itself(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "without a network" in refusal()


def test_a_full_disk_leaves_nothing_half_made(online: dict[str, Repository], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(hub_client, "_download", full)
    assert "disk of" in refusal()


def test_a_model_that_is_larger_than_allowed_is_refused_before_its_weights_are_fetched(
    online: dict[str, Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_transfer, "MOST_BYTES", 100_000)
    said = refusal()
    assert "over 100 kB, the most that this page fetches" in said and str(paths.models_dir() / "local") in said
    assert not [path for path in online[NAME].asked if path.endswith("model.safetensors")]


def test_a_disk_with_too_little_room_is_named_before_the_weights_are_fetched(
    online: dict[str, Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_transfer, "KEPT_FREE", 1 << 60)
    assert "is too full: this needs" in refusal()
    assert not [path for path in online[NAME].asked if path.endswith("model.safetensors")]


def test_a_hub_that_drips_is_given_up(online: dict[str, Repository], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_transfer, "PATIENCE_SECONDS", 0.2)
    online[NAME].drip = lambda: time.sleep(0.001)
    assert "127.0.0.1 sends hardly anything" in refusal()
    assert not model_files.is_complete(fetch.hub_folder(NAME))


def test_a_download_that_takes_too_long_is_given_up(
    online: dict[str, Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_transfer, "MOST_SECONDS", 0.0)
    assert "did not arrive within 0 hours" in refusal()


def test_a_file_that_is_longer_than_the_hub_says_is_given_up(
    online: dict[str, Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_transfer, "_SLACK", 100)
    online[NAME].said = {"model.safetensors": 1000}
    assert "longer than the Hub says" in refusal()


def test_a_visitor_who_leaves_ends_even_a_download_that_drips(
    online: dict[str, Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    online[NAME].drip = lambda: time.sleep(0.001)
    downloads = iter(fetch_from_hub(NAME))
    assert any("fetching" in next(downloads).what for _ in range(20))
    downloads.close()
    with file_lock(fetch.hub_folder(NAME)):  # its thread has given the lock back
        assert not fetch.hub_folder(NAME).exists()


def test_a_gpt2_without_a_template_is_fetched_too(online: dict[str, Repository], tmp_path: Path) -> None:
    online["people/gpt2"] = Repository(tiny_gpt2(tmp_path / "gpt2"))
    fetch.ensure(catalogue.card_of("people/gpt2"))
    decodes("people/gpt2")
    shutil.rmtree(tmp_path / "gpt2")


def test_a_gated_model_is_fetched_by_whoever_may(online: dict[str, Repository], repository: Repository) -> None:
    repository.gated = True
    assert list(fetch_from_hub(NAME))[-1].name == NAME
    decodes(NAME)


def test_what_a_model_can_do_is_on_its_card(online: dict[str, Repository], repository: Repository) -> None:
    path = repository.folder / "tokenizer_config.json"
    template = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}Hello"
    (repository.folder / "chat_template.jinja").write_text(template)
    list(fetch_from_hub(NAME))
    assert path.is_file()
    examination = model_files.read_record(fetch.hub_folder(NAME))["examination"]
    assert (examination["memory"], examination["context_length"]) == ("slots", 128)
    assert examination["chat"] == "no system message" and examination["end_tokens"]
    assert "takes no system message" in model_facts(NAME).notes


def test_a_template_may_need_a_system_message(online: dict[str, Repository], repository: Repository) -> None:
    template = "{% if messages[0]['role'] != 'system' %}{{ raise_exception('who am I?') }}{% endif %}"
    template += "{% for m in messages %}{{ m['content'] }} {% endfor %}"
    (repository.folder / "chat_template.jinja").write_text(template)
    list(fetch_from_hub(NAME))
    assert "needs a system message" in model_facts(NAME).notes and NAME in chat_model_names()
    text_of = [token.text for token in next(generate(TextRequest("Hi", mode="chat", model=NAME, system="Sea."))).prompt]
    assert "".join(text_of) == "Sea. Hi "
    with pytest.raises(PlaygroundError, match=r"broken \(who am I"):
        next(generate(TextRequest("Hi", mode="chat", model=NAME)))


@pytest.mark.parametrize(
    ("template", "found", "sentence"),
    [
        ("{{ messages[-1]['content'] }}", "no system message", "takes no system message"),
        ("{% set x = 1 %}", "broken", "it writes nothing"),
        ("{{ raise_exception('never') }}", "broken", "never"),
    ],
    ids=["drops it", "blank", "raises"],
)
def test_a_template_that_drops_what_is_said_is_found_out(
    online: dict[str, Repository], repository: Repository, template: str, found: str, sentence: str
) -> None:
    (repository.folder / "chat_template.jinja").write_text(template)
    list(fetch_from_hub(NAME))
    assert model_files.read_record(fetch.hub_folder(NAME))["examination"]["chat"] == found
    assert (NAME in chat_model_names()) == (found != "broken")
    with pytest.raises(PlaygroundError, match=sentence):
        next(generate(TextRequest("Hi", mode="chat", model=NAME, system="Be brief.")))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (model_files.WEIGHTS, b"version https://git-lfs.github.com/spec/v1\noid 00\nsize 9\n", "holds no weights"),
        (model_files.WEIGHTS, b"<!DOCTYPE html><html></html>" * 9, "it is a web page"),
        (model_files.WEIGHTS, b"GGUF\3\0\0\0" * 9, "it is a GGUF file"),
        ("generation_config.json", b'{"eos_token_id": [[1]]}', "is damaged"),
        ("tokenizer.json", b"{", "is damaged"),
        ("tokenizer.json", b"{}", "tokenizer of people/tiny cannot be loaded"),
        ("tokenizer_config.json", b"[]", "is damaged"),
        ("generation_config.json", b"{", "is damaged"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_a_sentence_and_the_model_is_not_in_the_menu(
    online: dict[str, Repository], repository: Repository, name: str, content: bytes, sentence: str
) -> None:
    (repository.folder / name).write_bytes(content)
    assert sentence in refusal()
    assert NAME not in model_names()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid 00\n", "it is a git-lfs pointer"),
        (b"<!DOCTYPE html><html></html>", "it is a web page"),
        (b"", "torch did not write it whole"),
        (b"PK\3\4" + bytes(500), "torch did not write it whole"),
    ],
)
def test_a_torch_file_that_holds_no_weights_is_not_called_a_pickle(
    online: dict[str, Repository], repository: Repository, content: bytes, sentence: str
) -> None:
    (repository.folder / model_files.WEIGHTS).unlink()
    (repository.folder / "pytorch_model.bin").write_bytes(content)
    assert sentence in refusal()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"num_attention_heads": 0}, "cannot be loaded (integer"),
        ({"num_attention_heads": 5}, "not a multiple of the number of attention heads (5)"),
        ({"vocab_size": "384"}, "expected int, got str"),
        ({"hidden_act": "wobble"}, "cannot be loaded"),
        ({"eos_token_id": {"a": 1}}, "cannot be loaded"),
    ],
)
def test_whatever_a_loader_raises_is_a_sentence_and_the_model_is_not_in_the_menu(
    online: dict[str, Repository], repository: Repository, facts: dict[str, object], sentence: str
) -> None:
    change_config(repository, **facts)
    said = refusal()
    assert sentence in said and said.endswith("choose another.") and str(paths.models_dir()) not in said
    assert NAME not in model_names()


@pytest.mark.parametrize("change", ["part", "index", "named"])
def test_a_missing_part_of_the_weights_is_named_before_they_are_downloaded(
    online: dict[str, Repository], repository: Repository, change: str
) -> None:
    from transformers import AutoModelForCausalLM

    whole = AutoModelForCausalLM.from_pretrained(repository.folder)
    (repository.folder / model_files.WEIGHTS).unlink()
    whole.save_pretrained(repository.folder, max_shard_size="60KB")
    index = repository.folder / "model.safetensors.index.json"
    part = sorted(repository.folder.glob("model-*.safetensors"))[1]
    if change == "part":
        part.unlink()
    elif change == "index":
        index.unlink()
    else:
        index.write_text(json.dumps({"weight_map": {"lm_head.weight": "model-extra.safetensors"}}))
    gone = {"part": part.name, "index": index.name, "named": "model-extra.safetensors"}[change]
    assert f"{NAME} lacks {gone}" in refusal()
    assert not any(path.endswith(".safetensors") for path in repository.asked)


@pytest.mark.parametrize("dtype", ["int8", "float8_e4m3fn"])
def test_numbers_of_a_quantisation_that_nothing_names_are_not_weights(
    online: dict[str, Repository], repository: Repository, dtype: str
) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    path = repository.folder / model_files.WEIGHTS
    weights = {k: w.to(getattr(torch, dtype)) if "proj" in k else w for k, w in load_file(path).items()}
    scales = {k.replace("weight", "weight_scale"): torch.ones(1) for k in weights if "proj" in k}
    save_file(weights | scales, path, metadata={"format": "pt"})
    assert "quantized by a method that its config.json does not name" in refusal()


def test_tokens_that_the_model_lacks_are_on_its_card(online: dict[str, Repository], repository: Repository) -> None:
    path = repository.folder / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    facts = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    numbers = range(len(tokenizer["model"]["vocab"]), 386)  # of 384 that the model knows
    tokenizer["added_tokens"] += [{"id": number, "content": f"<picture {number}>", **facts} for number in numbers]
    path.write_text(json.dumps(tokenizer))
    list(fetch_from_hub(NAME))
    assert "It lacks 2 tokens that its tokenizer knows (<picture 384>, …)" in model_facts(NAME).notes


def test_a_model_that_cannot_be_used_does_not_stay_in_the_menu(
    online: dict[str, Repository], repository: Repository
) -> None:
    from safetensors.torch import load_file, save_file

    path = repository.folder / model_files.WEIGHTS
    weights = load_file(path)
    weights.pop("lm_head.weight")
    save_file(weights, path, metadata={"format": "pt"})
    assert "lacks weights" in refusal()
    assert NAME not in model_names()


def test_a_tokenizer_is_read_from_whatever_files_it_comes_in(
    online: dict[str, Repository], repository: Repository
) -> None:
    (repository.folder / "tokenizer_config.json").unlink()
    list(fetch_from_hub(NAME))
    decodes(NAME)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a/b", "a/b"),
        (" https://huggingface.co/a/b ", "a/b"),
        ("huggingface.co/a/b/", "a/b"),
        ("https://hf.co/a/b?library=transformers", "a/b"),
        ("https://huggingface.co/a/b-1.5/tree/main", "a/b-1.5"),
        ("https://huggingface.co/a/b/blob/v2/config.json", "a/b@v2"),
        ("https://huggingface.co/a/b/commit/c0ffee", "a/b@c0ffee"),
        ("https://huggingface.co/a/b/discussions/3", "a/b"),
        ("a/b/", "a/b"),
        ("https://huggingface.co/datasets/a/b", "https://huggingface.co/datasets/a/b"),
        ("http://x/y", "http://x/y"),
    ],
)
def test_the_address_of_a_page_is_as_good_as_an_id(text: str, name: str) -> None:
    assert parse_repository(text) == name


def test_a_revision_is_a_model_of_its_own(online: dict[str, Repository]) -> None:
    list(fetch_from_hub(f"https://huggingface.co/{NAME}/tree/v2"))
    decodes(f"{NAME}@v2")
    assert f"{NAME}@v2" in model_names() and NAME not in model_names()
    assert model_facts(f"{NAME}@v2").licence_url.endswith(f"{NAME}/tree/v2")


def test_without_the_hub_its_cache_serves(
    repository: Repository, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    assert "without a network" in refusal()
    folder = tmp_path / "cache" / "models--people--tiny"
    shutil.copytree(repository.folder, folder / "snapshots" / "c0ffee")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("c0ffee")
    list(fetch_from_hub(NAME))
    decodes(NAME)
    assert model_files.read_record(fetch.hub_folder(NAME))["revision"] == "c0ffee"


def test_an_adapter_s_base_is_found_by_its_hub_id_and_named_so_elsewhere() -> None:
    hub_id = "HuggingFaceTB/SmolLM2-135M-Instruct"
    assert catalogue.base_of_adapter(hub_id) == DEFAULT_MODEL == catalogue.base_of_adapter(DEFAULT_MODEL)
    assert catalogue.hub_id_of(DEFAULT_MODEL) == hub_id
    assert catalogue.base_of_adapter("someone/llama") == "" and catalogue.hub_id_of("someone/llama") == "someone/llama"


def test_a_wrong_name_is_answered_with_language_models_only() -> None:
    with pytest.raises(PlaygroundError) as caught:
        model_facts("no-such-model")
    assert DEFAULT_MODEL in str(caught.value) and "gan" not in str(caught.value) and "glove" not in str(caught.value)
