"""Conditions for a net: sampled values in place of "any", and one-hot vectors, which unlike indices can be blended.

For nets that need a value, "any" is replaced by one sampled from the data's label frequencies: ancestral sampling from
p(x) = sum over c of p(c) p(x | c). Attributes are sampled independently, as in the avatars.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def resolve_any(condition: Tensor, shares: Sequence[Sequence[float]], uniform: Tensor) -> Tensor:
    """The condition with every "any" replaced by a sampled value.

    condition: (N, A) int64, where the number of an attribute's values means "any".
    shares: for each attribute the frequencies of its values, not normalised.
    uniform: (N, A) in [0, 1), one number for each position, used or not: values do not depend on each other.
    Returns (N, A) int64.
    """
    columns = []
    for a, weights in enumerate(shares):
        cumulative = torch.tensor(weights, dtype=torch.float64).cumsum(0)
        sampled = torch.searchsorted(cumulative / cumulative[-1], uniform[:, a].double().contiguous(), right=True)
        columns.append(
            torch.where(condition[:, a] == len(weights), sampled.clamp(max=len(weights) - 1), condition[:, a])
        )
    return torch.stack(columns, 1) if columns else condition


def one_hot_shares(condition: Tensor, sizes: Sequence[int]) -> Tensor:
    """One-hot vectors of a condition, attribute after attribute, each with "any" after its values.

    All nets accept them in place of the condition, with the same result. Given a weighted mean of two, a net blends
    the embeddings with the same weights.
    condition: (N, A) int64.  sizes: how many values each attribute has.  Returns (N, sum of sizes + A) float32.
    """
    parts = [torch.nn.functional.one_hot(condition[:, a], size + 1) for a, size in enumerate(sizes)]
    return torch.cat(parts, 1).float() if parts else condition.float()
