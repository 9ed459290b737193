"""Log-likelihoods of many short texts under a causal model, in batches, stored so that no text is scored twice.

Two numbers per text are stored: the log-probability of all its tokens, and of those it shares with the texts it is
compared with. All scoring rules follow from them, so one pass serves all. Stopping keeps what was scored.
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
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import models_dir
from playground.data import bias_benchmarks, npz_cache

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel

Scores = NDArray[np.float64]
#: Tokens per batch: with the default model's vocabulary, their logits take 100 MB.
TOKENS_AT_ONCE = 512
#: Rows of the benchmark within which texts are sorted by length.
_WINDOW = 256
_SECONDS_BETWEEN_SAVES = 5.0
#: Part of the file name; to be raised when the stored numbers change.
_VERSION = 1


@dataclass(frozen=True)
class TokenizedText:
    """A text of a row. ids: start token, prompt, text.  first: index where the text begins.

    part: indices of the tokens shared with the row's other texts.
    """

    ids: tuple[int, ...]
    first: int
    part: tuple[int, ...]

    @property
    def count(self) -> int:
        """Number of tokens scored."""
        return len(self.ids) - self.first


def tokenize_rows(loaded: TextModel, rows: Sequence[bias_benchmarks.BenchmarkRow]) -> list[TokenizedText]:
    """The texts of all rows, row by row."""
    start = start_token(loaded)
    flat = [part for row in rows for part in (row.prompt, *row.texts)]
    token_ids = iter(loaded.tokenizer(flat, add_special_tokens=False)["input_ids"]) if flat else iter(())
    texts = []
    for row in rows:
        before = [start, *next(token_ids)]
        bodies = [[int(token) for token in next(token_ids)] for _ in row.texts]
        for body, part in zip(bodies, shared_positions(bodies), strict=True):
            texts.append(TokenizedText((*before, *body), len(before), tuple(len(before) + place for place in part)))
    return texts


def shared_positions(bodies: Sequence[Sequence[int]]) -> list[list[int]]:
    """For each text, the indices of the tokens that all texts share, without their common beginning.

    difflib aligns each text with the first, as CrowS-Pairs aligns its pairs for masked models. The common beginning has
    the same probability in all texts and is left out, so it cancels exactly.
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
    loaded: TextModel, benchmark: bias_benchmarks.BiasBenchmark, texts: Sequence[TokenizedText], rows: Sequence[int]
) -> Iterator[Scores]:
    """Yields after each batch (texts, 2) natural log-probabilities: [all tokens, shared tokens], nan where unscored.

    rows: indices of the rows to score.  texts: of all rows of the benchmark.
    The last yield has every requested row; all yields are the same array. Texts that an earlier call scored, even one
    that was stopped, are loaded from its file.
    Raises PlaygroundError for a text longer than the model's context.
    """
    path = _path(loaded, benchmark)
    scores = _load_scores(path, len(texts))
    each = len(texts) // max(1, len(benchmark.rows))
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
            say("bias.scoring.text_long", count=longest, model=loaded.card.title, most=loaded.decoder.context_length)
        )


def _batches(texts: Sequence[TokenizedText], todo: Sequence[int], each: int) -> Iterator[list[int]]:
    """Indices of the texts of each batch: of similar length, so that little is padding."""
    for start in range(0, len(todo), _WINDOW * each):
        batch: list[int] = []
        for index in sorted(todo[start : start + _WINDOW * each], key=lambda index: len(texts[index].ids)):
            if batch and (len(batch) + 1) * len(texts[index].ids) > TOKENS_AT_ONCE:
                yield batch
                batch = []
            batch.append(index)
        yield batch


def _score_batch(loaded: TextModel, texts: Sequence[TokenizedText]) -> Scores:
    """(texts, 2) log-probabilities, rounded to float32, as they are stored."""
    longest = max(len(text.ids) for text in texts) - 1  # the token after the last is not needed
    tokens = np.full((len(texts), longest), texts[0].ids[0], np.int64)
    for row, text in enumerate(texts):
        tokens[row, : len(text.ids) - 1] = text.ids[:-1]
    logits = loaded.decoder.read_rows(tokens)
    scores = np.zeros((len(texts), 2), np.float32)
    for row, text in enumerate(texts):
        # The logits at one position predict the token at the next.
        each = log_probabilities_at(logits[row, text.first - 1 : len(text.ids) - 1], text.ids[text.first :]).astype(
            np.float64
        )
        scores[row] = each.sum(), each[[place - text.first for place in text.part]].sum()
    return scores.astype(np.float64)


def _path(loaded: TextModel, benchmark: bias_benchmarks.BiasBenchmark) -> Path:
    decoder = loaded.decoder
    parts = (loaded.weights_sha256, decoder.name, decoder.precision, decoder.device, benchmark.sha256, str(_VERSION))
    key = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]
    return models_dir() / "bias" / f"{benchmark.name}-{key}.npy"


def _load_scores(path: Path, count: int) -> Scores:
    """(count, 2) stored scores; nan where there is none."""
    scores = np.full((count, 2), np.nan)
    stored = npz_cache.load_array(path, None, 3)
    if stored is not None and len(stored) and 0 <= stored[:, 0].min() <= stored[:, 0].max() < count:
        scores[stored[:, 0].astype(np.int64)] = stored[:, 1:]
    return scores


def _save_scores(path: Path, scores: Scores) -> None:
    """Merges the scores into the file: another visitor may have scored other rows meanwhile."""
    before = _load_scores(path, len(scores))
    merged = np.where(np.isnan(scores), before, scores)
    done = np.flatnonzero(~np.isnan(merged[:, 0]))
    npz_cache.save_array(path, np.column_stack([done, merged[done]]).astype(np.float32))
