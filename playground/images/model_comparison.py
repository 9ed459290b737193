"""Comparison of the model families on one data set: metrics, training cost and speed.

Metrics come from assets/measures.json, which a benchmark writes, and count only for weights of the same sha256; or a
visitor measures them, on a chosen number of pictures.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import ASSETS
from playground.core.validation import parse_seed
from playground.images import evaluation
from playground.images.evaluation import Evaluation
from playground.metrics.energy import estimate_energy
from playground.metrics.intervals import Interval

MEASUREMENTS_FILE = ASSETS / "measures.json"
SAMPLE_COUNT = 8


@dataclass(frozen=True)
class ModelVariant:
    """A column of the comparison: a model, for a VAE with one of its priors; or real pictures.

    key: in measures.json.  family: "real", "gan", "vae" or "diffusion".
    """

    key: str
    title: str
    family: str
    model: str
    prior: str = ""


@dataclass(frozen=True)
class TrainingCost:
    """Size and training cost of a model. watt_hours: low and high estimate.  images_seen: in training, with repeats."""

    parameters: int
    training_seconds: float
    watt_hours: tuple[float, float]
    images_seen: int


@dataclass(frozen=True, eq=False)
class ComparisonColumn:
    """A variant with its results. metrics: by the names of metric_table.METRICS.  cost: None for real pictures."""

    variant: ModelVariant
    metrics: Mapping[str, Interval]
    cost: TrainingCost | None


@dataclass(frozen=True, eq=False)
class ModelComparison:
    """All variants side by side.

    protocol: how the metrics were measured.  activity: the current stage, "" at the end.  progress: 0 to 1.
    """

    dataset: str
    columns: tuple[ComparisonColumn, ...]
    protocol: str
    activity: str = ""
    progress: float = 1.0


def model_variants(dataset: str) -> tuple[ModelVariant, ...]:
    """Real pictures, then the model of each family; a VAE once for each prior."""
    from playground.images.model_menu import FAMILIES, family_title, model_names
    from playground.images.settings import PRIORS

    if dataset not in ("avatars", "fashion"):
        raise PlaygroundError(say("images.comparison.bad_dataset"))
    variants = [ModelVariant(f"real-{dataset}", say("images.comparison.real"), "real", f"real-{dataset}")]
    for kind in FAMILIES:
        for name in model_names(kind, dataset):
            if kind == "vae":
                variants += [
                    ModelVariant(f"{name} {prior}", say(f"images.comparison.vae_{prior}"), kind, name, prior)
                    for prior in PRIORS
                ]
            else:
                variants.append(ModelVariant(name, family_title(kind), kind, name))
    return tuple(variants)


def _training_cost(variant: ModelVariant) -> TrainingCost | None:
    """From the model's JSON; energy is estimated by metrics/energy.py, not measured."""
    from playground.zoo.image_models import image_model_cards

    if variant.family == "real":
        return None
    card = image_model_cards()[variant.model]
    seconds = float(card.facts["cpu_seconds"])
    energy = estimate_energy(float(card.facts["seconds"]), seconds)
    return TrainingCost(card.parameters, seconds, (energy.low * 1000, energy.high * 1000), int(card.facts["seen"]))


def load_comparison(dataset: str) -> ModelComparison:
    """The benchmark's metrics; none for a variant whose weights have changed since."""
    from playground.zoo.image_models import image_model_cards

    file, cards = load_measurements(), image_model_cards()
    columns = []
    for variant in model_variants(dataset):
        entry = file.get("ways", {}).get(variant.key, {})
        current = variant.family == "real" or entry.get("weights_sha256") == cards[variant.model].sha256
        metrics = {name: interval_from_json(one) for name, one in entry.get("figures", {}).items()} if current else {}
        columns.append(ComparisonColumn(variant, metrics, _training_cost(variant)))
    return ModelComparison(dataset, tuple(columns), str(file.get("protocol") or say("images.comparison.no_protocol")))


def discriminator_shares(model: str) -> tuple[float, float] | None:
    """What a GAN's discriminator takes for real of its pictures and of unseen ones, 0 to 1; None if not measured."""
    from playground.zoo.image_models import image_model_cards

    entry, card = load_measurements().get("ways", {}).get(model, {}), image_model_cards().get(model)
    if card is None or entry.get("weights_sha256") != card.sha256 or not {"fooled", "passed"} <= set(entry["figures"]):
        return None
    fooled, passed = (float(entry["figures"][name]["value"]) for name in ("fooled", "passed"))
    return fooled, passed


@lru_cache(maxsize=1)
def load_measurements() -> dict[str, Any]:
    """The content of assets/measures.json; {} without the file. Raises PlaygroundError if it is damaged."""
    try:
        content: dict[str, Any] = json.loads(MEASUREMENTS_FILE.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise PlaygroundError(say("models.file.bundled_damaged", file=MEASUREMENTS_FILE.name)) from error
    return content


def interval_from_json(stored: Mapping[str, Any]) -> Interval:
    """The interval that `interval_to_json` stored."""
    low, high = (math.nan if stored[end] is None else float(stored[end]) for end in ("low", "high"))
    return Interval(float(stored["value"]), low, high, str(stored["method"]))


def interval_to_json(one: Interval) -> dict[str, Any]:
    """An interval as JSON values; NaN becomes null."""
    ends = {
        end: None if math.isnan(value) else round(value, 5) for end, value in (("low", one.low), ("high", one.high))
    }
    return {"value": round(one.value, 5), **ends, "method": one.method}


def measure_comparison(dataset: str, count: int, seed: int) -> Iterator[ModelComparison]:
    """Evaluates the variants one after another, and yields often. Close it to stop.

    count: pictures of each.  Raises PlaygroundError for numbers out of range, or if the feature net cannot be loaded.
    """
    variants = model_variants(dataset)
    results: dict[str, Evaluation] = {}
    for number, variant in enumerate(variants):
        for result in evaluation.evaluate_model(variant.model, count, seed, variant.prior):
            results[variant.key] = result
            activity = result.activity and say(
                "images.comparison.activity", model=variant.title, activity=result.activity
            )
            progress = (number + result.progress) / len(variants)
            yield _comparison_so_far(dataset, variants, results, activity, progress)
    yield _comparison_so_far(dataset, variants, results, "", 1.0)


def _comparison_so_far(
    dataset: str,
    variants: tuple[ModelVariant, ...],
    results: Mapping[str, Evaluation],
    activity: str,
    progress: float,
) -> ModelComparison:
    nothing: Mapping[str, Interval] = {}
    metrics = {key: result.metrics for key, result in results.items()}
    columns = tuple(
        ComparisonColumn(variant, metrics.get(variant.key, nothing), _training_cost(variant)) for variant in variants
    )
    one = next(iter(results.values()))
    protocol = say("images.comparison.protocol", count=one.count, seed=one.seed)
    return ModelComparison(dataset, columns, protocol, activity, progress)


def sample_variants(dataset: str, seed: int = 0) -> Iterator[tuple[ModelVariant, NDArray[np.uint8]]]:
    """Yields each variant with (8, H, W, C) uint8 pictures, all for the conditions of the same held-out pictures.

    The real pictures are those held-out pictures.
    """
    from playground.data import registry
    from playground.zoo.image_models import load_image_model

    data = registry.load(dataset)
    condition = evaluation.held_out_conditions(data, SAMPLE_COUNT, parse_seed(seed))
    for variant in model_variants(dataset):
        if variant.family == "real":
            yield variant, data.images[evaluation.held_out_rows(data, SAMPLE_COUNT, seed)]
        else:
            parts = evaluation.generate_batches(load_image_model(variant.model), data, condition, seed, variant.prior)
            yield variant, np.concatenate(list(parts))
