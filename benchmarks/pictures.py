"""How good the shipped picture models are: every measure, three seeds, written to assets/measures.json and printed.

Resumable: each model and seed is kept in the models' folder by the sha256 of its weights, and not measured twice.
PLAYGROUND_BENCH_PICTURES sets how many pictures a seed draws (default 1,000).
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import machine, show
from playground.core import hardware
from playground.core.paths import models_dir
from playground.metrics.intervals import Interval
from playground.metrics.seed_intervals import mean_over_seeds, share_over_seeds

SEEDS = (0, 1, 2)


def main() -> None:
    """Measures what is not measured yet, writes the file, prints a table for each data set."""
    from playground.images import model_comparison
    from playground.images.model_comparison import ModelVariant

    count = int(os.environ.get("PLAYGROUND_BENCH_PICTURES", "1000"))
    results: dict[str, Any] = {}
    every: dict[str, tuple[ModelVariant, ...]] = {
        dataset: model_comparison.model_variants(dataset) for dataset in ("avatars", "fashion")
    }
    for way in (way for ways in every.values() for way in ways):
        results[way.key] = {
            "weights_sha256": _sha256(way),
            "figures": _over_seeds([_seed(way, count, s) for s in SEEDS], count),
        }
    write(results, count)
    for dataset, ways in every.items():
        _print(dataset, ways, {way.key: results[way.key]["figures"] for way in ways}, count)


def _sha256(way: Any) -> str:
    from playground.zoo.image_models import image_model_cards

    return "" if way.family == "real" else image_model_cards()[way.model].sha256


def _seed(way: Any, count: int, seed: int) -> dict[str, tuple[float, float | None]]:
    """Figure -> (value, standard error over its pictures or None) of one seed, from the disk or measured."""
    from playground.images.evaluation import evaluate_model

    path = models_dir() / "measures" / f"{way.key.replace(' ', '-')}-{_sha256(way)[:16]}-{count}-{seed}-errors.json"
    if not path.exists():
        last = None
        for last in evaluate_model(way.model, count, seed, way.prior):
            state = f"{way.key}, seed {seed}: {last.activity or 'done'} {last.progress:.0%}"
            print(state.ljust(70), end="\r", flush=True)
        assert last is not None
        figures = {
            **last.metrics,
            **{f"match: {name}": one for name, one in last.attribute_matches.items()},
            **{f"marginal: {name}": one for name, one in last.attribute_marginals.items()},
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        errors = {
            name: [one.value, None if math.isnan(one.low) else one.standard_error] for name, one in figures.items()
        }
        path.write_text(json.dumps(errors), "utf-8")
    return {name: (value, error) for name, (value, error) in json.loads(path.read_text("utf-8")).items()}


def _over_seeds(runs: Sequence[Mapping[str, tuple[float, float | None]]], count: int) -> dict[str, Any]:
    """Each figure's mean with its interval over pictures and seeds, as JSON values."""
    from playground.images.model_comparison import interval_to_json

    return {
        name: interval_to_json(_interval(name, [run[name][0] for run in runs], [run[name][1] for run in runs], count))
        for name in runs[0]
    }


def _interval(name: str, values: Sequence[float], errors: Sequence[float | None], count: int) -> Interval:
    from playground.images.metric_table import METRICS

    if name == "milliseconds":  # another load of the machine is no other draw
        return Interval(sum(values) / len(values), math.nan, math.nan, "timed beside other work")
    own = [error for error in errors if error is not None]
    if name == "marginals" or name.startswith("marginal:"):
        return mean_over_seeds(values, own, 0, 1)
    if name.startswith("match:") or METRICS[name].percent:
        return share_over_seeds(values, count)
    return mean_over_seeds(values, own, 0 if name in ("fd", "density", "bits", "psnr") else -math.inf)


def write(results: Mapping[str, Any], count: int | None) -> None:
    """assets/measures.json; what another benchmark put there stays. count: None where the protocol stays as it is."""
    from playground.images.evaluation import EVALUATION_GUIDANCE, EVALUATION_STEPS
    from playground.images.model_comparison import MEASUREMENTS_FILE, load_measurements

    old = load_measurements()
    merged = dict(old.get("ways", {}))
    for key, entry in results.items():
        before = merged.get(key, {})
        merged[key] = {**before, **entry, "figures": {**before.get("figures", {}), **entry["figures"]}}
    if count is None:
        _replace(MEASUREMENTS_FILE, {**old, "ways": merged})
        return
    protocol = (
        f"{count:,} pictures for each of {len(SEEDS)} seeds of the draws (the weights are of one training), for the "
        f"conditions of held-out pictures; diffusion by {EVALUATION_STEPS} steps of DPM-Solver++ with guidance "
        f"{EVALUATION_GUIDANCE:g}. Mean over the seeds with a 95 % interval over pictures and seeds. Three seeds are "
        "too few to show how the draws vary. FD and KD against 2,000 "
        "held-out pictures on EfficientNet-Lite0 features, so they are no FID. "
        "Real pictures are training pictures: what a perfect model would score. "
        f"Machine: {machine().split(';')[0]}, {hardware.cores()} cores."
    )
    _replace(MEASUREMENTS_FILE, {**old, "protocol": protocol, "count": count, "seeds": list(SEEDS), "ways": merged})


def _replace(path: Path, content: Mapping[str, Any]) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    unfinished.replace(path)


def _print(dataset: str, ways: Sequence[Any], figures: Mapping[str, Mapping[str, Any]], count: int) -> None:
    from playground.images.metric_table import METRICS
    from playground.images.model_comparison import interval_from_json

    rows = []
    for name, what in METRICS.items():
        factor = 100 if what.percent else 1
        cells = []
        for way in ways:
            one = interval_from_json(figures[way.key][name]) if name in figures[way.key] else None
            cells.append("–" if one is None else _cell(one, factor, what.digits))
        unit = ", %" if what.percent else ""
        rows.append([f"{what.title}{unit}{f' ({what.better} is better)' if what.better else ''}", *cells])
    title = f"Pictures: {dataset}"
    seeds = ", ".join(map(str, SEEDS))
    protocol = f"{count:,} pictures a seed, seeds {seeds} of the draws; mean (95 % interval over pictures and seeds)."
    show(title, protocol, ["measure", *[way.title for way in ways]], rows)


def _cell(one: Interval, factor: int, digits: int) -> str:
    value, *ends = (f"{factor * number:.{digits}f}" for number in (one.value, one.low, one.high))
    return value if math.isnan(one.low) else f"{value} ({'–'.join(ends)})"
