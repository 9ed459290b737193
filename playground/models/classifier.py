"""A small convolutional classifier with one answer for each attribute of a picture.

It is trained on real pictures only, and checks whether generated ones match their conditions.
Source: residual blocks, He et al. 2016, arXiv:1603.05027; group normalisation, Wu and He 2018, arXiv:1803.08494.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Classifier(nn.Module):
    """Picture → logits of every value of every attribute.

    sizes: how many values each attribute has.  channels: 1 or 3.  side: of the picture, in pixels.
    patch: pixels folded into channels on entry (1: none), a divisor of side.
    width: of the first stage; the second and third have twice and three times as many.
    """

    def __init__(self, sizes: Sequence[int], channels: int, side: int, width: int = 32, patch: int = 1) -> None:
        """Weights initialised by torch."""
        super().__init__()
        self.sizes, self.patch = tuple(sizes), patch
        self.inward = nn.Conv2d(channels * patch**2, width, 3, padding=1)
        self.stages = nn.Sequential(
            _ClassifierBlock(width),
            nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),
            _ClassifierBlock(2 * width),
            nn.Conv2d(2 * width, 3 * width, 3, stride=2, padding=1),
            _ClassifierBlock(3 * width),
            nn.GroupNorm(8, 3 * width),
            nn.SiLU(),
        )
        last = -(-side // patch // 4)  # rounded up, as strided convolutions do
        self.hidden = nn.Linear(3 * width * last**2, 256)
        self.outward = nn.Linear(256, sum(sizes))

    def features(self, pictures: Tensor) -> Tensor:
        """(B, C, H, W) in [-1, 1] → (B, 256), the input of the last layer."""
        return F.silu(self.hidden(self.stages(self.inward(F.pixel_unshuffle(pictures, self.patch))).flatten(1)))

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        """(B, C, H, W) in [-1, 1] → for each attribute, (B, its number of values) logits."""
        return torch.split(self.outward(self.features(pictures)), list(self.sizes), dim=1)

    def predict(self, pictures: Tensor) -> Tensor:
        """(B, C, H, W) in [-1, 1] → (B, A) int64, the likeliest value of each attribute."""
        return torch.stack([logits.argmax(1) for logits in self(pictures)], dim=1)


class _ClassifierBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList([nn.GroupNorm(8, width) for _ in range(2)])
        self.convolutions = nn.ModuleList([nn.Conv2d(width, width, 3, padding=1) for _ in range(2)])

    def forward(self, x: Tensor) -> Tensor:
        h = x
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            h = convolution(F.silu(norm(h)))
        return x + h
