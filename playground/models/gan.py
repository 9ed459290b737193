"""A conditional generator and its discriminator, for pictures of 16 × 16 or 28 × 28.

The generator grows a 4 × 4 or 7 × 7 grid by resize-convolutions (Odena et al. 2016); the code of noise and condition
scales and shifts every block (FiLM), and each value adds its own map to the half grid. The discriminator compares its
features with an embedding of the condition (projection, Miyato and Koyama 2018, arXiv:1802.05637) and also classifies
the attributes (Odena et al. 2017, arXiv:1610.09585). Neither has batch statistics: a picture depends only on its own z
and condition. Only the projection sees the condition, because the classification of attributes must not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Generator(nn.Module):
    """Noise and condition → picture.

    sizes: how many values each attribute has.  channels: 1 or 3.  side: of the picture, in pixels, a multiple of 4.
    widths: channels on the quarter, half and full grid. The last may be 0: then the half grid's pixels are folded out.
    """

    def __init__(
        self, sizes: Sequence[int], channels: int, side: int, widths: Sequence[int], latent_dim: int = 64
    ) -> None:
        """Weights initialised by torch."""
        super().__init__()
        self.sizes, self.latent_dim = tuple(sizes), latent_dim
        self.coarse, self.widths, code_width = side // 4, tuple(widths), 256
        self.condition = GanConditionEmbedding(sizes, code_width)
        self.noise = nn.Linear(latent_dim, code_width)
        self.code = nn.Sequential(nn.Linear(code_width, code_width), nn.SiLU(), nn.Linear(code_width, code_width))
        self.start = nn.Linear(code_width, widths[0] * self.coarse**2)
        nonzero = [width for width in widths if width]
        self.blocks = nn.ModuleList([_GeneratorBlock(width, code_width) for width in nonzero])
        self.grow = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in zip(nonzero, nonzero[1:], strict=False))
        self.maps = GanConditionMaps(sizes, nonzero[1], 2 * self.coarse)
        self.fold = 2 ** (3 - len(nonzero))
        self.norm = nn.GroupNorm(8, nonzero[-1])
        self.outward = nn.Conv2d(nonzero[-1], channels * self.fold**2, 3, padding=1)

    def forward(self, z: Tensor, condition: Tensor) -> Tensor:
        """z: (B, latent_dim), standard normal.  condition: (B, A) int64, or a blend: see `_embed_condition`.

        Returns (B, C, H, W) in (-1, 1).
        """
        code = self.code(F.silu(self.noise(z) + self.condition(condition)))
        h = self.start(F.silu(code)).reshape(len(z), self.widths[0], self.coarse, self.coarse)
        for level, block in enumerate(self.blocks):
            if level:
                h = F.interpolate(self.grow[level - 1](h), scale_factor=2.0, mode="nearest")
                h = h + self.maps(condition) if level == 1 else h
            h = block(h, code)
        return torch.tanh(F.pixel_shuffle(self.outward(F.silu(self.norm(h))), self.fold))


class Discriminator(nn.Module):
    """Picture and condition → a realism score, higher for more real, and logits of the attributes.

    widths: channels on the full, half and quarter grid. The first may be 0: then pixels are folded in on entry.
    """

    def __init__(self, sizes: Sequence[int], channels: int, side: int, widths: Sequence[int]) -> None:
        """Weights initialised by torch."""
        super().__init__()
        self.sizes = tuple(sizes)
        nonzero = [width for width in widths if width]
        self.fold = 2 ** (3 - len(nonzero))
        self.inward = nn.Conv2d(channels * self.fold**2, nonzero[0], 3, padding=1)
        self.blocks = nn.ModuleList([_DiscriminatorBlock(width) for width in nonzero])
        self.shrink = nn.ModuleList(
            nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in zip(nonzero, nonzero[1:], strict=False)
        )
        self.features = nn.Linear(nonzero[-1] * (side // 4) ** 2, 256)
        self.score = nn.Linear(256, 1)
        self.condition = GanConditionEmbedding(sizes, 256)
        self.attributes = nn.Linear(256, sum(sizes))

    def forward(self, pictures: Tensor, condition: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """pictures: (B, C, H, W) in [-1, 1].  condition: (B, A) int64.

        Returns (B,) scores, without bound, and for each attribute (B, its number of values) logits.
        """
        h = self.inward(F.pixel_unshuffle(pictures, self.fold))
        for level, block in enumerate(self.blocks):
            h = self.shrink[level - 1](h) if level else h
            h = block(h)
        features = F.leaky_relu(self.features(F.leaky_relu(h, 0.2).flatten(1)), 0.2)  # (B, 256)
        matched = (features * self.condition(condition)).sum(1) / 16  # 16 = sqrt(256): both terms have the same scale
        return self.score(features)[:, 0] + matched, self.attributes(features).split(self.sizes, dim=1)


def _embed_condition(tables: nn.ModuleList, condition: Tensor) -> Tensor:
    """(B, width): the embeddings of the attributes' values, summed; for a blend, their weighted means.

    condition: (B, A) int64, or (B, all values and each "any") float, from conditions.one_hot_shares; (B, 0)
    for a net without conditions: each attribute then has a single value.
    """
    weights = [cast(Tensor, table.weight) for table in tables]
    if not condition.shape[1]:
        condition = torch.zeros(len(condition), len(weights), dtype=torch.int64, device=condition.device)
    if condition.is_floating_point():
        shares = torch.split(condition, [len(weight) for weight in weights], 1)
        return torch.stack([share @ weight for share, weight in zip(shares, weights, strict=True)]).sum(0)
    return torch.stack([table(condition[:, a]) for a, table in enumerate(tables)]).sum(0)


class GanConditionEmbedding(nn.Module):
    """(B, A) int64 → (B, width): the scaled sum of the values' embeddings; "any" has its own."""

    def __init__(self, sizes: Sequence[int], width: int) -> None:
        """sizes: how many values each attribute has."""
        super().__init__()
        self.tables = nn.ModuleList([nn.Embedding(size + 1, width) for size in sizes])

    def forward(self, condition: Tensor) -> Tensor:
        """Raises IndexError for a value beyond "any"."""
        return _embed_condition(self.tables, condition) / math.sqrt(len(self.tables))


class GanConditionMaps(nn.Module):
    """(B, A) int64 → (B, width, side, side): the sum of a learned map for each value, and of a shared one.

    On aligned pictures, a small net learns from maps quickly what convolutions learn slowly. Initialised with zeros.
    """

    def __init__(self, sizes: Sequence[int], width: int, side: int) -> None:
        """sizes: how many values each attribute has.  side: of the grid that the maps are added to."""
        super().__init__()
        self.shape = (width, side, side)
        self.tables = nn.ModuleList([nn.Embedding(size + 1, width * side**2) for size in sizes])
        for table in self.tables:
            nn.init.zeros_(table.weight)  # type: ignore[arg-type]
        self.shared = nn.Parameter(torch.zeros(width * side**2))

    def forward(self, condition: Tensor) -> Tensor:
        """Raises IndexError for a value beyond "any"."""
        total = _embed_condition(self.tables, condition) + self.shared
        return 4 * total.reshape(-1, *self.shape)  # 4: each value is rare, so its map may learn faster


class _GeneratorBlock(nn.Module):
    def __init__(self, width: int, code_width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(8, width), nn.GroupNorm(8, width)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.film = nn.Linear(code_width, 4 * width)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        scale1, shift1, scale2, shift2 = self.film(F.silu(code))[:, :, None, None].chunk(4, 1)
        h = self.conv1(F.silu(self.norm1(x) * (1 + scale1) + shift1))
        h = self.conv2(F.silu(self.norm2(h) * (1 + scale2) + shift2))
        return torch.add(x, h)


class _DiscriminatorBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv2(F.leaky_relu(self.conv1(F.leaky_relu(x, 0.2)), 0.2))
        return torch.add(x, h) / 2**0.5
