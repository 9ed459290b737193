"""What the sampler's stages ask of a model's tokenizer: the ids of a text, and the tokens that contain a character."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from playground.language.token_display import vocabulary

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel


class SamplerTokens:
    """The tokens of one model, see sampling.TokenTexts."""

    def __init__(self, loaded: TextModel) -> None:
        """loaded: the model; its logits may have more entries than its tokenizer has tokens."""
        self._tokenizer, self._count = loaded.tokenizer, loaded.decoder.vocabulary
        self._words = vocabulary(loaded.tokenizer)
        self.end_ids = loaded.end_tokens
        self._containing: dict[str, frozenset[int]] = {}

    def ids_of(self, text: str) -> Sequence[int]:
        """The ids that a text is split into, without special tokens."""
        return [int(token) for token in self._tokenizer(text, add_special_tokens=False)["input_ids"]]

    def has(self, token: int) -> bool:
        """Whether the model has a logit for this id."""
        return 0 <= token < self._count

    @cached_property
    def special_ids(self) -> frozenset[int]:
        """The ids of control tokens, which are no text."""
        return frozenset(token for token in range(self._count) if self._words.is_special(token))

    def contents(self) -> Sequence[bytes]:
        """What each token adds to a text, by its id."""
        return [self._words.content(token) for token in range(self._count)]

    def ids_containing(self, characters: str) -> frozenset[int]:
        """The ids of all tokens whose text contains one of the characters; the first call reads them all."""
        if characters not in self._containing:
            wanted = characters.encode("ascii")
            ids = (token for token in range(self._count) if any(byte in wanted for byte in self._words.content(token)))
            self._containing[characters] = frozenset(ids)
        return self._containing[characters]


@lru_cache(maxsize=8)
def sampler_tokens(loaded: TextModel) -> SamplerTokens:
    """The tokens of a model; built once for each."""
    return SamplerTokens(loaded)
