"""The families side by side on one data set: what each was measured to be worth, what it cost, and how fast it draws.

Figures come from assets/measures.json, which the benchmark writes, and count only for the very weights that they were
measured with; or they are measured anew, here, on as many pictures as a visitor has patience for.
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

from playground.core.errors import PlaygroundError
from playground.core.paths import ASSETS
from playground.core.validation import seed_of
from playground.images import evaluation
from playground.images.evaluation import Evaluation
from playground.metrics.energy import assumed
from playground.metrics.intervals import Interval

MEASUREMENTS_FILE = ASSETS / "measures.json"
SAMPLE_COUNT = 8


@dataclass(frozen=True)
class ModelVariant:
    """One way to a picture: a model, and for a VAE the prior; or real pictures.

    key: as in measures.json.  family: "real", "gan", "vae" or "diffusion".
    """

    key: str
    title: str
    family: str
    model: str
    prior: str = ""


@dataclass(frozen=True)
class TrainingCost:
    """What a model took: learned numbers, seconds of training, and an estimate of the energy in watt-hours."""

    parameters: int
    training_seconds: float
    watt_hours: tuple[float, float]
    pictures_seen: int


@dataclass(frozen=True, eq=False)
class ComparisonColumn:
    """One way with all that is known of it. figures: by the names of judging.MEASURES; cost: None for real pictures."""

    way: ModelVariant
    figures: Mapping[str, Interval]
    cost: TrainingCost | None


@dataclass(frozen=True, eq=False)
class ModelComparison:
    """All ways side by side.  protocol: how the figures were got, in sentences.  doing: what goes on, "" when done."""

    dataset: str
    columns: tuple[ComparisonColumn, ...]
    protocol: str
    doing: str = ""
    done: float = 1.0


def model_variants(dataset: str) -> tuple[ModelVariant, ...]:
    """Real pictures, then each family that has a model for the data set; a VAE once for each prior."""
    from playground.images.model_menu import FAMILIES, model_names

    if dataset not in ("avatars", "fashion"):
        raise PlaygroundError("Choose avatars or fashion: those are the data that all three families learned.")
    found = [ModelVariant(f"real-{dataset}", "Real pictures", "real", f"real-{dataset}")]
    for kind, title in FAMILIES.items():
        for name in model_names(kind, dataset):
            if kind == "vae":
                found.append(ModelVariant(f"{name} normal", "VAE, z from N(0, I)", kind, name, "normal"))
                found.append(ModelVariant(f"{name} mixture", "VAE, z from the mixture", kind, name, "mixture"))
            else:
                found.append(ModelVariant(name, title, kind, name))
    return tuple(found)


def _training_cost(way: ModelVariant) -> TrainingCost | None:
    """From the model's own file; the energy by the assumptions of metrics/energy.py, for none was measured."""
    from playground.zoo.image_models import picture_models

    if way.family == "real":
        return None
    card = picture_models()[way.model]
    seconds = float(card.facts["cpu_seconds"])
    energy = assumed(float(card.facts["seconds"]), seconds)
    return TrainingCost(card.parameters, seconds, (energy.low * 1000, energy.high * 1000), int(card.facts["seen"]))


def load_comparison(dataset: str) -> ModelComparison:
    """What the benchmark measured. A way whose weights were changed since has no figures."""
    from playground.zoo.image_models import picture_models

    file, cards = load_measurements(), picture_models()
    columns = []
    for way in model_variants(dataset):
        entry = file.get("ways", {}).get(way.key, {})
        current = way.family == "real" or entry.get("weights_sha256") == cards[way.model].sha256
        figures = {name: interval_from_json(one) for name, one in entry.get("figures", {}).items()} if current else {}
        columns.append(ComparisonColumn(way, figures, _training_cost(way)))
    return ModelComparison(dataset, tuple(columns), str(file.get("protocol", "Nothing was measured yet.")))


@lru_cache(maxsize=1)
def load_measurements() -> dict[str, Any]:
    """assets/measures.json; empty if it is not there. Raises PlaygroundError if it is damaged."""
    try:
        content: dict[str, Any] = json.loads(MEASUREMENTS_FILE.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise PlaygroundError(f"{MEASUREMENTS_FILE.name} is damaged: install the playground anew.") from error
    return content


def interval_from_json(stored: Mapping[str, Any]) -> Interval:
    """An interval as write_interval stored it."""
    low, high = (math.nan if stored[end] is None else float(stored[end]) for end in ("low", "high"))
    return Interval(float(stored["value"]), low, high, str(stored["method"]))


def interval_to_json(one: Interval) -> dict[str, Any]:
    """As JSON; ends of nan become null."""
    ends = {
        end: None if math.isnan(value) else round(value, 5) for end, value in (("low", one.low), ("high", one.high))
    }
    return {"value": round(one.value, 5), **ends, "method": one.method}


def measure_comparison(dataset: str, count: int, seed: int) -> Iterator[ModelComparison]:
    """Judges every way anew; yields as figures come. Close it to stop: what was measured stays with the caller.

    count: pictures each.  Raises PlaygroundError for numbers out of range, or where the features' net cannot be had.
    """
    all_ways = model_variants(dataset)
    known: dict[str, Evaluation] = {}
    for number, way in enumerate(all_ways):
        for now in evaluation.evaluate_model(way.model, count, seed, way.prior):
            known[way.key] = now
            doing = f"{way.title}: {now.doing}" if now.doing else ""
            yield _comparison_so_far(dataset, all_ways, known, doing, (number + now.done) / len(all_ways))
    yield _comparison_so_far(dataset, all_ways, known, "", 1.0)


def _comparison_so_far(
    dataset: str, all_ways: tuple[ModelVariant, ...], known: Mapping[str, Evaluation], doing: str, done: float
) -> ModelComparison:
    nothing: Mapping[str, Interval] = {}
    found = {key: one.figures for key, one in known.items()}
    columns = tuple(ComparisonColumn(way, found.get(way.key, nothing), _training_cost(way)) for way in all_ways)
    one = next(iter(known.values()))
    protocol = (
        f"Measured here and now: {one.count:,} pictures each, seed {one.seed}. Intervals are 95 % and cover which "
        "pictures were drawn. Fréchet distances of other numbers of pictures cannot be compared with these: fewer "
        "pictures, larger distance, also for the real ones."
    )
    return ModelComparison(dataset, columns, protocol, doing, done)


def sample_variants(dataset: str, seed: int = 0) -> Iterator[tuple[ModelVariant, NDArray[np.uint8]]]:
    """For each way a few pictures, (8, H, W, C) uint8, all for the conditions of the same held-out pictures.

    The real ones are those held-out pictures themselves.
    """
    from playground.data import registry
    from playground.zoo.image_models import load_pictures

    data = registry.load(dataset)
    asked = evaluation.held_out_conditions(data, SAMPLE_COUNT, seed_of(seed))
    for way in model_variants(dataset):
        if way.family == "real":
            yield way, data.images[evaluation.held_out_rows(data, SAMPLE_COUNT, seed)]
        else:
            parts = evaluation.generate_batches(load_pictures(way.model), data, asked, seed, way.prior)
            yield way, np.concatenate(list(parts))
