"""Speed of sampling: sample_images, as the page calls it, against a bare loop of the same net's forward passes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.table import show, spread

ROUNDS, COUNT, STEPS = 7, 16, 10


def main() -> None:
    """Prints one table: 16 pictures, sample_images and the bare loop in turns."""
    from playground.images.model_menu import model_names

    rows = []
    for name in model_names():
        sampling, bare = _sampling(name), _bare(name)
        sampling()
        bare()
        times = [(sampling(), bare()) for _ in range(ROUNDS)]
        samplings, bares = zip(*times, strict=True)
        ratio = statistics.median(one / other for one, other in times)
        rows.append([name, spread(samplings, 1), spread(bares, 1), f"{ratio:.2f} ×"])
    show(
        "Drawing 16 pictures",
        f"Milliseconds until the pictures are there, median (least–most) of {ROUNDS} interleaved rounds; a GAN's "
        f"scores come after them. Diffusion: {STEPS} steps of DDIM, without a condition. The bare loop runs the net "
        "as often, on one batch of noise, and does nothing else.",
        ["model", "sample_images, ms", "bare loop, ms", "ratio"],
        rows,
    )


def _timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def _sampling(name: str) -> Callable[[], float]:
    from playground.images.image_request import parse_image_request
    from playground.images.sampling import sample_images

    request = parse_image_request(name, {"count": COUNT, "steps": STEPS})
    return lambda: _timed(lambda: next(batch for batch in sample_images(request) if batch.done))


def _bare(name: str) -> Callable[[], float]:
    """The forward passes alone."""
    import torch

    from playground.images.model_menu import image_model_facts
    from playground.zoo.image_models import load_image_model
    from playground.zoo.pretrained_gans import load_pretrained, pretrained_names

    facts, generator = image_model_facts(name), torch.Generator().manual_seed(0)
    if name in pretrained_names():
        pretrained = load_pretrained(name)
        z = torch.randn(COUNT, pretrained.latent_dim, generator=generator)
        classes = torch.zeros(COUNT, 1, dtype=torch.int64) if pretrained.classes else None
        return lambda: _timed(torch.inference_mode()(lambda: pretrained.net(z, classes)))
    loaded = load_image_model(name)
    net: Any = loaded.net
    condition = torch.tensor(loaded.card.sizes).expand(COUNT, -1)
    if facts.kind == "diffusion":
        x, times = torch.randn(COUNT, facts.channels, facts.side, facts.side, generator=generator), torch.zeros(COUNT)
        return lambda: _timed(torch.inference_mode()(lambda: [net(x, times, condition) for _ in range(STEPS)]))
    z = torch.randn(COUNT, net.latent_dim, generator=generator)
    if facts.kind == "vae":
        return lambda: _timed(torch.inference_mode()(lambda: net.decode(z, condition)))
    none = torch.zeros_like(condition)
    return lambda: _timed(torch.inference_mode()(lambda: net(z, none)))
