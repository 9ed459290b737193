"""Classification accuracy score: a classifier that learned from generated fashion only, tried on the real test set.

What a model forgets or gets wrong, its pupil cannot know. Beside it: the same classifier, taught on as many real
pictures. Source: Ravuri and Vinyals 2019, arXiv:1905.10887. Resumable, kept by the sha256 of the weights.
PLAYGROUND_BENCH_SCORE_SEEDS sets how many seeds there are (default 3).
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from benchmarks.table import show
from playground.core.paths import models_dir

TAUGHT, STEPS = 20_000, 600
TRIED = 10_000  # real test pictures
#: Diffusion draws freely for this (guidance 1): guided pictures are clearer and less varied.
GUIDANCE, DRAW_STEPS = 1.0, 10


def main() -> None:
    """Prints one row a family, and adds the figure to assets/measures.json."""
    from benchmarks.pictures import write
    from playground.images import model_comparison
    from playground.metrics.seed_intervals import share_over_seeds

    seeds = range(int(os.environ.get("PLAYGROUND_BENCH_SCORE_SEEDS", "3")))
    rows, intervals = [], {}
    for way in model_comparison.model_variants("fashion"):
        scores = [_score(way, seed) for seed in seeds]
        one = share_over_seeds(scores, TRIED)
        rows.append([way.title, f"{100 * one.value:.1f}", ", ".join(f"{100 * score:.1f}" for score in scores)])
        intervals[way.key] = model_comparison.interval_to_json(one)
    write({key: {"figures": {"score": one}} for key, one in intervals.items()}, None)
    show(
        "Classification accuracy score, fashion",
        f"A classifier trained for {STEPS:,} steps on {TAUGHT:,} pictures, as many of each class, and tested on the "
        f"10,000 real test pictures; another draw, order and first weights for each seed. Diffusion by {DRAW_STEPS} "
        "steps, guidance 1.",
        ["taught on", "accuracy, %", "each seed"],
        rows,
    )


def _score(way: Any, seed: int) -> float:
    from playground.zoo.image_models import image_model_cards

    sha256 = "" if way.family == "real" else image_model_cards()[way.model].sha256
    path = models_dir() / "measures" / f"score-{way.key.replace(' ', '-')}-{sha256[:16]}-{STEPS}-{seed}.json"
    if not path.exists():
        pictures, labels = _taught(way, seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_accuracy_after(pictures, labels, seed, way.key)), "utf-8")
    score: float = json.loads(path.read_text("utf-8"))
    return score


def _taught(way: Any, seed: int) -> tuple[Any, Any]:
    """(20,000, 28, 28, 1) uint8 pictures and (20,000,) labels, every class as often as another."""
    import torch

    from playground.data import registry
    from playground.models.pixels import to_pixels
    from playground.training.evaluate import generate
    from playground.zoo.image_models import load_image_model

    data = registry.load("fashion")
    labels = np.arange(TAUGHT) % 10
    if way.family == "real":
        order = np.random.default_rng(seed).permutation(data.train_rows())
        truth = data.attribute_table()[order, 0]
        rows = np.concatenate([order[truth == label][: TAUGHT // 10] for label in range(10)])
        return data.images[rows], data.attribute_table()[rows, 0]
    model, pixels = load_image_model(way.model), []
    for start in range(0, TAUGHT, 200):
        labels_batch = torch.tensor(labels[start : start + 200, None])
        with torch.inference_mode():
            pictures = generate(model, labels_batch, 10**6 * (seed + 1) + start, way.prior, GUIDANCE, DRAW_STEPS)
        pixels.append(to_pixels(pictures).numpy())
        print(f"{way.key}, seed {seed}: {start:,} of {TAUGHT:,} drawn".ljust(70), end="\r", flush=True)
    return np.concatenate(pixels), labels


def _accuracy_after(pictures: Any, labels: Any, seed: int, what: str) -> float:
    """The share of the real test pictures that a classifier names rightly after it learned from these."""
    import torch

    from playground.data import registry
    from playground.data.dataset import Dataset
    from playground.models.pixels import to_signed
    from playground.training import classifier

    real = registry.load("fashion")
    held_out = np.zeros(len(pictures), bool)
    data = Dataset("taught", what, pictures, {"class": labels.astype(np.int64)}, real.values, held_out, what, "MIT")
    config = classifier.ClassifierConfig("taught", steps=STEPS, patch=2, shift=1, flip=True)
    run = classifier.ClassifierTrainState(config, data, seed)
    for step in classifier.train(run):
        print(f"{what}, seed {seed}: step {step.step} of {STEPS}".ljust(70), end="\r", flush=True)
    net, rows = run.average.eval(), real.held_out_rows()
    with torch.inference_mode():
        parts = torch.split(torch.tensor(real.images[rows]), 500)
        predictions = torch.cat([net.predict(to_signed(part)) for part in parts])[:, 0].numpy()
    return float((predictions == real.attribute_table()[rows, 0]).mean())
