"""Conditions before they go into a net: "any" settled, and values as shares, which can be blended as values cannot.

Settling puts a definite condition in the place of "any", drawn as the data's own labels are spread, for nets that need
one: a picture for "any" is then one for a label that was drawn first, p(x) = sum over c of p(c) p(x | c). Attributes
are drawn one by one, as if they were independent: the avatars' are.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def resolve_any(condition: Tensor, shares: Sequence[Sequence[float]], uniform: Tensor) -> Tensor:
    """The condition with every "any" replaced by a value; what was asked for stays.

    condition: (N, A) int64, where the number of an attribute's values means "any".
    shares: for each attribute how often each of its values comes, in any unit.
    uniform: (N, A) in [0, 1): a number for each place, used or not, so that no choice moves another.
    Returns (N, A) int64.
    """
    columns = []
    for a, weights in enumerate(shares):
        cumulative = torch.tensor(weights, dtype=torch.float64).cumsum(0)
        drawn = torch.searchsorted(cumulative / cumulative[-1], uniform[:, a].double().contiguous(), right=True)
        columns.append(torch.where(condition[:, a] == len(weights), drawn.clamp(max=len(weights) - 1), condition[:, a]))
    return torch.stack(columns, 1) if columns else condition


def one_hot_shares(condition: Tensor, sizes: Sequence[int]) -> Tensor:
    """How much there is of each value, attribute after attribute, each with "any" behind its values: ones and zeros.

    All nets take it in place of the condition, and give the same; of a weighted mean of two, what the tables in the
    net hold is blended by the same weights.
    condition: (N, A) int64.  sizes: how many values each attribute has.  Returns (N, sum of sizes + A) float32.
    """
    parts = [torch.nn.functional.one_hot(condition[:, a], size + 1) for a, size in enumerate(sizes)]
    return torch.cat(parts, 1).float() if parts else condition.float()
