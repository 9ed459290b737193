"""resolve_any: "any" is replaced by values sampled with the data's frequencies."""

from __future__ import annotations

import torch

from playground.models.conditions import resolve_any

SHARES = [[1.0] * 8, [0.5, 0.25, 0.25, 0.0]]


def uniform(count: int) -> torch.Tensor:
    return torch.rand(count, 2, generator=torch.Generator().manual_seed(0))


def test_any_is_sampled_with_the_frequencies_of_the_data() -> None:
    drawn = resolve_any(torch.tensor([[8, 4]]).expand(8000, 2), SHARES, uniform(8000))
    for a, weights in enumerate(SHARES):
        frequencies = torch.bincount(drawn[:, a], minlength=len(weights)) / 8000
        assert torch.allclose(frequencies, torch.tensor(weights) / sum(weights), atol=0.02)
    assert not (drawn[:, 1] == 3).any(), "a value that the data lacks is never drawn"


def test_set_values_stay_and_do_not_change_the_others() -> None:
    condition = torch.tensor([[8, 4]]).repeat(400, 1)
    drawn = resolve_any(condition, SHARES, uniform(400))
    mixed = condition.clone()
    mixed[::2, 0] = 3
    again = resolve_any(mixed, SHARES, uniform(400))
    assert (again[::2, 0] == 3).all()
    assert torch.equal(again[1::2], drawn[1::2]) and torch.equal(again[:, 1], drawn[:, 1])


def test_the_extreme_uniform_numbers_give_valid_values() -> None:
    ends = torch.tensor([[0.0, 0.0], [1 - 2**-24, 1 - 2**-24]])
    assert resolve_any(torch.tensor([[8, 4]] * 2), SHARES, ends).tolist() == [[0, 0], [7, 2]]


def test_a_net_without_attributes_keeps_its_empty_condition() -> None:
    empty = torch.zeros(3, 0, dtype=torch.int64)
    assert torch.equal(resolve_any(empty, [], torch.zeros(3, 0)), empty)
