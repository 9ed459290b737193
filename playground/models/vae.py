"""A conditional variational autoencoder with a proper likelihood over the 256 levels of a pixel, and its priors.

The decoder outputs the mean of a logistic distribution for each pixel; its scale is learned for each position. The
probability of a level is the logistic's mass in its bin; the outer bins reach to infinity, so the 256 sum to 1
(Salimans et al. 2017, arXiv:1701.05517, with one component). Kingma and Welling 2014, arXiv:1312.6114.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_HALF_BIN = 1 / 255  # levels are 2 / 255 apart on [-1, 1]


class VAE(nn.Module):
    """Encoder and decoder.

    sizes: how many values each attribute has.  channels: 1 or 3.  side: of the picture, in pixels, a multiple of 4.
    widths: channels on the half and quarter grid; pixels are folded in on entry, and out at the end.
    """

    def __init__(
        self, sizes: Sequence[int], channels: int, side: int, widths: Sequence[int], latent_dim: int = 32
    ) -> None:
        """Weights initialised by torch."""
        super().__init__()
        self.sizes, self.latent_dim, self.coarse, self.code_width = tuple(sizes), latent_dim, side // 4, 128
        fine, wide = widths
        self.encoder_condition = VaeConditionEmbedding(sizes, self.code_width)
        self.encoder = nn.ModuleList(
            [
                nn.Conv2d(4 * channels, fine, 3, padding=1),
                _VaeBlock(fine, self.code_width),
                nn.Conv2d(fine, wide, 3, stride=2, padding=1),
                _VaeBlock(wide, self.code_width),
            ]
        )
        self.encoder_maps = VaeConditionMaps(sizes, fine, side // 2)
        self.posterior = nn.Linear(wide * self.coarse**2, 2 * latent_dim)
        self.decoder_condition = VaeConditionEmbedding(sizes, self.code_width)
        self.noise = nn.Linear(latent_dim, self.code_width)
        self.start = nn.Linear(latent_dim + self.code_width, wide * self.coarse**2)
        self.decoder = nn.ModuleList([_VaeBlock(wide, self.code_width), _VaeBlock(wide, self.code_width)])
        self.grow = nn.Conv2d(wide, fine, 1)
        self.decoder_maps = VaeConditionMaps(sizes, fine, side // 2)
        self.finest = _VaeBlock(fine, self.code_width)
        self.outward = nn.Conv2d(fine, 4 * channels, 3, padding=1)
        self.log_scale = nn.Parameter(
            torch.full((channels, side, side), -0.2)
        )  # decode multiplies by 10: it learns faster

    def encode(self, pictures: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """The Gaussian of each picture: (B, latent_dim) mean and log variance.

        pictures: (B, C, H, W) in [-1, 1].  condition: (B, A) int64.
        """
        code = self.encoder_condition(condition)
        h = self.encoder[0](F.pixel_unshuffle(pictures, 2)) + self.encoder_maps(condition)
        h = self.encoder[1](h, code)
        h = self.encoder[3](self.encoder[2](h), code)
        mean, log_variance = self.posterior(F.silu(h).flatten(1)).chunk(2, 1)
        return mean, log_variance.clamp(-12, 4)

    def decode(self, z: Tensor, condition: Tensor) -> tuple[Tensor, Tensor]:
        """The logistic of each pixel: mean and log scale, both (B, C, H, W). The mean is the picture to show.

        z: (B, latent_dim).  condition: (B, A) int64, or a blend: see `_embed_condition`.
        """
        label = self.decoder_condition(condition)
        code = self.noise(z) + label
        h = self.start(torch.cat([z, label], 1)).reshape(len(z), -1, self.coarse, self.coarse)
        for block in self.decoder:
            h = block(h, code)
        h = F.interpolate(self.grow(h), scale_factor=2.0, mode="nearest") + self.decoder_maps(condition)
        h = self.finest(h, code)
        mean = F.pixel_shuffle(self.outward(F.silu(h)), 2)
        return mean, (10 * self.log_scale).clamp(-7.0, 2.0).expand_as(mean)

    def forward(self, pictures: Tensor, condition: Tensor, eps: Tensor) -> tuple[Tensor, Tensor]:
        """Both terms of the evidence lower bound in nats a picture: (B,) log-likelihood and (B,) KL to N(0, I).

        eps: (B, latent_dim), standard normal. The bound is the first minus the second.
        """
        mean, log_variance = self.encode(pictures, condition)
        z = mean + eps * (log_variance / 2).exp()
        return log_likelihood(pictures, *self.decode(z, condition)), kl_to_standard_normal(mean, log_variance)


def log_weights(
    net: VAE, pictures: Tensor, condition: Tensor, eps: Tensor, mixture: MixturePrior | None = None
) -> Tensor:
    """(B,) nats: log p(picture, z | condition) - log q(z | picture), z drawn from the encoder by `eps`.

    Its mean over eps is the evidence lower bound under the prior; the log-mean-exp over many eps converges to the
    log-likelihood (importance sampling: Burda et al. 2016, arXiv:1509.00519, eq. 8).
    eps: (B, latent_dim), standard normal.  mixture: the prior of z, given the condition; None for N(0, I).
    """
    mean, log_variance = net.encode(pictures, condition)
    z = mean + eps * (log_variance / 2).exp()
    constant = 0.5 * z.shape[1] * math.log(2 * math.pi)
    log_q = -0.5 * (eps.square() + log_variance).sum(1) - constant
    log_prior = -0.5 * z.square().sum(1) - constant if mixture is None else mixture.log_probability(z, condition)
    return log_likelihood(pictures, *net.decode(z, condition)) + log_prior - log_q


def log_likelihood(pictures: Tensor, mean: Tensor, log_scale: Tensor) -> Tensor:
    """(B,) nats: the log probability of each picture's levels, summed over pixels and channels.

    pictures: (B, C, H, W) in [-1, 1], on the levels 2 k / 255 - 1.  mean, log_scale: (B, C, H, W), of the logistics.
    """
    centred, precision = pictures - mean, (-log_scale).exp()
    upper, lower = precision * (centred + _HALF_BIN), precision * (centred - _HALF_BIN)
    top, bottom = pictures > 1 - _HALF_BIN, pictures < -1 + _HALF_BIN
    # log(sigmoid(upper) - sigmoid(lower)), without subtracting nearly equal numbers:
    # sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - exp(b - a)), and a - b = 2 half bins / scale.
    width = (2 * _HALF_BIN) * precision
    inner = F.logsigmoid(upper) + F.logsigmoid(-lower) + torch.log(-torch.expm1(-width))
    each = torch.where(bottom, F.logsigmoid(upper), torch.where(top, F.logsigmoid(-lower), inner))
    return each.sum((1, 2, 3))


def kl_to_standard_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """(B,) nats: KL(N(mean, exp(log_variance)) || N(0, I)), in closed form. Both are (B, latent_dim)."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1)


def bits_per_dimension(nats: Tensor, dimensions: int) -> Tensor:
    """A log-likelihood or bound in nats a picture → bits a pixel and channel: -nats / (dimensions ln 2)."""
    return -nats / (dimensions * math.log(2))


class MixturePrior(nn.Module):
    """A mixture of Gaussians over z, fitted to the encoder's means of training pictures, with label frequencies.

    Given its component, z and the attributes are independent (naive Bayes), so a condition reweights the components.
    log_weights: (K,).  means: (K, D).  factors: (K, D, D), lower Cholesky factors of the covariances.
    log_values: (K, sum of sizes), log p(value | component) of every attribute in turn.
    """

    log_weights: Tensor
    means: Tensor
    factors: Tensor
    log_values: Tensor

    def __init__(self, sizes: Sequence[int], components: int, latent_dim: int) -> None:
        """Standard normal until weights are loaded."""
        super().__init__()
        self.sizes = tuple(sizes)
        self.register_buffer("log_weights", torch.full((components,), -math.log(components)))
        self.register_buffer("means", torch.zeros(components, latent_dim))
        self.register_buffer("factors", torch.eye(latent_dim).repeat(components, 1, 1))
        uniform = torch.cat([torch.full((components, size), -math.log(size)) for size in sizes], 1)
        self.register_buffer("log_values", uniform)

    def log_weights_given(self, condition: Tensor) -> Tensor:
        """(B, K) log p(component | condition). condition: (B, A) int64; (B, 0) for none."""
        total = self.log_weights.expand(len(condition), -1)
        for a, table in enumerate(torch.split(self.log_values, list(self.sizes), dim=1)[: condition.shape[1]]):
            with_any = torch.cat([table, torch.zeros_like(table[:, :1])], 1)  # (K, n + 1): "any" adds 0
            total = total + with_any.t()[condition[:, a]]
        return total.log_softmax(1)

    def log_probability(self, z: Tensor, condition: Tensor) -> Tensor:
        """(B,) nats: log p(z | condition). z: (B, D)."""
        return (self.log_components(z) + self.log_weights_given(condition)).logsumexp(1)

    def log_components(self, z: Tensor) -> Tensor:
        """(B, K) nats: log density of z under each component."""
        offsets = (z[:, None] - self.means).permute(1, 2, 0)  # (K, D, B)
        whitened = torch.linalg.solve_triangular(self.factors, offsets, upper=False)
        log_volume = self.factors.diagonal(dim1=1, dim2=2).log().sum(1)
        dimensions = z.shape[1]
        squares: Tensor = whitened.square().sum(1).t()
        return -0.5 * squares - log_volume - 0.5 * dimensions * math.log(2 * math.pi)

    def sample(self, condition: Tensor, eps: Tensor, uniform: Tensor, temperature: float = 1.0) -> Tensor:
        """(B, D) samples of z under the condition, from the caller's random numbers.

        eps: (B, D), standard normal.  uniform: (B,) in [0, 1), picks the component.  temperature: scales eps.
        """
        cumulative = self.log_weights_given(condition).exp().cumsum(1)
        component = (uniform[:, None] >= cumulative).sum(1).clamp(max=len(self.means) - 1)
        return self.means[component] + temperature * (self.factors[component] @ eps[:, :, None])[:, :, 0]


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


class VaeConditionEmbedding(nn.Module):
    """(B, A) int64 → (B, width): the sum of the embeddings of each attribute's value; "any" has its own vector."""

    def __init__(self, sizes: Sequence[int], width: int) -> None:
        """sizes: how many values each attribute has."""
        super().__init__()
        self.tables = nn.ModuleList([nn.Embedding(size + 1, width) for size in sizes])

    def forward(self, condition: Tensor) -> Tensor:
        """Raises IndexError for a value beyond "any"."""
        return _embed_condition(self.tables, condition)


class VaeConditionMaps(nn.Module):
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


class _VaeBlock(nn.Module):
    """Two convolutions; the code scales and shifts between them (FiLM, Perez et al. 2018)."""

    def __init__(self, width: int, code_width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(8, width), nn.GroupNorm(8, width)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.film = nn.Linear(code_width, 2 * width)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        scale, shift = self.film(code)[:, :, None, None].chunk(2, 1)
        h = self.conv1(F.silu(self.norm1(x)))
        return torch.add(x, self.conv2(F.silu(self.norm2(h) * (1 + scale) + shift)))
