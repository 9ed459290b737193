"""The generator of a DCGAN: noise, and a class if it was trained with classes, to a picture by transposed convolutions.

Parameters have the names of the published files, which load without conversion.
Source: Radford, Metz & Chintala 2016, arXiv:1511.06434, figure 1; classes beside the noise, Mirza & Osindero 2014,
arXiv:1411.1784.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class DCGAN(nn.Module):
    """Noise to pictures of 4 * 2^(number of widths) pixels a side."""

    def __init__(
        self, latent_dim: int, widths: tuple[int, ...], classes: int = 0, dropout: float | None = None
    ) -> None:
        """widths: channels after each layer but the last, which gives RGB.

        classes: 0 for a net without a condition.  dropout: None for a net without that layer; it acts only in training.
        """
        super().__init__()
        self.latent_dim, self.classes = latent_dim, classes
        self.size = 4 * 2 ** len(widths)
        layers: list[nn.Module] = []
        inputs = latent_dim + classes
        for number, width in enumerate(widths):
            stride, padding = (1, 0) if number == 0 else (2, 1)
            layers += [nn.ConvTranspose2d(inputs, width, 4, stride, padding, bias=False)]
            layers += [nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
            if number == 0 and dropout is not None:
                layers.append(nn.Dropout(dropout))
            inputs = width
        layers += [nn.ConvTranspose2d(inputs, 3, 4, 2, 1, bias=False), nn.Tanh()]
        self.main = nn.Sequential(*layers)

    def forward(self, z: Tensor, condition: Tensor | None = None) -> Tensor:
        """Returns pictures, (B, 3, size, size) in [-1, 1].

        z: (B, latent_dim) float, from N(0, I).  condition: (B, 1) int64, 0 to classes - 1; or (B, classes + 1) float,
        the share of each class and 0 for "any", as from conditions.one_hot_shares.
        Raises ValueError if a net without classes gets a condition, or a net with classes gets none.
        """
        if (condition is None) != (self.classes == 0):
            raise ValueError(f"a condition of {self.classes} classes: {condition is not None}")
        if condition is not None:
            if condition.is_floating_point():
                shares = condition[:, : self.classes]
            else:
                shares = nn.functional.one_hot(condition[:, 0], self.classes)
            z = torch.cat([z, shares.to(z.dtype)], dim=1)  # (B, latent_dim + classes)
        pictures: Tensor = self.main(z[:, :, None, None])
        return pictures


def faces() -> DCGAN:
    """The net of the card gan-faces: 100 numbers to 64 x 64 pixels, 3.58 million parameters."""
    return DCGAN(100, (512, 256, 128, 64))


def eyes() -> DCGAN:
    """The net of the card gan-eyes: 100 numbers and one of eight colours to 128 x 128, 12.9 million parameters."""
    return DCGAN(100, (1024, 512, 256, 128, 64), classes=8, dropout=0.2)
