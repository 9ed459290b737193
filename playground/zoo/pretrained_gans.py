"""Pretrained picture nets by others, in memory: verified, frozen, float32, shared by all visitors.

They are small enough (under 60 MB) to stay in memory once loaded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.progress import Report, without_progress
from playground.zoo import fetch, model_files
from playground.zoo.cards import PICTURE_FEATURES, PICTURE_GAN, ModelCard, models
from playground.zoo.lru_cache import LruCache

if TYPE_CHECKING:
    from torch import nn

    from playground.models.dcgan import DCGAN
    from playground.models.efficientnet import EfficientNetLite0

#: The colours of gan-eyes, in the order of its labels. Source: omniart_eye_generator/eye_generator.py.
EYE_COLOURS = ("amber", "blue", "brown", "gray", "grayscale", "green", "hazel", "red")


@dataclass(frozen=True)
class PretrainedGAN:
    """A generator in memory, read-only and shared: net(z, condition) -> (B, 3, size, size), -1 to 1.

    latent_dim: of z, drawn from N(0, I).  size: pixels a side.  classes: names of the conditions 0, 1, …, empty for a
    net without; "any" is the number len(classes), which `playground.models.conditions.resolve_any` settles.
    """

    card: ModelCard
    net: DCGAN
    latent_dim: int
    size: int
    classes: tuple[str, ...]
    weights_sha256: str
    device: str


@dataclass(frozen=True)
class FeatureNet:
    """EfficientNet-Lite0 in memory, read-only and shared: net(pictures) -> (B, 1280)."""

    card: ModelCard
    net: EfficientNetLite0
    weights_sha256: str
    device: str


_cache: LruCache[tuple[Path, str], nn.Module] = LruCache()
_loading = threading.Lock()


def pretrained_names() -> tuple[str, ...]:
    """Names of the generators that can be loaded."""
    return tuple(name for name, card in models().items() if card.kind == PICTURE_GAN)


def load_pretrained(name: str, report: Report = without_progress) -> PretrainedGAN:
    """The generator of that name, from memory or disk, or fetched first.

    Raises PlaygroundError for an unknown name, or if it cannot be fetched.
    """
    from playground.models import dcgan

    makers: dict[str, tuple[Callable[[], DCGAN], tuple[str, ...]]] = {
        "gan-faces": (dcgan.faces, ()),
        "gan-eyes": (dcgan.eyes, EYE_COLOURS),
    }
    card = models().get(name)
    if card is None or card.kind != PICTURE_GAN:
        names = ", ".join(pretrained_names())
        raise PlaygroundError(say("models.names.no_picture_model", name=name[:80], names=names))
    make, classes = makers[name]
    net, sha256, device = _load(card, make, report)
    assert isinstance(net, dcgan.DCGAN)
    return PretrainedGAN(card, net, net.latent_dim, net.size, classes, sha256, device)


def load_features(report: Report = without_progress) -> FeatureNet:
    """The net whose features compare sets of pictures. Raises PlaygroundError if it cannot be fetched."""
    from playground.models.efficientnet import EfficientNetLite0

    (card,) = (card for card in models().values() if card.kind == PICTURE_FEATURES)
    net, sha256, device = _load(card, EfficientNetLite0, report)
    assert isinstance(net, EfficientNetLite0)
    return FeatureNet(card, net, sha256, device)


def forget() -> None:
    """Drops all nets from memory."""
    _cache.clear()


def _load(card: ModelCard, make: Callable[[], nn.Module], report: Report) -> tuple[nn.Module, str, str]:
    """(the frozen net with its weights, their sha256, its device)."""
    from safetensors.torch import load_file

    folder = fetch.ensure(card, report)
    device = hardware.detect().device
    frozen = _cache.get((folder, device))
    if frozen is None:
        with _loading:
            frozen = _cache.get((folder, device))
            if frozen is None:
                fetch.repair_if_damaged(card, folder, report)
                net = make()
                net.load_state_dict(load_file(folder / model_files.WEIGHTS))
                frozen = net.eval().requires_grad_(False).to(device)
                _cache.put((folder, device), frozen, (folder / model_files.WEIGHTS).stat().st_size)
    return frozen, str(model_files.read_record(folder)["sha256"]), device
