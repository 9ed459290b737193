"""Text-to-image pipelines from a Hub of our own: fetched, loaded and drawn with; and each refusal, in a sentence."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fake_hub import Repository, serve
from tiny_models import tiny_llama
from tiny_pipeline import save_tiny_pipeline

from playground.core import paths
from playground.core.errors import PlaygroundError
from playground.engines import text_model
from playground.images.text_to_image import TextToImageStep, _step_callback, generate_from_text
from playground.language.model_menu import fetch_text_to_image, text_to_image_names
from playground.zoo import catalogue, diffusers_hub, diffusers_pipeline, fetch, model_files
from playground.zoo.cards import TEXT_TO_IMAGE
from playground.zoo.diffusers_pipeline import load_text_to_image, text_to_image_card

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
NAME = "people/painter"


@pytest.fixture(scope="module")
def pipeline_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_pipeline(tmp_path_factory.mktemp("pipelines") / "plain")


@pytest.fixture
def repository(pipeline_files: Path, tmp_path: Path) -> Repository:
    return Repository(Path(shutil.copytree(pipeline_files, tmp_path / "repository")))


@pytest.fixture
def online(
    repository: Repository, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Repository]]:
    monkeypatch.setenv("PLAYGROUND_DTYPE", "float32")
    repositories = {NAME: repository}
    with serve(repositories) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        yield repositories
    diffusers_pipeline.forget()


def change(path: Path, **facts: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


def refusal(repository: Repository | None = None, name: str = NAME) -> str:
    """The sentence of a refusal, after which nothing is left; with a repository, that no weights were asked for."""
    with pytest.raises(PlaygroundError) as error:
        load_text_to_image(name)
    assert not (paths.models_dir() / "hub" / (name or "nothing").replace("/", "--")).exists()
    if repository is not None:
        assert not any(path.endswith((".safetensors", ".bin", ".py")) for path in repository.asked)
    assert "\n" not in str(error.value)
    return str(error.value)


def pixels(painting: TextToImageStep) -> np.ndarray:
    assert painting.picture is not None and painting.picture.mode == "RGB"
    return np.asarray(painting.picture)


def test_a_pipeline_is_fetched_recorded_and_draws_without_the_hub(
    online: dict[str, Repository], repository: Repository
) -> None:
    (repository.folder / "unet" / "evil.py").write_text("raise SystemExit")
    (repository.folder / "whole.safetensors").write_bytes(b"x" * 1000)
    items = list(generate_from_text(NAME, "a cat", steps=3, seed=1))
    assert [item.step for item in items] == [1, 2, 3, 3] and [item.done for item in items] == [False] * 3 + [True]
    assert all(pixels(item).shape == (64, 64, 3) for item in items)
    assert [item.timestep for item in items[:3]] == sorted((item.timestep for item in items[:3]), reverse=True)
    assert not any("evil" in path or "whole" in path for path in repository.asked)
    card = text_to_image_card(NAME)
    assert (card.kind, card.licence) == (TEXT_TO_IMAGE, "mit") and card.parameters > 10_000 and card.size_bytes > 40_000
    assert NAME in catalogue.models_of_kind(TEXT_TO_IMAGE) and NAME not in catalogue.text_models()
    record = model_files.read_record(fetch.hub_folder(NAME))
    assert record["pipeline"] == "StableDiffusionPipeline" and items[-1].weights_sha256 == record["sha256"]
    assert "unet/diffusion_pytorch_model.safetensors" in record["files"]
    online.clear()
    diffusers_pipeline.forget()
    np.testing.assert_array_equal(
        pixels(list(generate_from_text(NAME, "a cat", steps=3, seed=1))[-1]), pixels(items[-1])
    )


def test_a_fetch_reports_its_progress(online: dict[str, Repository]) -> None:
    reports = list(fetch_text_to_image(f" {NAME} "))
    assert reports[-1].name == NAME and text_to_image_names() == [NAME]
    assert any("fetching" in report.what for report in reports)
    fractions = [report.fraction for report in reports]
    assert fractions == sorted(fractions) and 0 <= fractions[0] and fractions[-1] == 1


def test_the_same_seed_gives_the_pipelines_own_picture(online: dict[str, Repository], pipeline_files: Path) -> None:
    import torch
    from diffusers import StableDiffusionPipeline

    bare = StableDiffusionPipeline.from_pretrained(pipeline_files, local_files_only=True)
    bare.set_progress_bar_config(disable=True)
    expected = bare(
        "a cat", num_inference_steps=2, guidance_scale=3.0, generator=torch.Generator().manual_seed(7)
    ).images[0]
    before = torch.random.get_rng_state()
    (*_, one) = generate_from_text(NAME, "a cat", steps=2, guidance=3.0, seed=7)
    (*_, blind) = generate_from_text(NAME, "a cat", steps=2, guidance=3.0, seed=7, previews=False)
    (*_, other) = generate_from_text(NAME, "a cat", steps=2, guidance=3.0, seed=8)
    np.testing.assert_array_equal(pixels(one), np.asarray(expected))
    np.testing.assert_array_equal(pixels(one), pixels(blind))
    assert (pixels(one) != pixels(other)).any()
    assert torch.equal(before, torch.random.get_rng_state()), "the global seed is nobody's"


def test_two_at_once_do_not_disturb_each_other(online: dict[str, Repository]) -> None:
    (*_, alone) = generate_from_text(NAME, "a cat", steps=4, seed=1)
    first = generate_from_text(NAME, "a cat", steps=4, seed=1)
    next(first)
    (*_, other) = generate_from_text(NAME, "a dog", steps=2, seed=2)
    (*_, last) = first
    np.testing.assert_array_equal(pixels(last), pixels(alone))


def test_a_picture_can_be_stopped(online: dict[str, Repository]) -> None:
    running = generate_from_text(NAME, "a cat", steps=150)
    assert next(running).step == 1
    running.close()
    assert not any(thread.name == "paint" for thread in threading.enumerate())
    assert list(generate_from_text(NAME, "a cat", steps=1))[-1].done


def test_sides_can_be_chosen_within_the_models_limits(online: dict[str, Repository]) -> None:
    (*_, last) = generate_from_text(NAME, "a cat", steps=1, width=96, height=64)
    assert last.picture is not None and last.picture.size == (96, 64)
    for wrong in (0, 63, 100, 100_000, 64.0):
        with pytest.raises(PlaygroundError, match="Width must be"):
            next(generate_from_text(NAME, "a cat", steps=1, width=wrong, height=64))  # type: ignore[arg-type]
    with pytest.raises(PlaygroundError, match="both"):
        next(generate_from_text(NAME, "a cat", steps=1, width=96))


@pytest.mark.parametrize(
    ("setting", "value"),
    [("prompt", "  "), ("prompt", "x" * 3000), ("steps", 0), ("steps", 151), ("steps", 2.5), ("guidance", -1)]
    + [("guidance", float("nan")), ("seed", -1), ("seed", 2**63)],
)
def test_settings_out_of_range_are_refused_before_anything_is_fetched(setting: str, value: object) -> None:
    with pytest.raises(PlaygroundError, match=r"\.$"):
        next(generate_from_text("nobody/nothing", **{"prompt": "a cat", setting: value}))  # type: ignore[arg-type]


def test_a_truncated_prompt_has_a_note(online: dict[str, Repository]) -> None:
    (*_, last) = generate_from_text(NAME, "a cat in a very long sentence", steps=1)
    assert "reads 16 of" in last.notes[0]
    (*_, short) = generate_from_text(NAME, "a cat", steps=1)
    assert short.notes == ()


def test_the_safety_checker_of_a_repository_stays_and_speaks(online: dict[str, Repository], tmp_path: Path) -> None:
    online["people/prude"] = Repository(save_tiny_pipeline(tmp_path / "prude", safety_checker=True))
    (*_, last) = generate_from_text("people/prude", "a cat", steps=1)
    assert last.flagged and "safety checker" in last.notes[-1] and pixels(last).max() == 0


def test_classes_that_transformers_has_renamed_are_read(online: dict[str, Repository], tmp_path: Path) -> None:
    folder = save_tiny_pipeline(tmp_path / "old", safety_checker=True)
    change(folder / "model_index.json", feature_extractor=["transformers", "CLIPFeatureExtractor"])
    online["people/old"] = Repository(folder)
    (*_, last) = generate_from_text("people/old", "a cat", steps=1)
    assert last.flagged, "the checker reads the picture that the renamed class prepared"


def test_a_picture_of_nan_is_a_sentence_and_not_black(online: dict[str, Repository], repository: Repository) -> None:
    from safetensors.torch import load_file, save_file

    path = repository.folder / "vae" / "diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    weights["decoder.conv_out.bias"][:] = float("nan")
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(PlaygroundError, match="NaN or infinite"):
        list(generate_from_text(NAME, "a cat", steps=1, previews=False))


def test_a_pipeline_without_callback_reports_each_step_and_can_be_stopped() -> None:
    import torch
    from diffusers import DDIMScheduler

    class Silent:
        """As PixArt's: its call takes no callback."""

        def __init__(self) -> None:
            self.scheduler = DDIMScheduler()

        def __call__(self) -> torch.Tensor:
            self.scheduler.set_timesteps(3)
            latents = torch.ones(1, 4, 2, 2)
            for timestep in self.scheduler.timesteps:
                latents = self.scheduler.step(latents, timestep, latents, return_dict=False)[0]
            return latents

    plain, watched = Silent(), Silent()
    steps: list[tuple[int, int, float]] = []
    report = lambda step, timestep, latents: steps.append((step, int(timestep), float(latents.mean())))  # noqa: E731
    assert _step_callback(watched, report) == {}
    assert torch.equal(plain(), watched())
    assert [step for step, *_ in steps] == [0, 1, 2] and [timestep for _, timestep, _ in steps] == [666, 333, 0]

    def stop(step: int, *_: object) -> None:
        if step == 1:
            raise KeyboardInterrupt

    stopped = Silent()
    _step_callback(stopped, stop)
    with pytest.raises(KeyboardInterrupt):
        stopped()


def test_fp16_weights_are_used_if_sufficient_or_the_only_ones(
    online: dict[str, Repository], repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    halves = save_tiny_pipeline(tmp_path / "halves", variant="fp16")
    online["people/half"] = Repository(halves)
    assert load_text_to_image("people/half").dtype == "float32"
    assert model_files.read_record(fetch.hub_folder("people/half"))["variant"] == "fp16"
    sizes = {path.relative_to(halves).as_posix(): 1 for path in halves.rglob("*") if path.is_file()}
    sizes |= {name.replace(".fp16", ""): 1 for name in sizes}
    components = {name: ("diffusers", "") for name in ("unet", "vae", "text_encoder", "scheduler")}
    for dtype, variant in (("bfloat16", "fp16"), ("float32", "")):
        monkeypatch.setenv("PLAYGROUND_DTYPE", dtype)
        choice, weights = diffusers_hub._choose_weights(NAME, components, sizes)
        assert choice == variant and len(weights) == 3 and all((".fp16." in name) == bool(variant) for name in weights)


def test_shards_are_fetched_together_or_not_at_all() -> None:
    whole, shards = (
        ["u/model.safetensors"],
        ["u/model-00001-of-00002.safetensors", "u/model-00002-of-00002.safetensors"],
    )
    components = {"u": ("transformers", "")}
    assert diffusers_hub._choose_weights(NAME, components, dict.fromkeys(shards, 1))[1] == shards
    assert diffusers_hub._choose_weights(NAME, components, dict.fromkeys(whole + shards, 1))[1] == whole
    half = ["u/model.fp16-00001-of-00002.safetensors", "u/model.fp16-00002-of-00002.safetensors"]
    assert diffusers_hub._choose_weights(NAME, components, dict.fromkeys(half, 1)) == ("fp16", half)


def test_pickled_weights_are_refused_before_they_are_fetched(
    online: dict[str, Repository], repository: Repository
) -> None:
    weights = repository.folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    assert "pickles" in refusal(repository)


def test_other_pipelines_are_refused(online: dict[str, Repository], repository: Repository) -> None:
    index = repository.folder / "model_index.json"
    for kind in ("StableDiffusionImg2ImgPipeline", "DanceDiffusionPipeline", "StableDiffusionControlNetPipeline", "X"):
        change(index, _class_name=kind)
        assert f"({kind}) is not a text-to-image pipeline" in refusal(repository)
    index.write_text("{")
    assert "is damaged" in refusal(repository)
    index.unlink()
    assert "diffusers cannot run it" in refusal(repository)


@pytest.mark.parametrize(
    ("file", "sentence"),
    [("v1-5.safetensors", "save it with save_pretrained"), ("my_lora.safetensors", "is a LoRA for a")],
)
def test_weights_alone_are_refused_before_they_are_fetched(
    online: dict[str, Repository], tmp_path: Path, file: str, sentence: str
) -> None:
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / file).write_bytes(b"weights")
    online["people/alone"] = Repository(tmp_path / "alone")
    assert sentence in refusal(online["people/alone"], "people/alone")


@pytest.mark.parametrize(
    "change_of",
    [
        {"_class_name": ["pipeline", "MyPipeline"]},
        {"unet": ["my_unet", "MyUNet"]},
        {"unet": ["os", "system"]},
        {"unet": ["diffusers", "NoSuchClass"]},
        {"unet": ["np", "load"]},
        {"../unet": ["diffusers", "UNet2DConditionModel"]},
    ],
)
def test_a_pipeline_that_needs_its_own_code_is_refused(
    online: dict[str, Repository], repository: Repository, change_of: dict[str, object]
) -> None:
    (repository.folder / "unet" / "my_unet.py").write_text("raise SystemExit")
    change(repository.folder / "model_index.json", **change_of)
    assert "needs code from its repository" in refusal(repository)


def test_only_a_component_of_an_unknown_class_needs_code(online: dict[str, Repository], repository: Repository) -> None:
    config = repository.folder / "text_encoder" / "config.json"
    change(config, auto_map={"AutoModel": "own.Own"})
    load_text_to_image(NAME)
    online["people/own"] = repository
    change(config, model_type="own")
    change(repository.folder / "model_index.json", text_encoder=["transformers", "AutoModel"])
    assert "needs code from its repository" in refusal(name="people/own")


def test_a_pipeline_too_big_for_memory_is_refused_before_it_is_fetched(
    online: dict[str, Repository], repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = diffusers_hub.hardware.detect()
    small = SimpleNamespace(dtype=machine.dtype, device="cpu", available_memory_bytes=1000, memory_bytes=2000)
    monkeypatch.setattr(diffusers_hub.hardware, "detect", lambda: small)
    assert "of memory; 1 kB are free" in refusal(repository)
    monkeypatch.undo()
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "without a network" in refusal()


def test_a_full_disk_is_explained_before_it_is_full(
    online: dict[str, Repository], repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diffusers_hub.shutil, "disk_usage", lambda _path: SimpleNamespace(free=5000))
    assert "disk of" in refusal(repository)


def test_unknown_gated_and_misspelt_models_explain_themselves(
    online: dict[str, Repository], repository: Repository
) -> None:
    assert "no public model people/nobody" in refusal(name="people/nobody")
    for name in ("painter", "../x/y", "a--b/c", "", "http://x/y"):
        assert "owner/name" in refusal(name=name)
    repository.gated, repository.status = True, 403
    assert "is gated" in refusal(repository)
    repository.gated, repository.status = False, 403
    assert "is gated" in refusal(repository)
    repository.status = 500
    assert NAME in refusal(repository)


def test_a_language_model_draws_nothing(online: dict[str, Repository], tmp_path: Path) -> None:
    online["people/tiny"] = Repository(tiny_llama(tmp_path / "llama"), parameters=100_000)
    assert "diffusers cannot run it" in refusal(name="people/tiny")
    fetch.ensure(catalogue.card_of("people/tiny"))
    with pytest.raises(PlaygroundError, match="is here as a language model"):
        load_text_to_image("people/tiny")
    load_text_to_image(NAME)
    with pytest.raises(PlaygroundError, match="does not write text"):
        text_model.load_text(NAME)


def test_damaged_weights_are_replaced_or_refused(online: dict[str, Repository]) -> None:
    load_text_to_image(NAME)
    diffusers_pipeline.forget()
    path = fetch.hub_folder(NAME) / "unet" / "diffusion_pytorch_model.safetensors"
    right = path.read_bytes()
    path.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
    load_text_to_image(NAME)
    assert path.read_bytes() == right
    diffusers_pipeline.forget()
    path.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
    online.clear()
    with pytest.raises(PlaygroundError, match="is damaged.*Replacing it failed"):
        load_text_to_image(NAME)


def test_files_that_are_not_weights_are_refused(online: dict[str, Repository], repository: Repository) -> None:
    (repository.folder / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0[1, 2, 3")
    assert "is cut short or holds no weights" in refusal()


def change_weights(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(path)
    change(weights)
    save_file(weights, path, metadata={"format": "pt"})


def drop_a_weight(weights: dict[str, Any]) -> None:
    del weights[min(weights)]


def spoil(weights: dict[str, Any]) -> None:
    weights[min(weights)].fill_(float("nan"))


@pytest.mark.parametrize(
    ("file", "damage", "sentence"),
    [
        ("unet/config.json", lambda path: change(path, cross_attention_dim=99), "(unet) have another shape"),
        ("text_encoder/config.json", lambda path: change(path, num_hidden_layers=3), "(text_encoder) lacks weights"),
        ("text_encoder/config.json", lambda path: change(path, num_hidden_layers=1), "weights for more layers"),
        ("unet/diffusion_pytorch_model.safetensors", lambda path: change_weights(path, drop_a_weight), "lacks weights"),
        ("vae/diffusion_pytorch_model.safetensors", lambda path: change_weights(path, spoil), "(vae) computes NaN"),
        ("vae/diffusion_pytorch_model.safetensors", lambda path: path.write_bytes(b"<html>" * 9), "it is a web page"),
        ("unet/config.json", Path.unlink, "cannot be loaded"),
        ("text_encoder/config.json", lambda path: change(path, quantization_config={"quant_method": "x"}), "“x”"),
        ("tokenizer", shutil.rmtree, "has no files for its tokenizer"),
    ],
)  # fmt: skip
def test_a_pipeline_that_is_not_whole_is_refused_and_deleted(
    online: dict[str, Repository],
    repository: Repository,
    file: str,
    damage: Callable[[Path], object],
    sentence: str,
) -> None:
    damage(repository.folder / file)
    assert sentence in refusal()


def test_a_part_of_the_weights_that_is_missing_is_noticed_before_they_are_fetched(
    online: dict[str, Repository], repository: Repository
) -> None:
    from diffusers import UNet2DConditionModel

    net = UNet2DConditionModel.from_pretrained(repository.folder / "unet")
    (repository.folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    net.save_pretrained(repository.folder / "unet", max_shard_size="40KB")
    sorted((repository.folder / "unet").glob("*-of-*.safetensors"))[1].unlink()
    assert "lacks unet/diffusion_pytorch_model-00002-of-" in refusal(repository)
