"""Conversion between bytes for display, (N, H, W, C) uint8, and the nets' (N, C, H, W) float32 in [-1, 1]."""

from __future__ import annotations

import torch
from torch import Tensor


def to_signed(pixels: Tensor) -> Tensor:
    """(N, H, W, C) uint8 → (N, C, H, W) float32: level k becomes 2 k / 255 - 1."""
    return pixels.permute(0, 3, 1, 2).float().mul(2 / 255).sub(1)


def to_pixels(pictures: Tensor) -> Tensor:
    """(N, C, H, W) in [-1, 1] → (N, H, W, C) uint8, the nearest levels; values outside are clamped."""
    return pictures.float().add(1).mul(255 / 2).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous()
