"""Random numbers of pictures: each has its own seeded generator, and does not depend on its batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.images.image_request import ImageRequest

if TYPE_CHECKING:
    import torch


def seeded_generators(request: ImageRequest) -> list[torch.Generator]:
    """One generator for each picture of a request: seed, seed + 1, … (modulo 2**63)."""
    import torch

    return [torch.Generator().manual_seed((request.seed + index) % 2**63) for index in range(request.count)]


def normal(generators: list[torch.Generator], *shape: int) -> torch.Tensor:
    """(N, *shape) float32, standard normal: row i from generator i."""
    import torch

    return torch.stack([torch.randn(shape, generator=generator) for generator in generators])


def uniform(generators: list[torch.Generator], dimensions: int) -> torch.Tensor:
    """(N, dimensions) float32 in [0, 1): row i from generator i."""
    import torch

    return torch.stack([torch.rand(dimensions, generator=generator) for generator in generators])


def truncated_normal(generators: list[torch.Generator], dimensions: int, limit: float) -> torch.Tensor:
    """(N, dimensions) float32, standard normal truncated to ± limit; 0 means no truncation.

    By the inverse of the normal distribution function: one draw for each number.
    Source: Marchesi 2017, arXiv:1706.00082; Brock et al. 2019, arXiv:1809.11096, section 3.1.
    """
    import torch

    if not limit:
        return normal(generators, dimensions)
    share = torch.special.ndtr(torch.tensor(limit, dtype=torch.float64))
    fractions = torch.stack(
        [torch.rand(dimensions, generator=generator, dtype=torch.float64) for generator in generators]
    )
    z: torch.Tensor = torch.special.ndtri((1 - share) + fractions * (2 * share - 1)).float()
    return z.clamp(-limit, limit)
