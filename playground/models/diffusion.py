"""A small conditional U-Net that predicts v from a noisy picture.

v = sqrt(alpha_bar) eps - sqrt(1 - alpha_bar) x0 (Salimans and Ho 2022, arXiv:2202.00512). The net has no schedule: any
scheduler of diffusers with prediction_type="v_prediction" and the betas in the model's JSON can drive it. The caller
does guidance, with one call for the condition and one for "any" (Ho and Salimans 2022, arXiv:2207.12598).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Denoiser(nn.Module):
    """U-Net.

    sizes: how many values each attribute has.  channels: 1 or 3.  side: of the picture, in pixels.
    patch: pixels folded into channels on entry (1: none), a divisor of side.
    widths: channels at each resolution, the finest first.  blocks: residual blocks at each resolution, down and up.
    """

    def __init__(
        self, sizes: Sequence[int], channels: int, side: int, patch: int, widths: Sequence[int], blocks: int = 1
    ) -> None:
        """Random weights; the last layer is zero, which makes v 0 at first."""
        super().__init__()
        self.sizes, self.patch = tuple(sizes), patch
        self.frequencies, self.code_width = 32, 192
        self.condition = DenoiserConditionEmbedding(sizes, self.code_width)
        self.time = nn.Sequential(
            nn.Linear(64, self.code_width), nn.SiLU(), nn.Linear(self.code_width, self.code_width)
        )
        self.inward = nn.Conv2d(channels * patch**2, widths[0], 3, padding=1)
        self.maps = DenoiserConditionMaps(sizes, widths[0], side // patch)
        self.down, self.shrink = nn.ModuleList(), nn.ModuleList()
        self.up, self.grow = nn.ModuleList(), nn.ModuleList()
        for level, width in enumerate(widths):
            self.down.append(nn.ModuleList([_DenoiserBlock(width, width, self.code_width) for _ in range(blocks)]))
            self.up.append(nn.ModuleList([_DenoiserBlock(2 * width, width, self.code_width) for _ in range(blocks)]))
            if level + 1 < len(widths):
                self.shrink.append(nn.Conv2d(width, widths[level + 1], 3, stride=2, padding=1))
                self.grow.append(nn.Conv2d(widths[level + 1], width, 1))
        self.middle = nn.ModuleList(
            [_DenoiserBlock(widths[-1], widths[-1], self.code_width), _DenoiserAttention(widths[-1])]
        )
        self.norm = nn.GroupNorm(8, widths[0])
        self.outward = nn.Conv2d(widths[0], channels * patch**2, 3, padding=1)
        nn.init.zeros_(self.outward.weight)
        nn.init.zeros_(self.outward.bias)  # type: ignore[arg-type]

    def forward(self, noisy: Tensor, timestep: Tensor, condition: Tensor) -> Tensor:
        """Predicts the v of each picture.

        noisy: (B, C, H, W), sqrt(alpha_bar) x0 + sqrt(1 - alpha_bar) eps.  timestep: (B,), 0 to 999, also fractional.
        condition: (B, A) int64, or a blend: see `_embed_condition`.  Returns (B, C, H, W).
        """
        code = F.silu(self.time(self._waves(timestep)) + self.condition(condition))
        h = self.inward(F.pixel_unshuffle(noisy, self.patch)) + self.maps(condition)
        skips: list[list[Tensor]] = []
        for level, blocks in enumerate(self.down):
            h = self.shrink[level - 1](h) if level else h
            skips.append([])
            for block in cast(nn.ModuleList, blocks):
                h = block(h, code)
                skips[-1].append(h)
        h = self.middle[1](self.middle[0](h, code))
        for level in reversed(range(len(self.up))):
            for block, skip in zip(cast(nn.ModuleList, self.up[level]), reversed(skips[level]), strict=True):
                h = block(torch.cat([h, skip], 1), code)
            if level:
                h = F.interpolate(self.grow[level - 1](h), size=skips[level - 1][0].shape[2:], mode="nearest")
        return F.pixel_shuffle(self.outward(F.silu(self.norm(h))), self.patch)

    def _waves(self, timestep: Tensor) -> Tensor:
        """(B,) → (B, 64) sines and cosines of wavelengths from 2 pi to 2 pi 10,000 (Vaswani et al. 2017)."""
        exponents = torch.arange(self.frequencies, device=timestep.device) / self.frequencies
        angles = timestep.float()[:, None] * torch.exp(-math.log(10_000) * exponents)
        return torch.cat([angles.sin(), angles.cos()], 1)


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


class DenoiserConditionEmbedding(nn.Module):
    """(B, A) int64 → (B, width): the sum of the embeddings of each attribute's value; "any" has its own vector."""

    def __init__(self, sizes: Sequence[int], width: int) -> None:
        """sizes: how many values each attribute has."""
        super().__init__()
        self.tables = nn.ModuleList([nn.Embedding(size + 1, width) for size in sizes])

    def forward(self, condition: Tensor) -> Tensor:
        """Raises IndexError for a value beyond "any"."""
        return _embed_condition(self.tables, condition)


class DenoiserConditionMaps(nn.Module):
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


class _DenoiserBlock(nn.Module):
    """Two convolutions; the code scales and shifts between them (FiLM, Perez et al. 2018)."""

    def __init__(self, width_in: int, width: int, code_width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(8, width_in), nn.GroupNorm(8, width)
        self.conv1 = nn.Conv2d(width_in, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.film = nn.Linear(code_width, 2 * width)
        self.skip = nn.Conv2d(width_in, width, 1) if width_in != width else nn.Identity()

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        scale, shift = self.film(code)[:, :, None, None].chunk(2, 1)
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h) * (1 + scale) + shift))
        return torch.add(self.skip(x), h)


class _DenoiserAttention(nn.Module):
    """Self-attention over all positions, with four heads (Vaswani et al. 2017)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(8, width)
        self.inward, self.outward = nn.Conv2d(width, 3 * width, 1), nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        batch, width, height, length = x.shape
        heads = self.inward(self.norm(x)).reshape(batch, 3, 4, width // 4, height * length).transpose(3, 4)
        context = F.scaled_dot_product_attention(heads[:, 0], heads[:, 1], heads[:, 2])  # (B, 4, H W, width / 4)
        residual: Tensor = self.outward(context.transpose(2, 3).reshape(batch, width, height, length))
        return x + residual
