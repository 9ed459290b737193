"""The picture models trained here: those bundled in assets/weights, and those that visitors put into the menus.

A model is NAME.safetensors with NAME.json, which records its training and its measured quality. Nothing is fetched, and
weights are loaded only if their sha256 is the one in the JSON.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import WEIGHTS
from playground.zoo import user_models

if TYPE_CHECKING:
    from torch import Tensor, nn

    from playground.models.vae import MixturePrior

KINDS = ("gan", "vae", "diffusion", "classifier")
_MOST_LOADED = 6  # about 15 MB each

_loaded: OrderedDict[tuple[Path, str], ImageModel] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class ImageModelCard:
    """What a visitor should know about a picture model before and while using it.

    kind: one of KINDS.  dataset: its name in data/registry.py; "folder" for a visitor's own, which is not kept.
    licence: SPDX, of the weights.  size_bytes: of the file.
    parameters: learned numbers that are used to sample (or to classify).  trained_on, notes: sentences.
    sizes: how many values each attribute of a condition has.  channels, side: of the pictures, in pixels.
    facts: all of NAME.json, including "config", "command", "seed", "seconds", "quality" and, for diffusion, "schedule".
    """

    name: str
    title: str
    kind: str
    dataset: str
    licence: str
    size_bytes: int
    parameters: int
    trained_on: str
    notes: str
    sizes: tuple[int, ...]
    channels: int
    side: int
    sha256: str
    facts: dict[str, Any]

    def shares(self) -> list[list[float]]:
        """For each attribute, the frequencies of its values in the training data; all equal if the file has none."""
        known: dict[str, list[float]] | None = self.facts.get("shares")
        return list(known.values()) if known is not None else [[1.0] * size for size in self.sizes]

    @property
    def own(self) -> bool:
        """Whether a visitor trained it on the page."""
        return self.name.startswith(user_models.PICTURES)

    @property
    def conditions(self) -> tuple[str, ...]:
        """For a visitor's model: the attributes that it was trained with as conditions, none or one."""
        return tuple(self.facts.get("shares", {}))

    @property
    def samples_any(self) -> bool:
        """Whether "any" must be replaced by a sampled value: GANs and visitors' nets were not trained with it."""
        return self.kind == "gan" or (self.own and bool(self.conditions))


@dataclass(frozen=True, eq=False)
class ImageModel:
    """A model ready for use: frozen, in eval mode, float32, on the CPU, shared by all visitors.

    net: a GAN's Generator, a VAE, a Denoiser or a Classifier.  discriminator: a GAN's.  mixture: a VAE's second prior.
    """

    card: ImageModelCard
    net: nn.Module
    discriminator: nn.Module | None = None
    mixture: MixturePrior | None = None


def image_model_cards(folder: Path | None = None) -> dict[str, ImageModelCard]:
    """Picture models with weights, by name: of one folder, or (None) the bundled ones, then visitors'."""
    if folder is None:
        return image_model_cards(WEIGHTS) | _visitors()
    return {
        path.stem: _card(path) for path in sorted(folder.glob("*.json")) if path.with_suffix(".safetensors").exists()
    }


def _visitors() -> dict[str, ImageModelCard]:
    """Visitors' models, without damaged ones and any that is being deleted right now."""
    cards = {}
    for path in sorted(user_models.pictures_dir().glob(f"{user_models.PICTURES}*.json")):
        try:
            card = _card(path)
        except (OSError, PlaygroundError):
            continue
        if card.name == path.stem and card.kind in KINDS:
            cards[card.name] = card
    return cards


def load_image_model(name: str, folder: Path | None = None) -> ImageModel:
    """A model, loaded once and kept while it is among the last few used.

    Raises PlaygroundError for an unknown name, or if the weights' sha256 is not that of the JSON.
    """
    known = image_model_cards(folder)
    if name not in known:
        if user_models.is_user_model(name):
            raise user_models.missing_model_error(name)
        names = ", ".join(known) or say("models.names.none")
        raise PlaygroundError(say("models.names.no_picture_model", name=name[:80], names=names))
    card = known[name]
    folder = folder or (user_models.pictures_dir() if card.own else WEIGHTS)
    with _lock:
        key = folder / name, card.sha256
        if key not in _loaded:
            _loaded[key] = _load(card, folder / f"{name}.safetensors")
            while len(_loaded) > _MOST_LOADED:
                _loaded.popitem(last=False)
        _loaded.move_to_end(key)
        return _loaded[key]


def forget() -> None:
    """Drops all models from memory."""
    with _lock:
        _loaded.clear()


def _card(path: Path) -> ImageModelCard:
    """The card in a file, read again only if the file has changed: every drawing needs it several times."""
    return _card_at(path, path.stat().st_mtime_ns, path.with_suffix(".safetensors").stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _card_at(path: Path, _changed: int, _weights_changed: int) -> ImageModelCard:
    try:
        facts = json.loads(path.read_text("utf-8"))
        words = {key: facts[key] for key in ("name", "title", "kind", "dataset", "licence", "trained_on", "notes")}
        numbers = {key: facts[key] for key in ("parameters", "channels", "side", "sha256")}
        sizes, size_bytes = tuple(facts["sizes"]), path.with_suffix(".safetensors").stat().st_size
        return ImageModelCard(**words, **numbers, sizes=sizes, size_bytes=size_bytes, facts=facts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PlaygroundError(say("models.file.bundled_damaged", file=path.name)) from error


def _load(card: ImageModelCard, path: Path) -> ImageModel:
    from safetensors.torch import load

    try:
        content = path.read_bytes()
    except OSError as error:
        if card.own:
            raise user_models.missing_model_error(card.name) from error
        raise PlaygroundError(say("models.file.bundled_unreadable", file=path.name)) from error
    if hashlib.sha256(content).hexdigest() != card.sha256:
        if card.own:
            raise PlaygroundError(say("models.file.own_damaged", name=card.name))
        raise PlaygroundError(say("models.file.bundled_sha256", file=path.name))
    return assemble(card, load(content))


def assemble(card: ImageModelCard, weights: dict[str, Tensor]) -> ImageModel:
    """The nets that a card describes, with these weights. Raises RuntimeError if they do not fit."""
    from playground.models import classifier, diffusion, gan, vae

    config, shape = card.facts["config"], (card.sizes, card.channels, card.side)
    if card.kind == "gan":
        generator = gan.Generator(*shape, config["widths"], config["latent_dim"])
        discriminator = gan.Discriminator(*shape, config["widths"][::-1])
        return ImageModel(
            card,
            _with_weights(generator, weights, "generator."),
            _with_weights(discriminator, weights, "discriminator."),
        )
    if card.kind == "vae":
        net = vae.VAE(*shape, config["widths"], config["latent_dim"])
        mixture = vae.MixturePrior(card.sizes, config["components"], config["latent_dim"])
        _with_weights(mixture, weights, "mixture.")
        return ImageModel(card, _with_weights(net, weights, "vae."), mixture=mixture)
    if card.kind == "diffusion":
        denoiser = diffusion.Denoiser(*shape, config["patch"], config["widths"], config["blocks"])
        return ImageModel(card, _with_weights(denoiser, weights, "denoiser."))
    judge = classifier.Classifier(*shape, config["width"], config.get("patch", 1))
    return ImageModel(card, _with_weights(judge, weights, "classifier."))


def _with_weights(net: nn.Module, weights: dict[str, Tensor], prefix: str) -> nn.Module:
    """The net with the weights of its prefix, as float32, frozen and in eval mode."""
    own = {name.removeprefix(prefix): tensor for name, tensor in weights.items() if name.startswith(prefix)}
    net.load_state_dict(
        {name: tensor.float() if tensor.is_floating_point() else tensor for name, tensor in own.items()}
    )
    return net.requires_grad_(False).eval()
