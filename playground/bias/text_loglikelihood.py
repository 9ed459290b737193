"""Reads many short texts by a causal model, hundreds of tokens side by side, and keeps what it read.

Of each text two numbers are kept: the log-probability of all its tokens, and of those that it shares with the texts it
is compared with. Every rule is made of them, so that one reading serves all. What was read stays when one stops.
"""

from __future__ import annotations

import difflib
import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.bias.token_logprob import log_probabilities_at, start_token
from playground.core.errors import PlaygroundError
from playground.core.paths import models_dir
from playground.data import bias_benchmarks, npz_cache

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel

Scores = NDArray[np.float64]
#: Tokens read side by side: their logits take 100 MB of the default model's vocabulary.
TOKENS_AT_ONCE = 512
#: Rows of the benchmark within which texts of like length are brought together.
_WINDOW = 256
_SECONDS_BETWEEN_SAVES = 5.0
#: Changes when the numbers would.
_VERSION = 1


@dataclass(frozen=True)
class TokenizedText:
    """ids: the start token, the prompt, the text.  first: where the text begins.  part: positions of shared tokens."""

    ids: tuple[int, ...]
    first: int
    part: tuple[int, ...]

    @property
    def count(self) -> int:
        """Tokens that are scored."""
        return len(self.ids) - self.first


def tokenize_rows(loaded: TextModel, rows: Sequence[bias_benchmarks.BenchmarkRow]) -> list[TokenizedText]:
    """The texts of all rows, one row after the other."""
    start = start_token(loaded)
    flat = [part for row in rows for part in (row.prompt, *row.texts)]
    read = iter(loaded.tokenizer(flat, add_special_tokens=False)["input_ids"]) if flat else iter(())
    found = []
    for row in rows:
        before = [start, *next(read)]
        bodies = [[int(token) for token in next(read)] for _ in row.texts]
        for body, part in zip(bodies, shared_positions(bodies), strict=True):
            found.append(TokenizedText((*before, *body), len(before), tuple(len(before) + place for place in part)))
    return found


def shared_positions(bodies: Sequence[Sequence[int]]) -> list[list[int]]:
    """For each text the places of the tokens that all of them have, without their common beginning.

    Aligned by difflib with the first text, as CrowS-Pairs aligns its pairs for masked models. The common beginning has
    the same probability in all, and is left out so that it cancels exactly.
    """
    begin = 0
    while all(begin < len(body) and body[begin] == bodies[0][begin] for body in bodies):
        begin += 1
    matches = [_matches(bodies[0], body) for body in bodies[1:]]
    common = [place for place in range(begin, len(bodies[0])) if all(place in match for match in matches)]
    return [common, *([match[place] for place in common] for match in matches)]


def _matches(left: Sequence[int], right: Sequence[int]) -> dict[int, int]:
    blocks = difflib.SequenceMatcher(None, list(left), list(right), autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


def score_texts(
    loaded: TextModel, asked: bias_benchmarks.BiasBenchmark, texts: Sequence[TokenizedText], rows: Sequence[int]
) -> Iterator[Scores]:
    """Yields (texts, 2) natural log-probabilities, [all tokens, shared tokens], nan where not read yet; often.

    rows: of the benchmark, those that are wanted; texts: of all its rows. The last yield has all that is wanted. The
    array is the same each time. What an earlier call has read is not read again, also when that one was stopped.
    Raises PlaygroundError for a text past the model's context.
    """
    path = _path(loaded, asked)
    scores = _load_scores(path, len(texts))
    each = len(texts) // max(1, len(asked.rows))
    wanted = [each * row + place for row in rows for place in range(each)]
    _check_lengths(loaded, [texts[index] for index in wanted])
    saved, new = time.monotonic(), False
    yield scores
    try:
        for batch in _batches(texts, [index for index in wanted if np.isnan(scores[index, 0])], each):
            scores[batch] = _score_batch(loaded, [texts[index] for index in batch])
            new = True
            if time.monotonic() - saved > _SECONDS_BETWEEN_SAVES:
                _save_scores(path, scores)
                saved, new = time.monotonic(), False
            yield scores
    finally:
        if new:
            _save_scores(path, scores)


def _check_lengths(loaded: TextModel, texts: Sequence[TokenizedText]) -> None:
    longest = max((len(text.ids) for text in texts), default=0)
    if longest > loaded.decoder.context_length:
        raise PlaygroundError(
            f"A text of this benchmark has {longest:,} tokens; {loaded.card.title} reads at most "
            f"{loaded.decoder.context_length:,}: choose another model."
        )


def _batches(texts: Sequence[TokenizedText], todo: Sequence[int], each: int) -> Iterator[list[int]]:
    """Indices of texts to be read side by side: of like length, so that little is padded."""
    for start in range(0, len(todo), _WINDOW * each):
        batch: list[int] = []
        for index in sorted(todo[start : start + _WINDOW * each], key=lambda index: len(texts[index].ids)):
            if batch and (len(batch) + 1) * len(texts[index].ids) > TOKENS_AT_ONCE:
                yield batch
                batch = []
            batch.append(index)
        yield batch


def _score_batch(loaded: TextModel, texts: Sequence[TokenizedText]) -> Scores:
    """(texts, 2): rounded to float32, as they are kept."""
    longest = max(len(text.ids) for text in texts) - 1  # what follows the last token is not asked
    tokens = np.full((len(texts), longest), texts[0].ids[0], np.int64)
    for row, text in enumerate(texts):
        tokens[row, : len(text.ids) - 1] = text.ids[:-1]
    logits = loaded.decoder.read_rows(tokens)
    found = np.zeros((len(texts), 2), np.float32)
    for row, text in enumerate(texts):
        # The logits at one place tell of the token at the next.
        each = log_probabilities_at(logits[row, text.first - 1 : len(text.ids) - 1], text.ids[text.first :]).astype(
            np.float64
        )
        found[row] = each.sum(), each[[place - text.first for place in text.part]].sum()
    return found.astype(np.float64)


def _path(loaded: TextModel, asked: bias_benchmarks.BiasBenchmark) -> Path:
    decoder = loaded.decoder
    made_by = (loaded.weights_sha256, decoder.name, decoder.precision, decoder.device, asked.sha256, str(_VERSION))
    key = hashlib.sha256(" ".join(made_by).encode()).hexdigest()[:32]
    return models_dir() / "bias" / f"{asked.name}-{key}.npy"


def _load_scores(path: Path, count: int) -> Scores:
    """What was read before, by index; nan elsewhere."""
    scores = np.full((count, 2), np.nan)
    found = npz_cache.load_array(path, None, 3)
    if found is not None and len(found) and 0 <= found[:, 0].min() <= found[:, 0].max() < count:
        scores[found[:, 0].astype(np.int64)] = found[:, 1:]
    return scores


def _save_scores(path: Path, scores: Scores) -> None:
    """Adds to the file, in which another visitor may have read other rows meanwhile."""
    before = _load_scores(path, len(scores))
    merged = np.where(np.isnan(scores), before, scores)
    done = np.flatnonzero(~np.isnan(merged[:, 0]))
    npz_cache.save_array(path, np.column_stack([done, merged[done]]).astype(np.float32))
