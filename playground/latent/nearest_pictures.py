"""The real pictures nearest to a point's picture, and a first example for arithmetic, found by the data's labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.data.dataset import Dataset
from playground.images.model_menu import image_model_facts
from playground.latent.arithmetic import MAX_ITEMS, ArithmeticRequest
from playground.latent.encoder_means import held_out_posteriors
from playground.latent.latent_space import load_space
from playground.latent.picture_refs import PictureRef, RealPicture, labels_of_row, ref_of_row
from playground.latent.vae_encoder import classify_pictures, real_pictures
from playground.metrics import memorization

NEAREST = 6
_SEEDS = 48
#: Data set -> the attribute that the first example changes, from which word, to which; None is any other.
_EXAMPLES = {"avatars": ("glasses", "none", None), "fashion": ("class", "T-shirt/top", "pullover")}


@dataclass(frozen=True, eq=False)
class NearestPictures:
    """Real pictures, nearest first.

    pictures: (k, H, W, C) uint8.  words: for each, attribute -> word, by its own label.  rows: (k,), in the set.
    distances: (k,).  among: how many were looked through, in words.
    """

    pictures: NDArray[np.uint8]
    rows: NDArray[np.int64]
    words: tuple[dict[str, str], ...]
    distances: NDArray[np.float64]
    among: str


def _without(data: Dataset, rows: NDArray[np.int64], items: Sequence[PictureRef]) -> NDArray[np.int64]:
    given = [item.row for item in items if isinstance(item, RealPicture) and item.dataset == data.name]
    return rows[~np.isin(rows, given)]


def _nearest(data: Dataset, rows: NDArray[np.int64], distances: NDArray[np.float64], among: str) -> NearestPictures:
    return NearestPictures(data.images[rows], rows, tuple(labels_of_row(data, row) for row in rows), distances, among)


def nearest_by_pixels(
    picture: NDArray[np.uint8], model: str, items: Sequence[PictureRef] = (), count: int = NEAREST
) -> NearestPictures:
    """Among the training pictures (of a sample, all of it) but for those in `items`; distance: RMS of pixel values.

    picture: (H, W, C) uint8. Raises PlaygroundError if there is no data set.
    """
    data = real_pictures(image_model_facts(model).dataset)
    training = data.train_rows()
    kind = "training pictures" if len(training) else "held-out pictures"
    rows = training if len(training) else data.held_out_rows()
    neighbours_found = memorization.nearest(picture[None], data.images[rows], min(len(rows), count + len(items)))
    order, distances = rows[neighbours_found.indices[0]], neighbours_found.distances[0]
    other = np.isin(order, _without(data, order, items))
    return _nearest(data, order[other][:count], distances[other][:count], f"{len(rows):,} {kind}")


def nearest_by_code(
    point: NDArray[np.float32], model: str, items: Sequence[PictureRef] = (), count: int = NEAREST
) -> NearestPictures:
    """Among up to 2,000 held-out pictures but for those in `items`; distance: Euclidean between latent means.

    point: (D,), under no condition. Raises PlaygroundError if the model is no VAE.
    """
    codes = held_out_posteriors(model)
    data = real_pictures(image_model_facts(model).dataset)
    distances = np.linalg.norm(codes.means.astype(float) - point, axis=1)
    order = np.argsort(distances, kind="stable")
    order = order[np.isin(codes.rows[order], _without(data, codes.rows, items))][:count]
    return _nearest(data, codes.rows[order], distances[order], f"{len(codes.rows):,} held-out pictures")


def first_attribute(model: str) -> str:
    """The attribute that the first example changes; "" where there are no labels."""
    facts = image_model_facts(model)
    return _EXAMPLES[facts.dataset][0] if facts.dataset in _EXAMPLES else next(iter(facts.labels), "")


RefSlots = tuple[tuple[PictureRef, ...], tuple[PictureRef, ...], tuple[PictureRef, ...]]


def example_request(model: str) -> ArithmeticRequest:
    """A first sum: one picture, minus pictures without a trait, plus pictures with it that are else much alike.

    Real, held-out pictures for a VAE, chosen by label; for other models seeds, chosen by what a classifier reads.
    """
    facts = image_model_facts(model)
    if facts.kind == "vae":
        try:
            return ArithmeticRequest(model, real_example(real_pictures(facts.dataset), *_EXAMPLES[facts.dataset]))
        except (PlaygroundError, KeyError):
            return ArithmeticRequest(model, ((0,), (1,), (2,)))
    if facts.kind == "diffusion" or not facts.dataset:
        return ArithmeticRequest(model, ((0,), (1,), (2,)))
    space = load_space(model)
    points = np.stack([space.draw(seed) for seed in range(_SEEDS)])
    classes = classify_pictures(np.concatenate(list(space.pictures(points))), model)
    return ArithmeticRequest(model, ((0,), (1,), (2,)) if classes is None else seeds_example(classes))


def real_example(data: Dataset, attribute: str, before: str, after: str | None) -> RefSlots:
    """Up to 8 pairs of held-out pictures alike but for the attribute; A is another one that has the word `before`.

    after: None for whatever other word is the commonest.
    """
    rows, table = data.held_out_rows(), data.attribute_table()[data.held_out_rows()]
    column, words = list(data.values).index(attribute), data.values[attribute]
    without = np.flatnonzero(table[:, column] == words.index(before))
    counts = np.bincount(table[:, column], minlength=len(words))
    counts[words.index(before)] = -1
    wanted = words.index(after) if after is not None else int(counts.argmax())
    others = np.delete(table, column, axis=1)
    pairs: list[tuple[int, int]] = []
    free = list(without[1:])
    for place in np.flatnonzero(table[:, column] == wanted)[: 4 * MAX_ITEMS]:
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
    """Seeds 0, 1, … by what was read off their pictures, (N, A): the attribute with the most even split of two words.

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
