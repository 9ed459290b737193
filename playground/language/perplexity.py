"""How surprised a model is by a text: surprisal of each token, perplexity, bits per character."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from playground.core.errors import PlaygroundError
from playground.core.validation import parse_text
from playground.language.generation import context_overflow, load, tokenize
from playground.language.kv_cache import cached_context
from playground.language.token_display import Token, scored_token, unscored_tokens, vocabulary

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel

#: Rank limits of the four colours. Source: Gehrmann et al. 2019 (GLTR), arXiv:1906.04043, section 3.
RANKS = (10, 100, 1000)


@dataclass(frozen=True)
class TextScore:
    """A text's tokens with their surprisal, as far as they are read.

    perplexity: exp of the mean surprisal in nats over the scored tokens.  bits_per_character: their surprisal over the
    characters of the text that they cover.  Both are None until a token is scored. The first token is never scored:
    nothing came before.
    rank_counts: tokens of rank <= 10, <= 100, <= 1000, and beyond.
    """

    model: str
    decoder: str
    weights_sha256: str
    tokens: tuple[Token, ...]
    count: int
    perplexity: float | None = None
    bits_per_character: float | None = None
    rank_counts: tuple[int, int, int, int] = (0, 0, 0, 0)

    def to_json(self) -> dict[str, object]:
        """As JSON values: what /score_text returns."""
        return {
            "tokens": [token.to_json() for token in self.tokens],
            "perplexity": self.perplexity,
            "bits_per_character": self.bits_per_character,
            "rank_counts": list(self.rank_counts),
            "model": self.model,
            "decoder": self.decoder,
            "weights_sha256": self.weights_sha256,
        }


def score_text(text: str, model: str, decoder: str = "auto") -> Iterator[TextScore]:
    """Scores a text, yielding the score as more of it is read; the last one is of the whole text.

    Raises PlaygroundError for an empty text, one of a single token, or one past the model's context.
    """
    text = parse_text(text, "text")
    loaded = load(model, decoder)
    ids = tokenize(loaded, text)
    ends = character_ends(loaded, text)
    if len(ids) < 2:
        raise PlaygroundError("The text is a single token, which nothing comes before: add at least one more word.")
    if len(ids) > loaded.decoder.context_length:
        raise PlaygroundError(context_overflow(loaded, len(ids)))
    words = vocabulary(loaded.tokenizer)
    stream = words.stream()
    tokens = list(unscored_tokens(words, ids[:1], stream))
    now = TextScore(model, loaded.decoder.name, loaded.weights_sha256, tuple(tokens), len(ids))
    yield now
    with cached_context(loaded, ids, 0) as context:
        for start, chunk in context.prefill():
            following = ids[start + 1 : start + 1 + len(chunk)]
            tokens += [scored_token(words, stream, token, chunk[i]) for i, token in enumerate(following)]
            now = with_statistics(replace(now, tokens=tuple(tokens)), ends[len(tokens) - 1] - ends[0])
            yield now


def character_ends(loaded: TextModel, text: str) -> list[int]:
    """How many characters of the text each of its tokens, and those before it, cover.

    Marks that a tokenizer adds cover none, and nor does the space that SentencePiece puts before a text.
    """
    ends, last = [], 0
    for _, end in loaded.tokenizer(text, return_offsets_mapping=True)["offset_mapping"]:
        last = max(last, int(end))
        ends.append(last)
    return ends


def with_statistics(score: TextScore, characters: int) -> TextScore:
    """The score with perplexity, bits per character and rank counts of its tokens. characters: that these cover."""
    scored = [token for token in score.tokens if token.surprisal_bits is not None]
    bits = sum(token.surprisal_bits or 0.0 for token in scored)
    counts = [0, 0, 0, 0]
    for token in scored:
        counts[sum((token.rank or 0) > limit for limit in RANKS)] += 1
    return replace(
        score,
        perplexity=math.exp(bits * math.log(2) / len(scored)) if scored else None,
        bits_per_character=bits / characters if characters else None,
        rank_counts=(counts[0], counts[1], counts[2], counts[3]),
    )
