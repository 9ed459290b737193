"""How surprising a text is to a model: surprisal of each token, perplexity, bits per character."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_text
from playground.language.generation import context_overflow, load, tokenize
from playground.language.kv_cache import cached_context
from playground.language.token_display import Token, scored_token, unscored_tokens, vocabulary

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel

#: Highest rank of each colour but the last. Source: Gehrmann et al. 2019 (GLTR), arXiv:1906.04043, section 3.
RANKS = (10, 100, 1000)


@dataclass(frozen=True)
class TextScore:
    """The tokens read so far, with their surprisal. count: tokens of the whole text.

    perplexity: exp of the mean surprisal (nats) of the scored tokens.  bits_per_character: their total surprisal (bits)
    divided by the characters of the text that they cover.  Both are None until a token is scored; the first token never
    is, because nothing comes before it.  rank_counts: tokens of rank <= 10, <= 100, <= 1000, and beyond.
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
        """As JSON values: the result of /score_text."""
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
    """Scores a text and yields the score after each chunk; the last covers the whole text.

    Raises PlaygroundError for a text that is empty, a single token, or longer than the model's context.
    """
    text = parse_text(text, say("text.request.text"))
    loaded = load(model, decoder)
    ids = tokenize(loaded, text)
    ends = character_ends(loaded, text)
    if len(ids) < 2:
        raise PlaygroundError(say("text.score.single_token"))
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
    """For each token, how many characters of the text it and the tokens before it cover.

    Marks that a tokenizer adds cover none, nor does the space that SentencePiece puts before a text.
    """
    ends, last = [], 0
    for _, end in loaded.tokenizer(text, return_offsets_mapping=True)["offset_mapping"]:
        last = max(last, int(end))
        ends.append(last)
    return ends


def with_statistics(score: TextScore, characters: int) -> TextScore:
    """The score, with the statistics of its tokens filled in. characters: how many the scored tokens cover."""
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
