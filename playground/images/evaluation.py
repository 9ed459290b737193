"""How good a picture model is: drawn pictures judged by measures that saw real pictures only.

Every picture is drawn for the condition of a real, held-out picture, chosen by the seed, so that generated and real
sets hold the same kinds; marginals alone are of pictures drawn for "any". It judges the draws of one set of weights:
how much another training would have given is not in any interval here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.core.validation import parse_int, seed_of
from playground.images.inspection import held_out_distances
from playground.images.reference_features import ReferenceFeatures, reference_features
from playground.metrics import attribute_accuracy, likelihood, memorization, precision_recall
from playground.metrics.features import batches_of_features
from playground.metrics.frechet import frechet
from playground.metrics.intervals import Interval, mean_of
from playground.metrics.kid import kernel_distance

if TYPE_CHECKING:
    import torch

    from playground.data.dataset import Dataset
    from playground.zoo.image_models import LoadedPictures

MIN_COUNT, MAX_COUNT = 40, 5000
#: Guidance and steps of diffusion (DPM-Solver++) while it is judged.
EVALUATION_GUIDANCE, EVALUATION_STEPS = 2.0, 20
_BATCH_SIZE = 100
_BOUND_IMAGES = 1000  # held-out pictures for the VAE's bound


@dataclass(frozen=True)
class Metric:
    """What a figure is. better: "lower", "higher" or "" where neither is.  digits: after the point."""

    title: str
    better: str
    digits: int
    meaning: str
    percent: bool = False


#: Name of a figure -> what it is, in the order of the table.
METRICS: dict[str, Metric] = {
    "fd": Metric("FD-EfficientNet", "lower", 1, "how far the features' Gaussians lie apart; blind to single pictures"),
    "kd": Metric("KD-EfficientNet × 1000", "lower", 2, "the same by a kernel, without the bias of small sets"),
    "precision": Metric("Precision", "higher", 1, "drawn pictures that look like some real one", True),
    "recall": Metric("Recall", "higher", 1, "real pictures that it could have drawn", True),
    "density": Metric("Density", "higher", 2, "precision that no single odd picture can raise"),
    "coverage": Metric("Coverage", "higher", 1, "real pictures with a drawn one near by", True),
    "match": Metric("Shows what was asked", "higher", 1, "attributes that a classifier finds as asked", True),
    "match_all": Metric("… all of it", "higher", 1, "pictures in which every attribute is as asked", True),
    "marginals": Metric("Marginals off by", "lower", 1, "shares of a label's words against the data's", True),
    "score": Metric("Classification accuracy", "higher", 1, "of a pupil that it taught, on real pictures", True),
    "near_copies": Metric("Near-copies", "", 1, "nearer to a training picture than 99 % of unseen real ones", True),
    "bits": Metric("Bits per dimension", "lower", 3, "bound on the likelihood of unseen pictures: a VAE has one"),
    "elbo": Metric("ELBO, nats a picture", "higher", 0, "the same bound before it is divided by the dimensions"),
    "psnr": Metric("Reconstruction PSNR, dB", "higher", 1, "how well unseen pictures survive encoder and decoder"),
    "milliseconds": Metric("Milliseconds a picture", "lower", 1, "drawn a hundred at once"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What was found of one model, so far.

    prior: of a VAE.  figures: name in MEASURES -> figure; shares are 0 to 1.  each: attribute -> its share of matches;
    marginal_each: attribute -> its total-variation distance.  doing: what goes on, "" when all is done.
    done: 0 to 1.
    """

    model: str
    prior: str
    count: int
    seed: int
    doing: str
    done: float
    figures: Mapping[str, Interval] = field(default_factory=dict)
    each: Mapping[str, Interval] = field(default_factory=dict)
    marginal_each: Mapping[str, Interval] = field(default_factory=dict)


def evaluate_model(model: str, count: int = 1000, seed: int = 0, prior: str = "") -> Iterator[Evaluation]:
    """Draws `count` pictures and measures them; yields often, the last item has every figure. Close it to stop.

    model: a name of assets/weights, or "real-NAME" for real training pictures of a data set in place of drawn ones:
    what a perfect generator would score, the floor.  prior: "normal" or "mixture" for a VAE, "" for others.
    Raises PlaygroundError for an unknown model, or a number out of range; the features' net may have to be fetched.
    """
    sentence = f"The number of pictures must be a whole number from {MIN_COUNT} to {MAX_COUNT:,}"
    count, seed = parse_int(count, MIN_COUNT, MAX_COUNT, sentence), seed_of(seed)
    trial = _EvaluationRun(model, prior, count, seed)
    yield from trial.draw()
    yield from trial.read()
    yield from trial.compare()
    yield trial.state("", 1.0)


class _EvaluationRun:
    """One judging: what is known so far, and its three stages."""

    def __init__(self, model: str, prior: str, count: int, seed: int) -> None:
        from playground.data import registry

        self.model, self.prior, self.count, self.seed = model, prior, count, seed
        self.loaded = None if model.startswith("real-") else _load_generative(model)
        name = model.removeprefix("real-") if self.loaded is None else self.loaded.card.dataset
        self.data = registry.load(name)
        # Real pictures are held to their own labels: the classifier's errors are the floor.
        labels = self.data.attribute_table()
        own = self.loaded is None
        self.condition = (
            labels[training_rows(self.data, count, seed)] if own else held_out_conditions(self.data, count, seed)
        )
        self.pictures = np.zeros((0, *self.data.images.shape[1:]), np.uint8)
        self.figures: dict[str, Interval] = {}
        self.each: Mapping[str, Interval] = {}
        self.marginal_each: Mapping[str, Interval] = {}

    def state(self, doing: str, done: float) -> Evaluation:
        """All that is known now."""
        asked = self.model, self.prior, self.count, self.seed
        return Evaluation(*asked, doing, done, dict(self.figures), self.each, self.marginal_each)

    def draw(self) -> Iterator[Evaluation]:
        """The pictures; of a VAE, its bound too."""
        seconds, start = 0.0, time.perf_counter()
        for part in generate_batches(self.loaded, self.data, self.condition, self.seed, self.prior):
            seconds += time.perf_counter() - start
            self.pictures = np.concatenate([self.pictures, part])
            yield self.state("drawing", 0.3 * len(self.pictures) / self.count)
            start = time.perf_counter()  # whoever looks at a state takes none of the model's time
        if self.loaded is not None:
            self.figures["milliseconds"] = mean_of([1000 * seconds / self.count])
            if self.loaded.card.kind == "vae":
                self.figures |= vae_bound(self.loaded, self.data, self.seed)

    def read(self) -> Iterator[Evaluation]:
        """What the classifier reads off the pictures, and how near they come to training pictures."""
        read = classify_images(self.pictures, self.data.name)
        if read is not None:
            yield self.state("counting labels", 0.3)
            match, self.each = condition_matches(read, self.condition, self.data)
            self.figures |= match
            self.marginal_each = marginal_distances(read if self.loaded is None else self._read_freely(), self.data)
            self.figures["marginals"] = mean_marginal_distance(self.marginal_each)
        yield self.state("looking for copies", 0.45)
        near = nearest_training_distances(self.pictures, self.data, self.loaded is None)
        self.figures["near_copies"] = memorization.near_copies(near, held_out_distances(self.data.name)).samples

    def _read_freely(self) -> NDArray[np.int64]:
        """Labels of half as many pictures, drawn for "any"."""
        anything = np.tile(np.array(self.data.sizes(), np.int64), (max(MIN_COUNT, self.count // 2), 1))
        free = np.concatenate(list(generate_batches(self.loaded, self.data, anything, self.seed + 1, self.prior)))
        read = classify_images(free, self.data.name)
        assert read is not None
        return read

    def compare(self) -> Iterator[Evaluation]:
        """The distances from real pictures, on features."""
        true: ReferenceFeatures | None = None
        for got in reference_features(self.data):
            if isinstance(got, ReferenceFeatures):
                true = got
            else:
                yield self.state("looking at real pictures, once for all", 0.5 + 0.25 * got)
        assert true is not None
        seen: list[NDArray[np.float32]] = []
        for batch in batches_of_features(self.pictures, true.enlarging):
            seen.append(batch)
            yield self.state("looking at the pictures", 0.75 + 0.2 * sum(map(len, seen)) / self.count)
        self.figures |= feature_distances(np.concatenate(seen), true, self.count, self.seed)


def _load_generative(model: str) -> LoadedPictures:
    from playground.zoo.image_models import load_pictures

    loaded = load_pictures(model)
    if loaded.card.kind == "classifier":
        raise PlaygroundError(f"{model} draws no pictures: choose a GAN, a VAE or a diffusion model.")
    return loaded


def held_out_rows(data: Dataset, count: int, seed: int) -> NDArray[np.int64]:
    """(count,) rows of held-out pictures, drawn by the seed, none twice while there are enough."""
    rows = data.held_out_rows()
    chosen: NDArray[np.int64] = np.resize(np.random.default_rng(seed).permutation(rows), count)
    return chosen


def training_rows(data: Dataset, count: int, seed: int) -> NDArray[np.int64]:
    """(count,) rows of training pictures, drawn by the seed, none twice."""
    rows: NDArray[np.int64] = np.random.default_rng(seed).permutation(data.train_rows())[:count]
    return rows


def held_out_conditions(data: Dataset, count: int, seed: int) -> NDArray[np.int64]:
    """(count, A) int64: those of the held-out pictures of the seed."""
    table: NDArray[np.int64] = data.attribute_table()[held_out_rows(data, count, seed)]
    return table


def generate_batches(
    loaded: LoadedPictures | None, data: Dataset, condition: NDArray[np.int64], seed: int, prior: str
) -> Iterator[NDArray[np.uint8]]:
    """Batches of (b, H, W, C) uint8 for the conditions (N, A); real training pictures if there is no model."""
    import torch

    from playground.models.pixels import to_pixels
    from playground.training.evaluate import generate

    if loaded is None:
        yield data.images[training_rows(data, len(condition), seed)]
        return
    for number, start in enumerate(range(0, len(condition), _BATCH_SIZE)):
        asked = torch.tensor(condition[start : start + _BATCH_SIZE])
        with torch.inference_mode():
            made = generate(loaded, asked, (1000 * seed + number) % 2**63, prior, EVALUATION_GUIDANCE, EVALUATION_STEPS)
        yield to_pixels(made).numpy()


def classify_images(pictures: NDArray[np.uint8], dataset: str) -> NDArray[np.int64] | None:
    """(N, A) int64: what the data set's classifier takes the pictures for; None where there is none."""
    import torch

    from playground.models.classifier import Classifier
    from playground.models.pixels import to_signed
    from playground.zoo.image_models import load_pictures, picture_models

    if f"classifier-{dataset}" not in picture_models():
        return None
    net = load_pictures(f"classifier-{dataset}").net
    assert isinstance(net, Classifier)
    with torch.inference_mode():
        parts = [net.predict(to_signed(part)) for part in torch.split(torch.tensor(pictures), _BATCH_SIZE)]
    table: NDArray[np.int64] = torch.cat(parts).numpy()
    return table


def condition_matches(
    read: NDArray[np.int64], asked: NDArray[np.int64], data: Dataset
) -> tuple[dict[str, Interval], dict[str, Interval]]:
    """("match" over all attributes and "match_all"; attribute -> its share), of labels (N, A) read and asked."""
    names = list(data.values)
    wanted, found = ({name: table[:, a] for a, name in enumerate(names)} for table in (asked, read))
    shares = attribute_accuracy.match_shares(wanted, found, dict(zip(names, data.sizes(), strict=True)))
    whole_picture = shares.pop("all")
    return {"match": mean_of((read == asked).mean(1), "pictures"), "match_all": whole_picture}, shares


def marginal_distances(read: NDArray[np.int64], data: Dataset) -> dict[str, Interval]:
    """Attribute -> total-variation distance of its words' shares from those of the training pictures."""
    truth = data.attribute_table()[data.train_rows()]
    return {
        name: attribute_accuracy.marginal_distance(read[:, a], truth[:, a], data.size(name), repeats=300)
        for a, name in enumerate(data.values)
    }


def mean_marginal_distance(each: Mapping[str, Interval]) -> Interval:
    """The mean over the attributes. Of several it has no interval: their spread says nothing of the draws."""
    values = list(each.values())
    if len(values) == 1:
        return values[0]
    return Interval(float(np.mean([one.value for one in values])), np.nan, np.nan, f"mean of {len(values)} attributes")


def nearest_training_distances(pictures: NDArray[np.uint8], data: Dataset, real: bool) -> NDArray[np.float64]:
    """(N,) to the nearest training picture; of training pictures themselves, to the nearest other one."""
    training = data.images[data.train_rows()]
    k = 2 if real else 1
    parts = [
        memorization.nearest(pictures[at : at + _BATCH_SIZE], training, k)
        for at in range(0, len(pictures), _BATCH_SIZE)
    ]
    return np.concatenate([part.distances[:, k - 1] for part in parts])


def feature_distances(
    features: NDArray[np.float32], true: ReferenceFeatures, count: int, seed: int
) -> dict[str, Interval]:
    """The figures that stand on features: (N, 1280) of drawn pictures against real ones."""
    fd, kd = frechet(features, true.features, seed=seed), kernel_distance(features, true.features, seed=seed)
    same = min(count, len(true.features))
    shape = precision_recall.precision_recall(features[:same], true.features[:same])
    thousand = Interval(1000 * kd.value, 1000 * kd.low, 1000 * kd.high, kd.method)
    return {
        "fd": fd, "kd": thousand, "precision": shape.precision, "recall": shape.recall,
        "density": shape.density, "coverage": shape.coverage,
    }  # fmt: skip


def vae_bound(loaded: LoadedPictures, data: Dataset, seed: int) -> dict[str, Interval]:
    """ "elbo", "bits" and "psnr" of a VAE on held-out pictures with their conditions, one draw of z each."""
    import torch

    from playground.models.pixels import to_pixels, to_signed
    from playground.models.vae import VAE

    net = loaded.net
    assert isinstance(net, VAE)
    rows = np.random.default_rng(seed).permutation(data.held_out_rows())[:_BOUND_IMAGES]
    source = torch.Generator().manual_seed(seed)
    nats: list[torch.Tensor] = []
    again: list[torch.Tensor] = []
    with torch.inference_mode():
        for some in np.array_split(rows, max(1, len(rows) // _BATCH_SIZE)):
            real, asked = to_signed(torch.tensor(data.images[some])), torch.tensor(data.attribute_table()[some])
            terms = net(real, asked, torch.randn(len(some), net.latent_dim, generator=source))
            nats.append(terms[0] - terms[1])
            again.append(to_pixels(net.decode(net.encode(real, asked)[0], asked)[0]))
    elbo, size = torch.cat(nats).double().numpy(), int(np.prod(data.images.shape[1:]))
    bits = np.array([likelihood.bits_per_dimension(-float(one), size) for one in elbo])
    ratio = likelihood.psnr(data.images[rows], torch.cat(again).numpy())
    return {"elbo": mean_of(elbo, "pictures"), "bits": mean_of(bits, "pictures"), "psnr": mean_of(ratio, "pictures")}
