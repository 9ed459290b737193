"""Baselines from counting: n-gram models of characters, in bits per character of a held-out text.

Order n conditions on the n − 1 characters before. Each order is interpolated with the next shorter one by Witten–Bell:
p(c | h) = (N(h c) + T(h) · p(c | h′)) / (N(h) + T(h)), where T(h) is the number of different characters that followed
h. Below order 1 all characters of the alphabet are equally likely, and one more for all unseen ones.
Source: Witten and Bell 1991, doi:10.1109/18.87000; in Chen and Goodman 1998, section 2.4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ORDERS = 5


def bits_per_character(train: str, held_out: str, orders: int = ORDERS) -> list[float]:
    """For each order from 1 on, the mean of −log2 p over the held-out characters, learned from train alone.

    The first characters of held_out have the end of train before them. Raises ValueError if either is empty.
    """
    if not train or not held_out:
        raise ValueError("both texts need characters")
    letters = _numbers(train + held_out)
    characters = np.unique(letters[: len(train)])
    alphabet = len(characters) + 1
    at = np.searchsorted(characters, letters)
    seen_before = characters[np.minimum(at, len(characters) - 1)] == letters
    codes = np.where(seen_before, at, len(characters)).astype(np.int64)
    learned = len(train)
    share = np.full(len(held_out), 1.0 / alphabet)
    context = np.zeros(len(codes), np.int64)
    bits = []
    for order in range(1, orders + 1):
        if order > 1:
            context = _context(codes, context, order, alphabet)
        share = _blended(codes, context, alphabet, learned, share)
        bits.append(float(-np.log2(share).mean()))
    return bits


def _numbers(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _context(codes: NDArray[np.int64], shorter: NDArray[np.int64], order: int, alphabet: int) -> NDArray[np.int64]:
    """The number of the order − 1 characters before each place, equal where they are equal.

    The context of order n is that of order n − 1 of the place before, and the character there. shorter: of order − 1.
    """
    longer = np.zeros_like(codes)
    longer[1:] = shorter[:-1] * alphabet + codes[:-1] + 1
    return np.unique(longer, return_inverse=True)[1].astype(np.int64)


def _blended(
    codes: NDArray[np.int64], context: NDArray[np.int64], alphabet: int, learned: int, shorter: NDArray[np.float64]
) -> NDArray[np.float64]:
    """p(c | h) at every held-out place. learned: how many places are train's.  shorter: p(c | h′)."""
    pairs, which = np.unique(context * alphabet + codes, return_inverse=True)
    pair_counts = np.bincount(which[:learned], minlength=len(pairs))
    contexts = int(context.max()) + 1
    totals = np.bincount(context[:learned], minlength=contexts)
    kinds = np.bincount((pairs // alphabet)[pair_counts > 0], minlength=contexts)
    here = context[learned:]
    total, different, count = totals[here], kinds[here], pair_counts[which[learned:]]
    blended: NDArray[np.float64] = (count + different * shorter) / np.maximum(total + different, 1)
    return np.where(total > 0, blended, shorter)
