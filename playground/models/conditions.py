"""Settling "any": a definite condition in its place, drawn as the data's own labels are spread.

For nets that need a definite condition: a picture for "any" is then one for a label that was drawn first,
p(x) = sum over c of p(c) p(x | c). Attributes are drawn one by one, as if they were independent: the avatars' are.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def settle(condition: Tensor, shares: Sequence[Sequence[float]], uniform: Tensor) -> Tensor:
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
