"""The real pictures nearest to a generated one, and a first example for arithmetic, chosen by labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.data.dataset import Dataset
from playground.images.model_menu import image_model_facts
from playground.latent.arithmetic import MAX_ITEMS, ArithmeticRequest
from playground.latent.encoder_means import held_out_posteriors
from playground.latent.gan_inputs import seed_space
from playground.latent.picture_refs import PictureRef, RealPicture, labels_of_row, ref_of_row
from playground.latent.vae_encoder import classify_pictures, real_pictures
from playground.metrics import memorization

NEAREST = 6
_SEEDS = 48
#: Data set -> (the attribute that the first example changes, from which word, to which; None for the commonest other).
_EXAMPLES = {"avatars": ("glasses", "none", None), "fashion": ("class", "T-shirt/top", "pullover")}


@dataclass(frozen=True, eq=False)
class NearestPictures:
    """Real pictures, nearest first.

    pictures: (k, H, W, C) uint8.  words: attribute -> word of each, from its labels.  rows: (k,), in the data set.
    distances: (k,).  among: how many were searched, in words.
    """

    pictures: NDArray[np.uint8]
    rows: NDArray[np.int64]
    words: tuple[dict[str, str], ...]
    distances: NDArray[np.float64]
    among: str


def _without(data: Dataset, rows: NDArray[np.int64], items: Sequence[PictureRef]) -> NDArray[np.int64]:
    taken = [item.row for item in items if isinstance(item, RealPicture) and item.dataset == data.name]
    return rows[~np.isin(rows, taken)]


def _nearest(data: Dataset, rows: NDArray[np.int64], distances: NDArray[np.float64], among: str) -> NearestPictures:
    return NearestPictures(data.images[rows], rows, tuple(labels_of_row(data, row) for row in rows), distances, among)


def nearest_by_pixels(
    picture: NDArray[np.uint8], model: str, items: Sequence[PictureRef] = (), count: int = NEAREST
) -> NearestPictures:
    """The nearest training pictures (of a sample, all its pictures), without those in `items`.

    picture: (H, W, C) uint8.  Distances are root mean squares of pixel differences.
    Raises PlaygroundError if there is no data set.
    """
    data = real_pictures(image_model_facts(model).dataset)
    training = data.train_rows()
    rows = training if len(training) else data.held_out_rows()
    kind = "latent.arithmetic.training_pictures" if len(training) else "latent.arithmetic.held_out_pictures"
    neighbours = memorization.nearest(picture[None], data.images[rows], min(len(rows), count + len(items)))
    order, distances = rows[neighbours.indices[0]], neighbours.distances[0]
    other = np.isin(order, _without(data, order, items))
    return _nearest(data, order[other][:count], distances[other][:count], say(kind, count=len(rows)))


def nearest_by_code(
    point: NDArray[np.float32], model: str, items: Sequence[PictureRef] = (), count: int = NEAREST
) -> NearestPictures:
    """The nearest of up to 2,000 held-out pictures, without those in `items`.

    point: (D,), under no condition.  Distances are Euclidean, from the pictures' latent means.
    Raises PlaygroundError if the model is not a VAE.
    """
    codes = held_out_posteriors(model)
    data = real_pictures(image_model_facts(model).dataset)
    distances = np.linalg.norm(codes.means.astype(float) - point, axis=1)
    order = np.argsort(distances, kind="stable")
    order = order[np.isin(codes.rows[order], _without(data, codes.rows, items))][:count]
    among = say("latent.arithmetic.held_out_pictures", count=len(codes.rows))
    return _nearest(data, codes.rows[order], distances[order], among)


def first_attribute(model: str) -> str:
    """The attribute that the first example changes; "" without labels."""
    facts = image_model_facts(model)
    return _EXAMPLES[facts.dataset][0] if facts.dataset in _EXAMPLES else next(iter(facts.labels), "")


RefSlots = tuple[tuple[PictureRef, ...], tuple[PictureRef, ...], tuple[PictureRef, ...]]


def example_request(model: str) -> ArithmeticRequest:
    """A first sum: one picture, minus pictures without a trait, plus otherwise similar pictures with it.

    For a VAE they are held-out pictures chosen by label; for other models, seeds chosen by a classifier's labels.
    """
    facts = image_model_facts(model)
    if facts.kind == "vae":
        try:
            return ArithmeticRequest(model, real_example(real_pictures(facts.dataset), *_EXAMPLES[facts.dataset]))
        except (PlaygroundError, KeyError):
            return ArithmeticRequest(model, ((0,), (1,), (2,)))
    if facts.kind == "diffusion" or not facts.dataset:
        return ArithmeticRequest(model, ((0,), (1,), (2,)))
    space = seed_space(model)
    points = np.stack([space.draw(seed) for seed in range(_SEEDS)])
    classes = classify_pictures(np.concatenate(list(space.pictures(points))), model)
    return ArithmeticRequest(model, ((0,), (1,), (2,)) if classes is None else seeds_example(classes))


def real_example(data: Dataset, attribute: str, before: str, after: str | None) -> RefSlots:
    """Up to 8 pairs of held-out pictures that differ in the attribute and little else; A is another one with `before`.

    before, after: words of the attribute; after None for the commonest other word.
    """
    rows, table = data.held_out_rows(), data.attribute_table()[data.held_out_rows()]
    column, words = list(data.values).index(attribute), data.values[attribute]
    without = np.flatnonzero(table[:, column] == words.index(before))
    counts = np.bincount(table[:, column], minlength=len(words))
    counts[words.index(before)] = -1
    target = words.index(after) if after is not None else int(counts.argmax())
    others = np.delete(table, column, axis=1)
    pairs: list[tuple[int, int]] = []
    free = list(without[1:])
    for place in np.flatnonzero(table[:, column] == target)[: 4 * MAX_ITEMS]:
        alike = (others[free] == others[place]).sum(1) if free else np.zeros(0)
        if len(alike):
            pairs.append((int(alike.max()), place))
    chosen = [place for _, place in sorted(pairs, key=lambda pair: -pair[0])[:MAX_ITEMS]]
    c, b = [], []
    for place in chosen:
        if not free:
            break
        best = int((others[free] == others[place]).sum(1).argmax())
        c.append(ref_of_row(data, rows[place]))
        b.append(ref_of_row(data, rows[free.pop(best)]))
    return (ref_of_row(data, rows[without[0]]),), tuple(b), tuple(c)


def seeds_example(classes: NDArray[np.int64]) -> RefSlots:
    """An example of seeds 0, 1, … for the attribute whose two commonest words are the most evenly split.

    classes: (N, A), the classifier's words for their pictures.
    B: up to 4 seeds with the commoner word, C: with the other, A: another with the commoner.
    """
    best: tuple[int, int, int, int] | None = None
    for attribute in range(classes.shape[1]):
        values, counts = np.unique(classes[:, attribute], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        if len(order) > 1 and (best is None or counts[order[1]] > best[0]):
            best = int(counts[order[1]]), attribute, int(values[order[0]]), int(values[order[1]])
    if best is None:
        return (0,), (1,), (2,)
    _, attribute, common, other = best
    first = [int(seed) for seed in np.flatnonzero(classes[:, attribute] == common)]
    second = [int(seed) for seed in np.flatnonzero(classes[:, attribute] == other)]
    return (first[0],), tuple(first[1:5] or first[:1]), tuple(second[:4])
