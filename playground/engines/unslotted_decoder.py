"""The open decoder for models whose memory has no slots: hybrid and recurrent ones, and those that keep none.

A slot keeps the tokens that it has read and, where the model has one, the model's own memory. Going back reads again,
in the same pieces as before, so that a position's logits are the same to the bit.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.engines.interface import check_finite
from playground.engines.torch_decoder import TorchCache, TorchDecoder
from playground.zoo.causal_lm import UnusableModelError, unreadable_error

#: How far a decoder's logits may be from those of an uncached pass, in standard deviations of the logits, by the
#: model's numbers. On random models of sixty architectures rounding cost at most 0.05 in bfloat16 and 0.00006 in
#: float32; losing the context costs at least 3.5, and the memory of Zamba 2, which is not quite right, 0.003.
TOLERANCE = {"float32": 0.001}
_OTHER_TOLERANCE = 0.2
_PROBE, _PREFIX = 9, 5


class UnslottedCache:
    """What each slot has read, in the pieces in which it was read; the model's memory after it, None to read again."""

    def __init__(self, slots: int, capacity: int) -> None:
        """All slots empty."""
        self.slots, self.capacity = slots, capacity
        self.pieces: list[list[tuple[int, ...]]] = [[] for _ in range(slots)]
        self.memories: list[Any] = [None] * slots

    def length(self, slot: int) -> int:
        """How many tokens the slot holds."""
        return sum(map(len, self.pieces[slot]))

    def crop(self, slot: int, length: int) -> None:
        """Forgets all but the slot's first tokens."""
        if length > self.length(slot):
            raise ValueError(f"slot {slot} holds {self.length(slot)} tokens, not {length}")
        if length == self.length(slot):
            return
        kept: list[tuple[int, ...]] = []
        for piece in self.pieces[slot]:
            room = length - sum(map(len, kept))
            if room > 0:
                kept.append(piece[:room])
        self.pieces[slot], self.memories[slot] = kept, None

    def copy(self, source: int, target: int) -> None:
        """Makes the target slot hold what the source slot holds."""
        self.pieces[target] = list(self.pieces[source])
        self.memories[target] = deepcopy(self.memories[source])


class UnslottedDecoder(TorchDecoder):
    """A causal language model with its own memory, or (keeps_memory=False) one that reads the whole text each time."""

    def __init__(self, model: PreTrainedModel, keeps_memory: bool) -> None:
        """model: in evaluation mode, on its device; shared, never changed."""
        super().__init__(model)
        self.keeps_memory = keeps_memory
        self.memory = "own" if keeps_memory else "none"
        parameters = inspect.signature(model.forward).parameters
        #: What the model calls its memory, when it takes one and when it returns one.
        self._name = "cache_params" if "cache_params" in parameters else "past_key_values"

    def new_cache(self, slots: int, capacity: int) -> UnslottedCache:  # type: ignore[override]
        """An empty cache."""
        return UnslottedCache(slots, capacity)

    def prefill(self, cache: UnslottedCache, slot: int, tokens: Sequence[int]) -> NDArray[np.float32]:  # type: ignore[override]
        """See Decoder.prefill."""
        room = cache.capacity - cache.length(slot)
        if len(tokens) > room:
            raise ValueError(f"slot {slot} has room for {room} tokens, not {len(tokens)}")
        return self._read(cache, slot, tuple(tokens))

    def step(self, cache: UnslottedCache, slots: Sequence[int], tokens: Sequence[int]) -> NDArray[np.float32]:  # type: ignore[override]
        """See Decoder.step. One slot after another."""
        if any(cache.length(slot) >= cache.capacity for slot in slots):
            raise ValueError("a slot is full")
        return np.concatenate([self._read(cache, slot, (token,)) for slot, token in zip(slots, tokens, strict=True)])

    def _read(self, cache: UnslottedCache, slot: int, tokens: tuple[int, ...]) -> NDArray[np.float32]:
        """Logits (tokens, vocabulary) after each of the tokens, which follow what the slot holds."""
        before = cache.pieces[slot]
        if not self.keeps_memory:
            whole = [token for piece in before for token in piece] + list(tokens)
            logits = self.read_rows(np.array([whole], np.int64))[0, -len(tokens) :]
        else:
            memory = cache.memories[slot]
            if memory is None:
                for piece in before:
                    memory, _ = self._continue(memory, piece)
            cache.memories[slot] = None  # it is changed in place: a failure half-way leaves nothing that is wrong
            cache.memories[slot], logits = self._continue(memory, tokens)
        before.append(tokens)
        return logits

    def _continue(self, memory: Any, tokens: tuple[int, ...]) -> tuple[Any, NDArray[np.float32]]:
        """Reads tokens after a memory, one by one if there is one: recurrent layers continue only so."""
        rows = []
        for piece in [tokens] if memory is None else [(token,) for token in tokens]:
            ids = torch.tensor([piece], device=self.model.device)
            with torch.inference_mode():
                result = self.model(input_ids=ids, use_cache=True, **{self._name: memory})
            memory = getattr(result, self._name)
            rows.append(check_finite(result.logits[0].float().cpu().numpy()))
        return memory, np.concatenate(rows)


def choose_decoder(model: PreTrainedModel, name: str) -> TorchDecoder:
    """The quickest decoder whose logits are those of an uncached pass, tried on a few tokens.

    name: for sentences. Raises UnusableModelError if the model fails, if its logits are not finite, or if they depend
    on later tokens, as those of a model that fills gaps do: it cannot predict the next one.
    """
    fallback = UnslottedDecoder(model, keeps_memory=False)
    tokens = np.linspace(1, fallback.vocabulary - 1, _PROBE).astype(np.int64)
    try:
        exact = fallback.read_rows(tokens[None])[0]
        prefix = fallback.read_rows(tokens[None, :_PREFIX])[0]
    except PlaygroundError as error:
        raise UnusableModelError(say("models.check.not_finite", name=name)) from error
    except Exception as error:  # whatever its code raises for a config that does not fit together
        raise unreadable_error(name, error) from error
    limit = TOLERANCE.get(fallback.precision, _OTHER_TOLERANCE) * float(exact.std())
    if np.abs(prefix - exact[:_PREFIX]).max() > limit:
        raise UnusableModelError(say("models.check.sees_later", name=name))
    for decoder in (TorchDecoder(model), UnslottedDecoder(model, keeps_memory=True)):
        try:
            logits = _probe(decoder, [int(token) for token in tokens])
        except Exception:  # noqa: BLE001, S112 - a memory of another kind may raise anything: the next decoder is tried
            continue
        if np.abs(logits - exact[1:]).max() <= limit:
            return decoder
    return fallback


def _probe(decoder: TorchDecoder, tokens: list[int]) -> NDArray[np.float32]:
    """Logits after each token but the first: of a prompt, of steps after it, and of a step after going back."""
    cache: TorchCache = decoder.new_cache(2, len(tokens))
    rows = list(decoder.prefill(cache, 0, tokens[:4])[1:])
    cache.copy(0, 1)
    rows += [decoder.step(cache, [0], [token])[0].copy() for token in tokens[4:6]]
    cache.crop(0, 5)
    rows[-1] = decoder.step(cache, [0], [tokens[5]])[0].copy()
    rows += [decoder.step(cache, [0], [token])[0].copy() for token in tokens[6:]]
    rows[3] = decoder.step(cache, [1], [tokens[4]])[0].copy()
    return np.stack(rows)
