"""Batches of sentences: their greedy translations, and the probability of given beginnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.language.translation import check_translated, encode_source, join_pieces, max_pieces

if TYPE_CHECKING:
    from playground.models.marian import EncodedSource
    from playground.zoo.translators import Translator


@dataclass(frozen=True, eq=False)
class EncodedSentences:
    """The encoder's output for `count` sentences. longest: pieces of the longest, end included."""

    source: EncodedSource
    count: int
    longest: int


def encode_sentences(net: Translator, sentences: Sequence[str]) -> EncodedSentences:
    """Encodes all sentences in one pass. Raises PlaygroundError for a sentence of too many pieces."""
    import torch

    rows = [encode_source(net, sentence) for sentence in sentences]
    longest = max(map(len, rows))
    ids = torch.tensor([[*row, *[net.end] * (longest - len(row))] for row in rows], device=net.device)
    padding = torch.tensor([[False] * len(row) + [True] * (longest - len(row)) for row in rows], device=net.device)
    with torch.inference_mode():
        return EncodedSentences(net.net.encode(ids, padding), len(sentences), longest)


def prefix_logprobs(net: Translator, read: EncodedSentences, pairs: Sequence[tuple[int, str]]) -> NDArray[np.float64]:
    """(N,) float64 log-probabilities (nats) that a sentence's translation begins with a text.

    pairs: N of (index of the sentence, beginning). Only the tokenization of the beginning as a sentence counts, not
    others of the same letters.
    """
    return forced_logprobs(net, read, [(number, net.tokenizer.encode(beginning).ids) for number, beginning in pairs])


def forced_logprobs(
    net: Translator, read: EncodedSentences, pairs: Sequence[tuple[int, Sequence[int]]]
) -> NDArray[np.float64]:
    """(N,) float64 log-probabilities (nats) of given first pieces. pairs: N of (index of the sentence, pieces)."""
    import torch

    from playground.models.marian import NOTHING

    longest = max(len(ids) for _, ids in pairs)
    filled = [[NOTHING, *ids, *[net.end] * (longest - len(ids))] for _, ids in pairs]
    with torch.inference_mode():
        source = read.source.rows(torch.tensor([number for number, _ in pairs], device=net.device))
        before = torch.tensor(filled, device=net.device)
        logits, *_ = net.net.decode(source, net.net.begin(source), before[:, :-1])
        check_translated(logits)
        chosen = logits.log_softmax(-1).gather(2, before[:, 1:, None])[:, :, 0].double().cpu().numpy()
    return np.array([row[: len(ids)].sum() for row, (_, ids) in zip(chosen, pairs, strict=True)])


def translate_batch(net: Translator, read: EncodedSentences) -> list[str]:
    """The greedy translation of each sentence."""
    import torch

    from playground.models.marian import NOTHING

    with torch.inference_mode():
        memory = net.net.begin(read.source)
        last = torch.full((read.count, 1), NOTHING, device=net.device)
        written, ended = [], torch.zeros(read.count, 1, dtype=torch.bool, device=net.device)
        for _ in range(max_pieces(read.longest)):
            logits, _, memory = net.net.decode(read.source, memory, last)
            check_translated(logits)
            last = logits.argmax(-1).masked_fill(ended, net.end)
            written.append(last)
            ended |= last == net.end
            if bool(ended.all()):
                break
    return [join_pieces(net, row) for row in torch.cat(written, 1).tolist()]
