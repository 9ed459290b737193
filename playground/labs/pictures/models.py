"""Which picture models there are, and what a page should tell of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.errors import PlaygroundError

if TYPE_CHECKING:
    from playground.zoo.pictures import PictureCard

FAMILIES = {"gan": "GAN", "vae": "VAE", "diffusion": "Diffusion"}
#: The data sets whose models one chooses from. Models of others serve one panel, which knows their names.
DATASETS = ("avatars", "fashion")


@dataclass(frozen=True)
class PictureFacts:
    """What is known of a picture model without loading it.

    kind: "gan", "vae" or "diffusion".  dataset: its name, "" for a model from elsewhere.
    attributes: name -> the words that a condition may ask for.  side: of its pictures, in pixels.
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


def model_names(kind: str | None = None, dataset: str | None = None) -> list[str]:
    """The generative picture models, avatars before fashion, by family; or those of one kind or data set."""
    from playground.zoo.pictures import picture_models
    from playground.zoo.pretrained_pictures import pretrained_names

    order = list(FAMILIES)
    cards = [card for card in picture_models().values() if card.kind in FAMILIES and card.dataset in DATASETS]
    cards = [card for card in cards if kind in (None, card.kind) and dataset in (None, card.dataset)]
    own = [card.name for card in sorted(cards, key=lambda card: (card.dataset, order.index(card.kind)))]
    return own + (list(pretrained_names()) if kind in (None, "gan") and dataset is None else [])


def picture_facts(name: str) -> PictureFacts:
    """Raises PlaygroundError for a name that is no generative picture model."""
    from playground.zoo.pictures import picture_models
    from playground.zoo.pretrained_pictures import pretrained_names

    cards = [card for card in picture_models().values() if card.kind in FAMILIES and card.dataset in DATASETS]
    known = {card.name: card for card in cards}
    if name in pretrained_names():
        return _pretrained_facts(name)
    if name not in known:
        raise PlaygroundError(f'There is no picture model "{name[:80]}": choose one of {", ".join(model_names())}.')
    card = known[name]
    return PictureFacts(
        name=name,
        title=card.title,
        kind=card.kind,
        dataset=card.dataset,
        channels=card.channels,
        side=card.side,
        weights_sha256=card.sha256,
        attributes=words_of(card.dataset),
        rows=_rows(card),
        quality=card.facts.get("quality", {}),
    )


def _pretrained_facts(name: str) -> PictureFacts:
    from playground.zoo.cards import models
    from playground.zoo.pretrained_pictures import EYE_COLOURS

    card, eyes = models()[name], name == "gan-eyes"
    rows = (
        ("Model", f"{card.title}: {card.name}"),
        ("Licence", card.licence),
        ("Size", f"{card.parameters:,} parameters, a download of {card.size_bytes / 1e6:.1f} MB at first use"),
        ("Source", card.source),
        ("Trained on", card.trained_on),
        ("Good to know", card.notes),
    )
    return PictureFacts(
        name=name,
        title=card.title,
        kind="gan",
        dataset="",
        channels=3,
        side=128 if eyes else 64,
        weights_sha256=card.weights_sha256,
        attributes={"colour": EYE_COLOURS} if eyes else {},
        rows=rows,
    )


def words_of(dataset: str) -> Mapping[str, tuple[str, ...]]:
    """Attribute -> its words, of a data set that the models are trained on; nothing is loaded."""
    from playground.data import avatars, fashion

    return avatars.values() if dataset == avatars.NAME else {"class": fashion.CLASSES}


def _rows(card: PictureCard) -> tuple[tuple[str, str], ...]:
    facts = card.facts
    trained = f"{facts['seconds'] / 60:.0f} minutes, seed {facts['seed']}: {facts['command']}" if facts else ""
    return (
        ("Model", f"{card.title}: {card.name}"),
        ("Licence", card.licence),
        ("Size", f"{card.parameters:,} parameters, {card.size_bytes / 1e6:.1f} MB"),
        ("Trained on", card.trained_on),
        ("Training", trained),
        ("Good to know", card.notes),
    )


def condition_rows(facts: PictureFacts, condition: Mapping[str, str], count: int) -> NDArray[np.int64]:
    """(count, A) int64: the same condition for every picture; an attribute that is not asked for is "any"."""
    row = [
        words.index(condition[attribute]) if attribute in condition else len(words)
        for attribute, words in facts.attributes.items()
    ]
    return np.tile(np.array(row, np.int64), (count, 1))
