"""The random numbers of pictures: a generator for each, from its own seed, so that company changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.images.image_request import ImageRequest

if TYPE_CHECKING:
    import torch


def seeded_generators(request: ImageRequest) -> list[torch.Generator]:
    """One for each picture, from its own seed."""
    import torch

    return [torch.Generator().manual_seed((request.seed + index) % 2**63) for index in range(request.count)]


def normal(sources: list[torch.Generator], *shape: int) -> torch.Tensor:
    """(N, *shape) standard normal, a row from each generator."""
    import torch

    return torch.stack([torch.randn(shape, generator=source) for source in sources])


def uniform(sources: list[torch.Generator], dimensions: int) -> torch.Tensor:
    """(N, dimensions) in [0, 1), a row from each generator."""
    import torch

    return torch.stack([torch.rand(dimensions, generator=source) for source in sources])


def truncated_normal(sources: list[torch.Generator], dimensions: int, limit: float) -> torch.Tensor:
    """(N, dimensions): what lies beyond ± limit is drawn again; 0 is no limit.

    Drawn by the inverse of the normal distribution function, so that every number costs one draw.
    Source: Marchesi 2017, arXiv:1706.00082; Brock et al. 2019, arXiv:1809.11096, section 3.1.
    """
    import torch

    if not limit:
        return normal(sources, dimensions)
    share = torch.special.ndtr(torch.tensor(limit, dtype=torch.float64))
    uniform = torch.stack([torch.rand(dimensions, generator=source, dtype=torch.float64) for source in sources])
    made: torch.Tensor = torch.special.ndtri((1 - share) + uniform * (2 * share - 1)).float()
    return made.clamp(-limit, limit)
