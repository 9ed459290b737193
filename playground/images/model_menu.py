"""Which picture models there are, and what a page should tell of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError

if TYPE_CHECKING:
    from playground.zoo.image_models import PictureCard

FAMILIES = {"gan": "GAN", "vae": "VAE", "diffusion": "Diffusion"}
#: The data sets whose models one chooses from. Models of others serve one panel, which knows their names.
DATASETS = ("avatars", "fashion")


@dataclass(frozen=True)
class ImageModelFacts:
    """What is known of a picture model without loading it.

    kind: "gan", "vae" or "diffusion".  dataset: its name, "" for a model whose data is not here.
    attributes: name -> the words that a condition may ask for.  side: of its pictures, in pixels.
    settles: it must be told something definite, so that each picture's seed settles "any".
    own: a visitor trained it on the page.
    rows: names and sentences for people.  quality: measured figures from the model's own file.
    """

    name: str
    title: str
    kind: str
    dataset: str
    channels: int
    side: int
    weights_sha256: str
    attributes: Mapping[str, tuple[str, ...]]
    rows: tuple[tuple[str, str], ...]
    quality: Mapping[str, Any] = field(default_factory=dict)
    settles: bool = False
    own: bool = False

    @property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """Attribute -> its words, of its data set: what a classifier reads off its pictures, asked for or not."""
        return attribute_values(self.dataset) if self.dataset else {}


def model_names(kind: str | None = None, dataset: str | None = None) -> list[str]:
    """The generative picture models, avatars before fashion, by family; or those of one kind or data set.

    Visitors' come last, and are no part of a data set's: they learned from some of it, for a while.
    """
    from playground.zoo.pretrained_gans import pretrained_names

    order = list(FAMILIES)
    cards = [card for card in _cards().values() if kind in (None, card.kind)]
    shipped = [card for card in cards if not card.own and dataset in (None, card.dataset)]
    names = [card.name for card in sorted(shipped, key=lambda card: (card.dataset, order.index(card.kind)))]
    if dataset is not None:
        return names
    elsewhere = list(pretrained_names()) if kind in (None, "gan") else []
    return names + elsewhere + [card.name for card in cards if card.own]


def _cards() -> dict[str, PictureCard]:
    """Of the models that one chooses from."""
    from playground.zoo.image_models import picture_models

    found = picture_models().values()
    return {one.name: one for one in found if one.kind in FAMILIES and (one.own or one.dataset in DATASETS)}


def image_model_facts(name: str) -> ImageModelFacts:
    """Raises PlaygroundError for a name that is no generative picture model."""
    from playground.zoo import user_models
    from playground.zoo.pretrained_gans import pretrained_names

    if name in pretrained_names():
        return _pretrained_facts(name)
    known = _cards()
    if name not in known:
        if user_models.is_own(name):
            raise user_models.gone(name)
        raise PlaygroundError(f'There is no picture model "{name[:80]}": choose one of {", ".join(model_names())}.')
    card = known[name]
    return ImageModelFacts(
        name=name,
        title=card.title,
        kind=card.kind,
        dataset=card.dataset if card.dataset in DATASETS else "",
        channels=card.channels,
        side=card.side,
        weights_sha256=card.sha256,
        attributes=_condition_attributes(card),
        rows=_rows(card),
        quality=card.facts.get("quality", {}),
        settles=card.settles,
        own=card.own,
    )


def _pretrained_facts(name: str) -> ImageModelFacts:
    from playground.zoo.cards import models
    from playground.zoo.pretrained_gans import EYE_COLOURS

    card, eyes = models()[name], name == "gan-eyes"
    rows = (
        ("Model", f"{card.title}: {card.name}"),
        ("Licence", card.licence),
        ("Size", f"{card.parameters:,} parameters, a download of {card.size_bytes / 1e6:.1f} MB at first use"),
        ("Source", card.source),
        ("Trained on", card.trained_on),
        ("Good to know", card.notes),
    )
    return ImageModelFacts(
        name=name,
        title=card.title,
        kind="gan",
        dataset="",
        channels=3,
        side=128 if eyes else 64,
        weights_sha256=card.weights_sha256,
        attributes={"colour": EYE_COLOURS} if eyes else {},
        rows=rows,
        settles=True,
    )


def attribute_values(dataset: str) -> Mapping[str, tuple[str, ...]]:
    """Attribute -> its words, of a data set that the models are trained on; nothing is loaded."""
    from playground.data import avatars, fashion

    return avatars.values() if dataset == avatars.NAME else {"class": fashion.CLASSES}


def _condition_attributes(card: PictureCard) -> Mapping[str, tuple[str, ...]]:
    """What a condition may ask of a model: all that its data set tells, or the little that a visitor's was told."""
    if not card.own:
        return attribute_values(card.dataset)
    words = attribute_values(card.dataset) if card.dataset in DATASETS else {}
    return {name: words[name] for name in card.told if name in words}


def _rows(card: PictureCard) -> tuple[tuple[str, str], ...]:
    facts = card.facts
    if card.own:
        trained = f"{facts['step']:,} steps, {facts['seen']:,} pictures seen, {facts['seconds']:,.0f} seconds, seed "
        trained += f"{facts['seed']}; on this page, by a visitor"
    else:
        trained = f"{facts['seconds'] / 60:.0f} minutes, seed {facts['seed']}: {facts['command']}" if facts else ""
    return (
        ("Model", f"{card.title}: {card.name}"),
        ("Licence", card.licence),
        ("Size", f"{card.parameters:,} parameters, {card.size_bytes / 1e6:.1f} MB"),
        ("Trained on", card.trained_on),
        ("Training", trained),
        ("Good to know", card.notes),
    )


def condition_rows(facts: ImageModelFacts, condition: Mapping[str, str], count: int) -> NDArray[np.int64]:
    """(count, A) int64: the same condition for every picture; an attribute that is not asked for is "any"."""
    row = [
        words.index(condition[attribute]) if attribute in condition else len(words)
        for attribute, words in facts.attributes.items()
    ]
    return np.tile(np.array(row, np.int64), (count, 1))
