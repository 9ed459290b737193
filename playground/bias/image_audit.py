"""Unconditional samples of an image model, counted against its training data.

The labels of the data are exact; those of the samples come from a classifier trained on real images only. Its confusion
matrix on held-out real images is known; shares and gaps are corrected for it (proportions.py).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_seed, quoted
from playground.images.model_menu import image_model_facts, model_names

if TYPE_CHECKING:
    from playground.data.dataset import Dataset

NAME = "image_bias"
FEWEST, MOST = 50, 5000
_BATCH, _STEPS = 50, 20
#: Prior of a VAE: its pictures from N(0, I) are too unclear to classify.
_PRIOR = "mixture"
#: Drawn pictures kept to show.
PREVIEWS = 32
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class ImageAuditRequest:
    """A checked request. model: one of `auditable_models()`.  count: pictures, FEWEST to MOST."""

    model: str
    count: int = 1000
    seed: int = 0


@dataclass(frozen=True, eq=False)
class ImageAudit:
    """An audit, in progress or done.

    read: (n, A) labels that the classifier gives the pictures.  pictures: the first, (up to PREVIEWS, H, W, C).
    done: whether all pictures are drawn.
    """

    request: ImageAuditRequest
    weights_sha256: str
    dataset: str
    read: Labels
    pictures: NDArray[np.uint8]
    done: bool

    def recipe(self) -> Recipe:
        """The recipe of this audit; its result is a fingerprint of the labels, "" until it is done."""
        settings: dict[str, Setting] = {"panel": NAME, "part": "audit", "count": self.request.count}
        result = fingerprint(self.read) if self.done else ""
        return Recipe("bias", self.request.model, self.weights_sha256, self.request.seed, settings, result)


@dataclass(frozen=True, eq=False)
class RealImages:
    """Labels of a data set's real pictures.

    truth: (N, A) labels of the training pictures.  held_out, read: (M, A) true labels of the held-out pictures, and the
    classifier's.  values: attribute -> its words.
    """

    truth: Labels
    held_out: Labels
    read: Labels
    values: dict[str, tuple[str, ...]]

    def names(self) -> list[str]:
        """The attributes, in the order of the columns."""
        return list(self.values)


def fingerprint(read: Labels) -> str:
    """CRC-32 of the classifier's labels, for a recipe's result."""
    return f"{zlib.crc32(read.astype(np.uint8).tobytes()):08x}"


def auditable_models() -> list[str]:
    """Models whose training data is here with labels and a classifier for them."""
    from playground.zoo.image_models import image_model_cards

    judges = {card.dataset for card in image_model_cards().values() if card.kind == "classifier"}
    return [name for name in model_names() if image_model_facts(name).dataset in judges]


def read_image_audit(model: object, count: object = 1000, seed: object = 0) -> ImageAuditRequest:
    """A checked request. Raises PlaygroundError that lists the models that can be audited."""
    names = auditable_models()
    if model not in names:
        known = isinstance(model, str) and model in model_names()
        shipped = ", ".join(name for name in names if not image_model_facts(name).own)
        if known:
            raise PlaygroundError(say("bias_texts.image_bias.audit.no_labels", model=model, models=shipped))
        raise PlaygroundError(say("bias_texts.image_bias.audit.no_model", model=quoted(model), models=shipped))
    sentence = say("bias_texts.image_bias.count_range", fewest=FEWEST, most=MOST)
    return ImageAuditRequest(str(model), parse_int(count, FEWEST, MOST, sentence), parse_seed(seed))


def audit_images(request: ImageAuditRequest) -> Iterator[ImageAudit]:
    """Draws for the condition "any" in batches, each with its own seed, and classifies them; yields after each batch.

    Raises PlaygroundError for a model that cannot be loaded.
    """
    from playground.zoo.image_models import load_image_model

    loaded = load_image_model(request.model)
    sha256, dataset = loaded.card.sha256, loaded.card.dataset
    empty = np.zeros((0, loaded.card.side, loaded.card.side, loaded.card.channels), np.uint8)
    labels = len(image_model_facts(request.model).labels)
    audit = ImageAudit(request, sha256, dataset, np.zeros((0, labels), np.int64), empty, done=False)
    for batch in _batches(loaded, request):
        read = np.concatenate([audit.read, read_attributes(batch, dataset)])
        pictures = np.concatenate([audit.pictures, batch])[:PREVIEWS]
        audit = ImageAudit(request, sha256, dataset, read, pictures, done=len(read) == request.count)
        yield audit


def _batches(loaded: object, request: ImageAuditRequest) -> Iterator[NDArray[np.uint8]]:
    import torch

    from playground.models.pixels import to_pixels
    from playground.training.evaluate import generate
    from playground.zoo.image_models import ImageModel

    assert isinstance(loaded, ImageModel)
    for number, start in enumerate(range(0, request.count, _BATCH)):
        anything = torch.tensor(loaded.card.sizes).expand(min(_BATCH, request.count - start), -1)
        seed = (1000 * request.seed + number) % 2**63
        with torch.inference_mode():
            images = generate(loaded, anything, seed, _PRIOR, guidance=1.0, steps=_STEPS)
        yield to_pixels(images).numpy()


def read_attributes(pictures: NDArray[np.uint8], dataset: str) -> Labels:
    """(N, A) labels that the data set's classifier gives the pictures. Raises PlaygroundError if there is none."""
    from playground.images.evaluation import classify_images

    read = classify_images(pictures, dataset)
    if read is None:
        raise PlaygroundError(say("bias_texts.image_bias.audit.no_classifier", dataset=dataset))
    return read


@lru_cache(maxsize=4)
def load_real_images(dataset: str) -> RealImages:
    """The data's labels, and the classifier's labels of unseen real pictures. The first call takes a few seconds.

    The arrays are read-only: all callers share them.
    """
    from playground.data import registry

    data: Dataset = registry.load(dataset)
    table, unseen = data.attribute_table(), data.held_out_rows()
    parts = table[data.train_rows()], table[unseen], read_attributes(data.images[unseen], dataset)
    for part in parts:
        part.setflags(write=False)
    return RealImages(*parts, dict(data.values))
