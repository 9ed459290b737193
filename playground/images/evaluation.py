"""Evaluation of an image model: fidelity, diversity, condition accuracy and copying of its samples.

Every picture is drawn for the condition of a real, held-out picture, which gives both sets the same distribution of
conditions; only marginals use pictures drawn for "any". Intervals cover which pictures were drawn from one set of
weights, not the variance between trainings.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_int, parse_seed
from playground.images.image_features import batches_of_features
from playground.images.inspection import held_out_distances
from playground.images.likelihood_bound import vae_bound
from playground.images.reference_features import ReferenceFeatures, reference_features
from playground.metrics import attribute_accuracy, memorization, precision_recall
from playground.metrics.frechet import frechet
from playground.metrics.intervals import Interval, bootstrap, mean_interval, proportion_interval
from playground.metrics.kid import kernel_distance

if TYPE_CHECKING:
    from playground.data.dataset import Dataset
    from playground.zoo.image_models import ImageModel

MIN_COUNT, MAX_COUNT = 40, 5000
#: Guidance and steps of diffusion (DPM-Solver++) in an evaluation.
EVALUATION_GUIDANCE, EVALUATION_STEPS = 2.0, 20
_BATCH_SIZE = 100


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The metrics of one model that are computed so far.

    prior: of a VAE.  metrics: name in metric_table.METRICS -> value; shares are 0 to 1.  attribute_matches: attribute
    -> share of matches.  attribute_marginals: attribute -> its total-variation distance.  activity: the current stage,
    "" at the end.  progress: 0 to 1.
    """

    model: str
    prior: str
    count: int
    seed: int
    activity: str
    progress: float
    metrics: Mapping[str, Interval] = field(default_factory=dict)
    attribute_matches: Mapping[str, Interval] = field(default_factory=dict)
    attribute_marginals: Mapping[str, Interval] = field(default_factory=dict)


def evaluate_model(model: str, count: int = 1000, seed: int = 0, prior: str = "") -> Iterator[Evaluation]:
    """Draws `count` pictures and measures them; yields often, the last item has all metrics. Close it to stop.

    model: a name in assets/weights, or "real-NAME" to evaluate training pictures of a data set, the score of a
    perfect generator.  prior: "normal" or "mixture" for a VAE, "" for others.
    Raises PlaygroundError for an unknown model or a number out of range. May download the features' net.
    """
    sentence = say("images.request.count", least=MIN_COUNT, most=MAX_COUNT)
    count, seed = parse_int(count, MIN_COUNT, MAX_COUNT, sentence), parse_seed(seed)
    run = _EvaluationRun(model, prior, count, seed)
    yield from run.generate()
    yield from run.measure_labels_and_copies()
    yield from run.measure_features()
    yield run.state("", 1.0)


class _EvaluationRun:
    """One evaluation: the results so far, and its three stages."""

    def __init__(self, model: str, prior: str, count: int, seed: int) -> None:
        from playground.data import registry

        self.model, self.prior, self.count, self.seed = model, prior, count, seed
        self.loaded = None if model.startswith("real-") else _load_generative(model)
        name = model.removeprefix("real-") if self.loaded is None else self.loaded.card.dataset
        self.data = registry.load(name)
        # Real pictures are compared with their own labels, which shows the classifier's errors.
        labels = self.data.attribute_table()
        own = self.loaded is None
        self.condition = (
            labels[training_rows(self.data, count, seed)] if own else held_out_conditions(self.data, count, seed)
        )
        self.pictures = np.zeros((0, *self.data.images.shape[1:]), np.uint8)
        self.metrics: dict[str, Interval] = {}
        self.attribute_matches: Mapping[str, Interval] = {}
        self.attribute_marginals: Mapping[str, Interval] = {}

    def state(self, activity: str, progress: float) -> Evaluation:
        """The results so far."""
        settings = self.model, self.prior, self.count, self.seed
        results = dict(self.metrics), self.attribute_matches, self.attribute_marginals
        return Evaluation(*settings, activity, progress, *results)

    def generate(self) -> Iterator[Evaluation]:
        """Draws the pictures and times them; computes the likelihood bound of a VAE."""
        seconds, start = 0.0, time.perf_counter()
        for part in generate_batches(self.loaded, self.data, self.condition, self.seed, self.prior):
            seconds += time.perf_counter() - start
            self.pictures = np.concatenate([self.pictures, part])
            yield self.state(say("images.evaluation.drawing"), 0.3 * len(self.pictures) / self.count)
            start = time.perf_counter()  # the consumer's time is not the model's
        if self.loaded is not None:
            self.metrics["milliseconds"] = Interval(1000 * seconds / self.count, np.nan, np.nan, "timed once")
            if self.loaded.card.kind == "vae":
                self.metrics |= vae_bound(self.loaded, self.data, self.seed, self.prior)

    def measure_labels_and_copies(self) -> Iterator[Evaluation]:
        """Condition accuracy and marginals by the classifier, and near-copies of training pictures."""
        labels = classify_images(self.pictures, self.data.name)
        if labels is not None:
            yield self.state(say("images.evaluation.labels"), 0.3)
            match, self.attribute_matches = condition_matches(labels, self.condition, self.data)
            self.metrics |= match
            unconditional = labels if self.loaded is None else self._unconditional_labels()
            self.attribute_marginals = marginal_distances(unconditional, self.data)
            self.metrics["marginals"] = mean_marginal_distance(unconditional, self.data)
        yield self.state(say("images.evaluation.copies"), 0.45)
        near = nearest_training_distances(self.pictures, self.data, self.loaded is None)
        self.metrics["near_copies"] = memorization.near_copies(near, held_out_distances(self.data.name)).samples
        if self.loaded is not None and self.loaded.discriminator is not None:
            real = self.data.images[held_out_rows(self.data, self.count, self.seed)]
            self.metrics["fooled"] = taken_for_real(self.loaded, self.pictures, self.condition)
            self.metrics["passed"] = taken_for_real(self.loaded, real, self.condition)

    def _unconditional_labels(self) -> NDArray[np.int64]:
        """Predicted labels of half as many pictures, drawn for "any"."""
        anything = np.tile(np.array(self.data.sizes(), np.int64), (max(MIN_COUNT, self.count // 2), 1))
        pictures = np.concatenate(list(generate_batches(self.loaded, self.data, anything, self.seed + 1, self.prior)))
        labels = classify_images(pictures, self.data.name)
        assert labels is not None
        return labels

    def measure_features(self) -> Iterator[Evaluation]:
        """Distances from real pictures in feature space."""
        real: ReferenceFeatures | None = None
        for item in reference_features(self.data):
            if isinstance(item, ReferenceFeatures):
                real = item
            else:
                yield self.state(say("images.evaluation.references"), 0.5 + 0.25 * item)
        assert real is not None
        batches: list[NDArray[np.float32]] = []
        for batch in batches_of_features(self.pictures, real.enlarging):
            batches.append(batch)
            yield self.state(say("images.evaluation.features"), 0.75 + 0.2 * sum(map(len, batches)) / self.count)
        self.metrics |= feature_distances(np.concatenate(batches), real, self.count, self.seed)


def _load_generative(model: str) -> ImageModel:
    from playground.zoo.image_models import load_image_model

    loaded = load_image_model(model)
    if loaded.card.kind == "classifier":
        raise PlaygroundError(say("images.evaluation.draws_nothing", model=model))
    return loaded


def held_out_rows(data: Dataset, count: int, seed: int) -> NDArray[np.int64]:
    """(count,) int64 rows of held-out pictures, sampled by the seed; without repetition while there are enough."""
    permutation = np.random.default_rng(seed).permutation(data.held_out_rows())
    rows: NDArray[np.int64] = np.resize(permutation, count)
    return rows


def training_rows(data: Dataset, count: int, seed: int) -> NDArray[np.int64]:
    """(count,) int64 rows of training pictures, sampled by the seed without repetition."""
    rows: NDArray[np.int64] = np.random.default_rng(seed).permutation(data.train_rows())[:count]
    return rows


def held_out_conditions(data: Dataset, count: int, seed: int) -> NDArray[np.int64]:
    """(count, A) int64: labels of the held-out pictures that the seed samples."""
    table: NDArray[np.int64] = data.attribute_table()[held_out_rows(data, count, seed)]
    return table


def generate_batches(
    loaded: ImageModel | None, data: Dataset, condition: NDArray[np.int64], seed: int, prior: str
) -> Iterator[NDArray[np.uint8]]:
    """Yields batches (b, H, W, C) uint8 for the conditions (N, A); training pictures if `loaded` is None."""
    import torch

    from playground.models.pixels import to_pixels
    from playground.training.evaluate import generate

    if loaded is None:
        yield data.images[training_rows(data, len(condition), seed)]
        return
    for number, start in enumerate(range(0, len(condition), _BATCH_SIZE)):
        batch = torch.tensor(condition[start : start + _BATCH_SIZE])
        with torch.inference_mode():
            images = generate(
                loaded, batch, (1000 * seed + number) % 2**63, prior, EVALUATION_GUIDANCE, EVALUATION_STEPS
            )
        yield to_pixels(images).numpy()


def classify_images(pictures: NDArray[np.uint8], dataset: str) -> NDArray[np.int64] | None:
    """(N, A) int64: labels by the data set's classifier, None without one. pictures: (N, H, W, C) uint8."""
    import torch

    from playground.models.classifier import Classifier
    from playground.models.pixels import to_signed
    from playground.zoo.image_models import image_model_cards, load_image_model

    if f"classifier-{dataset}" not in image_model_cards():
        return None
    net = load_image_model(f"classifier-{dataset}").net
    assert isinstance(net, Classifier)
    with torch.inference_mode():
        parts = [net.predict(to_signed(part)) for part in torch.split(torch.tensor(pictures), _BATCH_SIZE)]
    table: NDArray[np.int64] = torch.cat(parts).numpy()
    return table


def taken_for_real(loaded: ImageModel, pictures: NDArray[np.uint8], condition: NDArray[np.int64]) -> Interval:
    """Share of pictures, (N, H, W, C), that the GAN's discriminator scores above 0, under their conditions (N, A)."""
    import torch

    from playground.models.pixels import to_signed

    assert loaded.discriminator is not None
    parts = (torch.split(torch.tensor(values), _BATCH_SIZE) for values in (pictures, condition))
    with torch.inference_mode():
        scores = [loaded.discriminator(to_signed(part), labels)[0] for part, labels in zip(*parts, strict=True)]
    return proportion_interval((torch.cat(scores) > 0).numpy())


def condition_matches(
    predicted: NDArray[np.int64], condition: NDArray[np.int64], data: Dataset
) -> tuple[dict[str, Interval], dict[str, Interval]]:
    """({"match", "match_all"}, attribute -> its share of matches) of labels (N, A) against the conditions (N, A)."""
    names = list(data.values)
    expected, labels = ({name: table[:, a] for a, name in enumerate(names)} for table in (condition, predicted))
    shares = attribute_accuracy.match_shares(expected, labels, dict(zip(names, data.sizes(), strict=True)))
    whole_picture = shares.pop("all")
    return {"match": mean_interval((predicted == condition).mean(1), "pictures"), "match_all": whole_picture}, shares


def marginal_distances(labels: NDArray[np.int64], data: Dataset) -> dict[str, Interval]:
    """Attribute -> total-variation distance of its marginal from the training pictures'. labels: (N, A) int64."""
    truth = data.attribute_table()[data.train_rows()]
    return {
        name: attribute_accuracy.marginal_distance(labels[:, a], truth[:, a], data.size(name), repeats=300)
        for a, name in enumerate(data.values)
    }


def mean_marginal_distance(labels: NDArray[np.int64], data: Dataset) -> Interval:
    """Mean of the attributes' distances; whole pictures are resampled. labels: (N, A) int64.

    Resampling adds to a distance, so its spread is put around the measured value, inside 0 and 1.
    """
    truth, names = data.attribute_table()[data.train_rows()], list(data.values)
    expected = [attribute_accuracy.marginal(truth[:, a], data.size(name)) for a, name in enumerate(names)]

    def distance(rows: NDArray[np.intp]) -> float:
        shares = [attribute_accuracy.marginal(labels[rows, a], len(share)) for a, share in enumerate(expected)]
        return float(np.mean([*map(attribute_accuracy.total_variation, shares, expected)]))

    resampled = bootstrap(distance, len(labels), 300)
    value, half = resampled.value, (resampled.high - resampled.low) / 2
    return Interval(value, max(0.0, value - half), min(1.0, value + half), resampled.method)


def nearest_training_distances(pictures: NDArray[np.uint8], data: Dataset, real: bool) -> NDArray[np.float64]:
    """(N,) distances to the nearest training picture; real: to the nearest other one, for training pictures."""
    training = data.images[data.train_rows()]
    k = 2 if real else 1
    parts = [
        memorization.nearest(pictures[at : at + _BATCH_SIZE], training, k)
        for at in range(0, len(pictures), _BATCH_SIZE)
    ]
    return np.concatenate([part.distances[:, k - 1] for part in parts])


def feature_distances(
    features: NDArray[np.float32], real: ReferenceFeatures, count: int, seed: int
) -> dict[str, Interval]:
    """Metrics in feature space. features: (N, 1280) of drawn pictures."""
    fd, kd = frechet(features, real.features, seed=seed), kernel_distance(features, real.features, seed=seed)
    size = min(count, len(real.features))
    manifolds = precision_recall.precision_recall(features[:size], real.features[:size])
    kd_times_1000 = Interval(1000 * kd.value, 1000 * kd.low, 1000 * kd.high, kd.method)
    return {
        "fd": fd, "kd": kd_times_1000, "precision": manifolds.precision, "recall": manifolds.recall,
        "density": manifolds.density, "coverage": manifolds.coverage,
    }  # fmt: skip
