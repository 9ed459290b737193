"""Token log-probabilities of sentences under a causal model; a beginning that sentences share is read once.

Sentences are read after the model's end-of-text token, so their first token is scored too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.language.kv_cache import chunk_ranges

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel

_END_OF_TEXT = "<|endoftext|>"


def start_token(loaded: TextModel) -> int:
    """The token before every sentence: the one that ends a text in training, so each sentence begins a new text.

    "<|endoftext|>" if the vocabulary has it, else the tokenizer's end token, else its beginning token.
    Raises PlaygroundError if it has none of these.
    """
    tokenizer: Any = loaded.tokenizer
    token = tokenizer.get_vocab().get(_END_OF_TEXT, tokenizer.eos_token_id)
    token = tokenizer.bos_token_id if token is None else token
    if token is None:
        raise PlaygroundError(say("bias.scoring.no_end_token", model=loaded.card.title))
    return int(token)


def token_log_probabilities(
    loaded: TextModel, sequences: Sequence[Sequence[int]]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yields (index of the sequence, (T - 1,) natural log-probability of each token but the first, given those before).

    Yields in sorted order, so that neighbours share as long a beginning as possible, which is read once.
    sequences: of two tokens or more. Raises PlaygroundError for one longer than the model's context.
    """
    decoder = loaded.decoder
    longest = max((len(sequence) for sequence in sequences), default=0)
    if longest > decoder.context_length:
        raise PlaygroundError(
            say("bias.scoring.sentence_long", count=longest, model=loaded.card.title, most=decoder.context_length)
        )
    cache = decoder.new_cache(1, max(longest, 2))
    previous: Sequence[int] = ()
    scored = np.zeros(0, np.float32)  # of the tokens in previous, without the first
    last = np.zeros((0, decoder.vocabulary), np.float32)  # the logits that predict the last token of previous
    for index in sorted(range(len(sequences)), key=lambda index: list(sequences[index])):
        sequence = sequences[index]
        end = len(sequence) - 1  # the token after the last is not needed
        if len(previous) == len(sequence) and _common_prefix(previous, sequence) >= end:  # nothing new to read
            previous, scored = sequence, np.concatenate([scored[:-1], log_probabilities_at(last, sequence[-1:])])
            yield index, scored
            continue
        # The last shared token is read again, for its prediction of the next; and no token is read alone, because a
        # decoder may round a single token differently from one among several.
        first = max(0, min(_common_prefix(previous, sequence) - 1, end - 2))
        cache.crop(0, min(first, cache.length(0)))
        parts = [scored[:first]]
        for start, stop in chunk_ranges(end - first):
            logits = decoder.prefill(cache, 0, sequence[first + start : first + stop])
            parts.append(log_probabilities_at(logits, sequence[first + start + 1 : first + stop + 1]))
            last = logits[-1:]
        previous, scored = sequence, np.concatenate(parts)
        yield index, scored


def next_log_probabilities(loaded: TextModel, sequence: Sequence[int]) -> NDArray[np.float32]:
    """(vocabulary,) natural log-probability of each token after the sequence of one token or more.

    Raises PlaygroundError for a sequence that fills the model's context.
    """
    decoder = loaded.decoder
    if len(sequence) >= decoder.context_length:
        raise PlaygroundError(
            say(
                "bias.scoring.blank_late", count=len(sequence), model=loaded.card.title, most=decoder.context_length - 1
            )
        )
    cache = decoder.new_cache(1, len(sequence))
    logits = np.zeros((1, decoder.vocabulary), np.float32)
    for start, stop in chunk_ranges(len(sequence)):
        logits = decoder.prefill(cache, 0, sequence[start:stop])
    row = logits[-1]
    highest = row.max()
    result: NDArray[np.float32] = row - (np.log(np.exp(row - highest).sum()) + highest)
    return result


def _common_prefix(left: Sequence[int], right: Sequence[int]) -> int:
    """Length of the common beginning."""
    for count, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return count
    return min(len(left), len(right))


def log_probabilities_at(logits: NDArray[np.float32], tokens: Sequence[int]) -> NDArray[np.float32]:
    """(N,) log-probability of each token under its row of logits (N, vocabulary)."""
    highest = logits.max(axis=1)
    total = np.log(np.exp(logits - highest[:, None]).sum(axis=1)) + highest
    result: NDArray[np.float32] = logits[np.arange(len(tokens)), list(tokens)] - total
    return result
