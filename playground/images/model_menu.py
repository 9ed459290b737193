"""The generative image models in the menus, and the facts about each. Loads no weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

if TYPE_CHECKING:
    from playground.zoo.image_models import ImageModelCard

#: In the order of the menus.
FAMILIES = ("gan", "vae", "diffusion")
#: Data sets whose models are in the menus. Single panels use models of other data sets by name.
DATASETS = ("avatars", "fashion")


@dataclass(frozen=True)
class ImageModelFacts:
    """Facts about an image model.

    kind: "gan", "vae" or "diffusion".  dataset: its name, "" for a model whose data is not here.
    attributes: name -> the values that a condition may have.  side: of its pictures, in pixels.
    samples_any: the net needs a value for each attribute, so each picture's seed samples one in place of "any".
    own: a visitor trained it on the page.
    rows: (name, sentence) pairs; [model] of the catalogue has the names' titles.  quality: from the model's JSON.
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
    samples_any: bool = False
    own: bool = False

    @property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """Attribute -> its values, of its data set: the classifier's labels, also those that no condition sets."""
        return attribute_values(self.dataset) if self.dataset else {}


def blank_picture(model: str) -> NDArray[np.uint8]:
    """(H, W, C) uint8, an empty picture of the model's size: black for fashion, the avatars' sky for others."""
    facts = image_model_facts(model)
    colour = [0] if facts.channels == 1 else [182, 227, 244]
    return np.tile(np.array(colour, np.uint8), (facts.side, facts.side, 1))


def family_title(kind: str) -> str:
    """The name of a family on the page. kind: one of FAMILIES."""
    return say(f"images.model.{kind}")


def model_names(kind: str | None = None, dataset: str | None = None) -> list[str]:
    """Names of the generative models, by family; or those of one kind or data set.

    Avatars come first, then the painted eyes and faces of others, then fashion, then visitors' models; a data set does
    not include these, because they saw little of it.
    """
    from playground.zoo.pretrained_gans import pretrained_names

    cards = [card for card in _cards().values() if kind in (None, card.kind)]
    shipped = [card for card in cards if not card.own and dataset in (None, card.dataset)]
    names = [card.name for card in sorted(shipped, key=lambda card: (card.dataset, FAMILIES.index(card.kind)))]
    if dataset is not None:
        return names
    pretrained = sorted(pretrained_names()) if kind in (None, "gan") else []
    first = [name for name in names if _cards()[name].dataset == DATASETS[0]]
    return first + pretrained + names[len(first) :] + [card.name for card in cards if card.own]


def fitting_model(name: str, kinds: Sequence[str]) -> str:
    """The model if its family is one of `kinds`; else the first such model of its data set, or of all.

    A name that is not known stays: whoever loads it says so.
    """
    try:
        facts = image_model_facts(name)
    except PlaygroundError:
        return name
    if facts.kind in kinds:
        return name
    alike = [one for kind in kinds for one in model_names(kind, facts.dataset or DATASETS[0])]
    return (alike or [one for kind in kinds for one in model_names(kind)])[0]


def _cards() -> dict[str, ImageModelCard]:
    """Name -> card of the models in the menus."""
    from playground.zoo.image_models import image_model_cards

    cards = image_model_cards().values()
    return {card.name: card for card in cards if card.kind in FAMILIES and (card.own or card.dataset in DATASETS)}


def image_model_facts(name: str) -> ImageModelFacts:
    """The facts about a model. Raises PlaygroundError for a name that is not a generative image model."""
    from playground.zoo import user_models
    from playground.zoo.pretrained_gans import pretrained_names

    if name in pretrained_names():
        return _pretrained_facts(name)
    cards = _cards()
    if name not in cards:
        if user_models.is_user_model(name):
            raise user_models.missing_model_error(name)
        names = ", ".join(model_names())
        raise PlaygroundError(say("images.request.unknown_model", name=str(name)[:80], names=names))
    card = cards[name]
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
        samples_any=card.samples_any,
        own=card.own,
    )


def _pretrained_facts(name: str) -> ImageModelFacts:
    from playground.zoo.cards import models
    from playground.zoo.pretrained_gans import EYE_COLOURS

    card, eyes = models()[name], name == "gan-eyes"
    rows = (
        ("model", f"{card.title}: {card.name}"),
        ("licence", card.licence),
        ("size", say("images.model.size_download", parameters=card.parameters, bytes=card.size_bytes)),
        ("source", card.source),
        ("trained_on", card.trained_on),
        ("notes", card.notes),
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
        samples_any=True,
    )


def attribute_values(dataset: str) -> Mapping[str, tuple[str, ...]]:
    """Attribute -> its values, of a data set that models are trained on. Loads nothing."""
    from playground.data import registry

    return registry.attribute_values(dataset)


def _condition_attributes(card: ImageModelCard) -> Mapping[str, tuple[str, ...]]:
    """Attribute -> values of a condition: all labels of the data set, or those a visitor's model was trained on."""
    if not card.own:
        return attribute_values(card.dataset)
    values = attribute_values(card.dataset) if card.dataset in DATASETS else {}
    return {name: values[name] for name in card.conditions if name in values}


def _rows(card: ImageModelCard) -> tuple[tuple[str, str], ...]:
    return (
        ("model", f"{card.title}: {card.name}"),
        ("licence", card.licence),
        ("size", say("images.model.size_text", parameters=card.parameters, bytes=card.size_bytes)),
        ("trained_on", card.trained_on),
        ("training", _training_text(card)),
        ("notes", card.notes),
    )


def _training_text(card: ImageModelCard) -> str:
    facts = card.facts
    if card.own:
        values = {name: facts[name] for name in ("seen", "seconds", "seed")}
        return say("images.model.training_by_visitor", steps=facts["step"], **values)
    if not facts:
        return ""
    minutes = facts["seconds"] / 60
    return say("images.model.training_text", minutes=minutes, seed=facts["seed"], command=facts["command"])


def condition_rows(facts: ImageModelFacts, condition: Mapping[str, str], count: int) -> NDArray[np.int64]:
    """(count, A) int64: the same condition for every picture; an attribute without a value is "any", its last code."""
    row = [
        values.index(condition[attribute]) if attribute in condition else len(values)
        for attribute, values in facts.attributes.items()
    ]
    return np.tile(np.array(row, np.int64), (count, 1))
