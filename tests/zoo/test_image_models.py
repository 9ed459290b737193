"""The picture models that are shipped: whole, honest about themselves, and alive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from playground.models.pixels import to_signed
from playground.training.configs import shipped_configs
from playground.zoo import image_models
from playground.zoo.image_models import image_model_cards, load_image_model

NAMES = sorted(image_model_cards(image_models.WEIGHTS))


@pytest.fixture(autouse=True)
def nothing_stays_loaded() -> None:
    image_models.forget()


def test_every_bundled_model_has_a_training_recipe() -> None:
    files = {path.stem for path in image_models.WEIGHTS.iterdir()}
    assert files == set(NAMES) <= set(shipped_configs())


@pytest.mark.parametrize("name", NAMES)
def test_a_model_records_its_training_and_quality(name: str) -> None:
    card = image_model_cards()[name]
    facts = card.facts
    assert card.name == name and card.kind == name.split("-")[0] in image_models.KINDS
    assert card.licence in ("CC0-1.0", "Apache-2.0") and card.title and card.trained_on and card.notes
    assert card.size_bytes <= 10_000_000 and card.parameters > 100_000 and len(card.sha256) == 64
    assert facts["command"].startswith(f"python -m playground.train {name} ") and facts["seen"] > 10_000
    assert facts["data"]["sha256"] and facts["machine"]["processor"] and facts["seconds"] > 0
    assert facts["quality"]["pictures"] >= 100 and facts["quality"]["method"]


@pytest.mark.parametrize("name", NAMES)
def test_a_model_can_be_used(name: str) -> None:
    model = load_image_model(name)
    card = model.card
    condition = torch.tensor([card.sizes, [0] * len(card.sizes)])
    random = torch.Generator().manual_seed(0)
    picture = to_signed(torch.randint(0, 256, (2, card.side, card.side, card.channels), generator=random).byte())
    if card.kind == "gan":
        output = model.net(torch.randn(2, int(model.net.latent_dim), generator=random), condition)  # type: ignore[arg-type]
        assert model.discriminator is not None and torch.isfinite(model.discriminator(output, condition)[0]).all()
    elif card.kind == "vae":
        likelihood, kl = model.net(picture, condition, torch.randn(2, int(model.net.latent_dim), generator=random))  # type: ignore[arg-type]
        assert (likelihood < 0).all() and (kl > 0).all() and model.mixture is not None
        eps = torch.randn(2, int(model.net.latent_dim), generator=random)  # type: ignore[arg-type]
        z = model.mixture.sample(condition, eps, torch.rand(2, generator=random))
        output = model.net.decode(z, condition)[0]  # type: ignore[operator]
    elif card.kind == "diffusion":
        output = model.net(picture, torch.tensor([999, 10]), condition)
    else:
        assert (model.net.predict(picture) < torch.tensor(card.sizes)).all()  # type: ignore[operator]
        return
    assert output.shape == picture.shape and torch.isfinite(output).all()


def test_the_least_recently_used_models_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_models, "_MOST_LOADED", 1)
    first = load_image_model(NAMES[0])
    assert load_image_model(NAMES[0]) is first
    if len(NAMES) > 1:
        load_image_model(NAMES[1])
        assert load_image_model(NAMES[0]) is not first


def test_a_damaged_json_explains_itself(tmp_path: Path) -> None:
    (tmp_path / "gan-cats.safetensors").write_bytes(b"")
    for text in ("", "[]", json.dumps({"name": "gan-cats"})):
        (tmp_path / "gan-cats.json").write_text(text, "utf-8")
        with pytest.raises(image_models.PlaygroundError, match="gan-cats.json is damaged"):
            image_model_cards(tmp_path)
