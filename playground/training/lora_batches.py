"""Rows of tokens for a fine-tuning: windows of a running text, or pairs in the model's own chat form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.data.user_text import Pair, pairs_rule, read_pairs, split_pairs, split_text, text_rule
from playground.zoo.bounded_template import render_template

_SHORTEST_ROWS = 2


@dataclass(frozen=True)
class TokenRow:
    """ids: tokens.  first: index of the first scored one, at least 1.  characters: how many each token adds."""

    ids: tuple[int, ...]
    first: int
    characters: tuple[int, ...]


TokenRows = Sequence[TokenRow]


@dataclass(frozen=True)
class LoraData:
    """The data of a fine-tuning.

    train: one long row that windows are sampled from (a text), or many rows (pairs).  length: of a window in tokens.
    prompt, prompt_ids: continued at each evaluation.  rule: a sentence on how the held-out part was chosen.
    """

    train: TokenRows
    held_out: TokenRows
    length: int
    windows: bool
    prompt: str
    prompt_ids: tuple[int, ...]
    rule: str

    def draw(self, count: int, generator: torch.Generator) -> list[TokenRow]:
        """`count` rows at random, with replacement."""
        if not self.windows:
            return [self.train[int(i)] for i in torch.randint(len(self.train), (count,), generator=generator)]
        (text,) = self.train
        length = min(self.length, len(text.ids))
        starts = torch.randint(len(text.ids) - length + 1, (count,), generator=generator).tolist()
        return [TokenRow(text.ids[at : at + length], 1, text.characters[at : at + length]) for at in starts]


def tokenize_rows(dataset: str, content: bytes, tokenizer: Any, length: int, prompt: str = "") -> LoraData:
    """The rows of a text (dataset "pasted") or of pairs. prompt: to continue; "" takes the held-out part's first.

    Raises PlaygroundError for a text that cannot be learned from.
    """
    if dataset == "pairs":
        train, held_out = split_pairs(read_pairs(content))
        prompt = prompt or held_out[0].prompt
        return LoraData(
            [pair_row(pair, tokenizer, length) for pair in train],
            [pair_row(pair, tokenizer, length) for pair in held_out],
            length, False, prompt, tuple(prompt_tokens(tokenizer, prompt)), pairs_rule(),
        )  # fmt: skip
    first, last = split_text(content)
    prompt = prompt or " ".join(last.split(" ")[:5])
    ids = tuple(tokenizer(prompt)["input_ids"])
    windows = split_windows(last, tokenizer)
    return LoraData([text_row(first, tokenizer)], windows, length, True, prompt, ids, text_rule())


def text_row(text: str, tokenizer: Any) -> TokenRow:
    """A whole text as one row, every token but the first scored."""
    encoding = tokenizer(text, return_offsets_mapping=True)
    return TokenRow(tuple(encoding["input_ids"]), 1, tuple(_added_characters(encoding["offset_mapping"])))


def split_windows(text: str, tokenizer: Any, longest: int = 256) -> list[TokenRow]:
    """A text in rows of up to `longest` tokens, for evaluation.

    Each begins with the last token of the previous one, so that every token but the text's first is scored once.
    Raises PlaygroundError for a single token.
    """
    whole = text_row(text, tokenizer)
    if len(whole.ids) < _SHORTEST_ROWS:
        raise PlaygroundError(say("train.data.one_token"))
    starts = range(0, len(whole.ids) - 1, longest - 1)
    return [TokenRow(whole.ids[at : at + longest], 1, whole.characters[at : at + longest]) for at in starts]


def prompt_tokens(tokenizer: Any, prompt: str) -> list[int]:
    """Token ids before an answer: the model's chat template if it has one, else the prompt and a newline."""
    if tokenizer.chat_template:
        messages = [{"role": "user", "content": prompt}]
        text = render_template(tokenizer, messages)
        return [int(one) for one in tokenizer(text, add_special_tokens=False)["input_ids"]]
    return [int(one) for one in tokenizer(prompt + "\n")["input_ids"]]


def pair_row(pair: Pair, tokenizer: Any, longest: int) -> TokenRow:
    """Prompt, answer and end token; answer and end token are scored. Raises PlaygroundError if it is too long."""
    before = prompt_tokens(tokenizer, pair.prompt)
    encoding = tokenizer(pair.answer, add_special_tokens=False, return_offsets_mapping=True)
    ids = [*before, *encoding["input_ids"], int(tokenizer.eos_token_id)]
    if len(ids) > longest:
        values = {"prompt": pair.prompt[:40], "tokens": len(ids), "length": longest}
        raise PlaygroundError(say("train.data.long_pair", **values))
    return TokenRow(tuple(ids), len(before), (*[0] * len(before), *_added_characters(encoding["offset_mapping"]), 0))


def _added_characters(offsets: Sequence[tuple[int, int]]) -> list[int]:
    """Characters that each token adds; a character of several tokens counts for the first."""
    reached, added = 0, []
    for _, end in offsets:
        added.append(max(0, end - reached))
        reached = max(reached, end)
    return added
