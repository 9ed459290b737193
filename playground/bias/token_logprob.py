"""How probable a causal model finds sentences: the log-probability of every token, sentences with one beginning

read once. Sentences are read after the model's end-of-text token, so that their first token is scored too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.core.errors import PlaygroundError
from playground.language.kv_cache import chunk_ranges

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel

_END_OF_TEXT = "<|endoftext|>"


def start_token(loaded: TextModel) -> int:
    """The token before every sentence: the one that ends a text in training, so that a sentence begins a new one.

    "<|endoftext|>" where the vocabulary has it, otherwise what the tokenizer calls the end, or the beginning.
    Raises PlaygroundError if it has none of them.
    """
    tokenizer: Any = loaded.tokenizer
    found = tokenizer.get_vocab().get(_END_OF_TEXT, tokenizer.eos_token_id)
    found = tokenizer.bos_token_id if found is None else found
    if found is None:
        raise PlaygroundError(f"{loaded.card.title} has no token that ends a text, so sentences cannot be scored.")
    return int(found)


def token_log_probabilities(
    loaded: TextModel, sequences: Sequence[Sequence[int]]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yields (index of the sequence, (T - 1,) natural log-probability of each token but the first given all before).

    Sequences come in an order in which neighbours share as much of their beginning as they can: that is read once.
    A sequence has two tokens or more. Raises PlaygroundError for one past the model's context.
    """
    decoder = loaded.decoder
    longest = max((len(sequence) for sequence in sequences), default=0)
    if longest > decoder.context_length:
        raise PlaygroundError(
            f"A sentence has {longest:,} tokens; {loaded.card.title} reads at most {decoder.context_length:,}: "
            "shorten it."
        )
    cache = decoder.new_cache(1, max(longest, 2))
    held: Sequence[int] = ()
    scored = np.zeros(0, np.float32)  # of the tokens in held, but for the first
    last = np.zeros((0, decoder.vocabulary), np.float32)  # the logits that the last token of held was chosen by
    for index in sorted(range(len(sequences)), key=lambda index: list(sequences[index])):
        sequence = sequences[index]
        end = len(sequence) - 1  # what follows the last token is not asked
        if len(held) == len(sequence) and _shared(held, sequence) >= end:  # nothing new to be read
            held, scored = sequence, np.concatenate([scored[:-1], log_probabilities_at(last, sequence[-1:])])
            yield index, scored
            continue
        # The last token that both share is read again, for what it says of the next; and a decoder may round a single
        # token differently from one among several, so that none is read alone.
        first = max(0, min(_shared(held, sequence) - 1, end - 2))
        cache.crop(0, min(first, cache.length(0)))
        parts = [scored[:first]]
        for start, stop in chunk_ranges(end - first):
            logits = decoder.prefill(cache, 0, sequence[first + start : first + stop])
            parts.append(log_probabilities_at(logits, sequence[first + start + 1 : first + stop + 1]))
            last = logits[-1:]
        held, scored = sequence, np.concatenate(parts)
        yield index, scored


def next_log_probabilities(loaded: TextModel, sequence: Sequence[int]) -> NDArray[np.float32]:
    """(vocabulary,) natural log-probability of each token after the sequence, which has one token or more.

    Raises PlaygroundError for one that leaves no room in the model's context.
    """
    decoder = loaded.decoder
    if len(sequence) >= decoder.context_length:
        raise PlaygroundError(
            f"A sentence has {len(sequence):,} tokens; {loaded.card.title} reads at most "
            f"{decoder.context_length - 1:,} before a blank: shorten it."
        )
    cache = decoder.new_cache(1, len(sequence))
    logits = np.zeros((1, decoder.vocabulary), np.float32)
    for start, stop in chunk_ranges(len(sequence)):
        logits = decoder.prefill(cache, 0, sequence[start:stop])
    row = logits[-1]
    highest = row.max()
    result: NDArray[np.float32] = row - (np.log(np.exp(row - highest).sum()) + highest)
    return result


def _shared(left: Sequence[int], right: Sequence[int]) -> int:
    """How many tokens both begin with."""
    for count, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return count
    return min(len(left), len(right))


def log_probabilities_at(logits: NDArray[np.float32], tokens: Sequence[int]) -> NDArray[np.float32]:
    """(N,) log-probability of each token by its row of (N, vocabulary) logits."""
    highest = logits.max(axis=1)
    total = np.log(np.exp(logits - highest[:, None]).sum(axis=1)) + highest
    result: NDArray[np.float32] = logits[np.arange(len(tokens)), list(tokens)] - total
    return result
