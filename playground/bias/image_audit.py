"""Unconditional samples of an image model, counted against its training data.

The labels of the data are exact; those of the samples come from a classifier that was trained on real images only. Its
confusion matrix on held-out real images is known, and corrected for in shares and gaps (proportions.py).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting
from playground.core.validation import parse_int, parse_seed, quoted
from playground.images.model_menu import image_model_facts, model_names

if TYPE_CHECKING:
    from playground.data.dataset import Dataset

NAME = "image_bias"
FEWEST, MOST = 50, 5000
_BATCH, _STEPS = 50, 20
#: Of a VAE: drawn from N(0, I), its pictures are too unclear to be read.
_PRIOR = "mixture"
#: How many drawn pictures are kept to be shown.
PREVIEWS = 32
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class ImageAuditRequest:
    """What is asked for. model: one of `audited()`.  count: pictures, FEWEST to MOST.  seed: of the first batch."""

    model: str
    count: int = 1000
    seed: int = 0


@dataclass(frozen=True, eq=False)
class ImageAudit:
    """An audit in progress, or done.

    read: (n, A) labels that the classifier read off the pictures.  pictures: the first of them, (up to SHOWN, H, W, C).
    stage: "Drawing", "" when all are drawn.
    """

    request: ImageAuditRequest
    weights_sha256: str
    dataset: str
    read: Labels
    pictures: NDArray[np.uint8]
    stage: str = ""

    def recipe(self) -> Recipe:
        """The recipe of this audit."""
        settings: dict[str, Setting] = {"panel": NAME, "part": "audit", "count": self.request.count}
        result = "" if self.stage else fingerprint(self.read)
        return Recipe("bias", self.request.model, self.weights_sha256, self.request.seed, settings, result)


@dataclass(frozen=True, eq=False)
class RealImages:
    """Real pictures of a data set. truth: (N, A) labels of the training pictures.

    held_out, read: (M, A) true labels of the held-out ones, and what the classifier reads off them.
    values: attribute -> its words.
    """

    truth: Labels
    held_out: Labels
    read: Labels
    values: dict[str, tuple[str, ...]]

    def names(self) -> list[str]:
        """The attributes, in the order of the columns."""
        return list(self.values)


def fingerprint(read: Labels) -> str:
    """Of the labels that were read, for a recipe's result."""
    return f"{zlib.crc32(read.astype(np.uint8).tobytes()):08x}"


def auditable_models() -> list[str]:
    """The models that can be audited: those whose training data is here with its labels and a classifier for them."""
    from playground.zoo.image_models import picture_models

    judges = {card.dataset for card in picture_models().values() if card.kind == "classifier"}
    return [name for name in model_names() if image_model_facts(name).dataset in judges]


def read_image_audit(model: object, count: object = 1000, seed: object = 0) -> ImageAuditRequest:
    """A checked request. Raises PlaygroundError that says what can be audited."""
    there = auditable_models()
    if model not in there:
        known = isinstance(model, str) and model in model_names()
        why = f"The training data of {model} is not here with labels" if known else f"{quoted(model)} is no image model"
        shipped = ", ".join(name for name in there if not image_model_facts(name).own)
        raise PlaygroundError(f"{why}, so it cannot be audited. These can: {shipped}.")
    sentence = f"The number of pictures must be a whole number from {FEWEST} to {MOST:,}"
    return ImageAuditRequest(str(model), parse_int(count, FEWEST, MOST, sentence), parse_seed(seed))


def audit_images(request: ImageAuditRequest) -> Iterator[ImageAudit]:
    """Draws for "any" in batches, each with a seed of its own, and reads them; close it to stop.

    Raises PlaygroundError for a model that cannot be loaded.
    """
    from playground.zoo.image_models import load_pictures

    loaded = load_pictures(request.model)
    sha256, dataset = loaded.card.sha256, loaded.card.dataset
    empty = np.zeros((0, loaded.card.side, loaded.card.side, loaded.card.channels), np.uint8)
    labels = len(image_model_facts(request.model).labels)
    drawn = ImageAudit(request, sha256, dataset, np.zeros((0, labels), np.int64), empty, "Drawing")
    for some in _batches(loaded, request):
        read = np.concatenate([drawn.read, read_attributes(some, dataset)])
        shown_ = np.concatenate([drawn.pictures, some])[:PREVIEWS]
        doing = "" if len(read) == request.count else "Drawing"
        drawn = ImageAudit(request, sha256, dataset, read, shown_, doing)
        yield drawn


def _batches(loaded: object, request: ImageAuditRequest) -> Iterator[NDArray[np.uint8]]:
    import torch

    from playground.models.pixels import to_pixels
    from playground.training.evaluate import generate
    from playground.zoo.image_models import PictureModel

    assert isinstance(loaded, PictureModel)
    for number, start in enumerate(range(0, request.count, _BATCH)):
        anything = torch.tensor(loaded.card.sizes).expand(min(_BATCH, request.count - start), -1)
        seed = (1000 * request.seed + number) % 2**63
        with torch.inference_mode():
            made = generate(loaded, anything, seed, _PRIOR, guidance=1.0, steps=_STEPS)
        yield to_pixels(made).numpy()


def read_attributes(pictures: NDArray[np.uint8], dataset: str) -> Labels:
    """(N, A) what the data set's classifier takes the pictures for. Raises PlaygroundError where there is none."""
    from playground.images.evaluation import classify_images

    read = classify_images(pictures, dataset)
    if read is None:
        raise PlaygroundError(f"There is no classifier for {dataset}: install the playground anew.")
    return read


@lru_cache(maxsize=4)
def load_real_images(dataset: str) -> RealImages:
    """The truth, and how the classifier reads unseen real pictures: a few seconds at first, kept afterwards.

    The arrays are read-only: everyone shares them.
    """
    from playground.data import registry

    data: Dataset = registry.load(dataset)
    table, unseen = data.attribute_table(), data.held_out_rows()
    parts = table[data.train_rows()], table[unseen], read_attributes(data.images[unseen], dataset)
    for part in parts:
        part.setflags(write=False)
    return RealImages(*parts, dict(data.values))
