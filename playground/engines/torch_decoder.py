"""The open decoder: any causal language model of transformers, in torch, with all its internals accessible.

Keys and values are in memory that is allocated once, so a step writes one position and copies nothing. Neighbouring
slots of equal length run as one batch, others one after another. The model builds its own attention masks, so features
such as sliding windows work unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel
from transformers.cache_utils import Cache as TransformersCache
from transformers.cache_utils import CacheLayerMixin

from playground.engines.interface import check_finite
from playground.zoo.causal_lm import ASSUMED_CONTEXT, context_length


class TorchCache:
    """Keys and values: for each layer (slots, heads, capacity, head_dim), in the model's dtype, on its device."""

    def __init__(self, slots: int, capacity: int) -> None:
        """All slots start empty; the first token allocates the memory."""
        self.slots, self.capacity = slots, capacity
        self.lengths = [0] * slots
        #: Slots of the running call (first, last exclusive), and how many tokens each of them holds.
        self.window = (0, 0, 0)
        self.memory = TransformersCache(layer_class_to_replicate=partial(_SlotLayer, self))

    def length(self, slot: int) -> int:
        """Number of tokens that the slot holds."""
        return self.lengths[slot]

    def crop(self, slot: int, length: int) -> None:
        """Cuts a slot back to its first `length` tokens; later tokens overwrite the rest."""
        if length > self.lengths[slot]:
            raise ValueError(f"slot {slot} holds {self.lengths[slot]} tokens, not {length}")
        self.lengths[slot] = length

    def copy(self, source: int, target: int) -> None:
        """Overwrites the target slot with the source slot's tokens."""
        length = self.lengths[source]
        with torch.inference_mode():
            for layer in self.memory.layers:
                for memory in (layer.keys, layer.values):
                    memory[target, :, :length] = memory[source, :, :length]
        self.lengths[target] = length


class _SlotLayer(CacheLayerMixin):  # type: ignore[misc]
    """One layer's memory in the interface of transformers; it exposes only the slots of the cache's window."""

    is_sliding = False

    def __init__(self, cache: TorchCache) -> None:
        super().__init__()
        self._cache = cache

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        for name, states in (("keys", key_states), ("values", value_states)):
            shape = (self._cache.slots, states.shape[1], self._cache.capacity, states.shape[3])
            setattr(self, name, states.new_zeros(shape))
        self.is_initialized = True

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        first, last, start = self._cache.window
        end = start + key_states.shape[-2]
        self.keys[first:last, :, start:end] = key_states
        self.values[first:last, :, start:end] = value_states
        return self.keys[first:last, :, :end], self.values[first:last, :, :end]

    def get_seq_length(self) -> int:
        return self._cache.window[2]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        return self._cache.window[2] + query_length, 0

    def get_max_length(self) -> int:
        return -1


class TorchDecoder:
    """A causal language model of transformers. model: in evaluation mode, on its device; shared and never modified.

    memory: see engines/examination.py.
    """

    name = "open"
    memory = "slots"

    def __init__(self, model: PreTrainedModel) -> None:
        """A model whose config names no context length gets ASSUMED_CONTEXT."""
        self.model = model
        config = model.config.get_text_config()
        self.device = str(model.device)
        self.precision = str(model.dtype).removeprefix("torch.")
        self.vocabulary = int(config.vocab_size)
        length = context_length(model.config)
        self.context_length, self.context_is_assumed = length or ASSUMED_CONTEXT, length is None

    def new_cache(self, slots: int, capacity: int) -> TorchCache:
        """An empty cache."""
        return TorchCache(slots, capacity)

    def prefill(self, cache: TorchCache, slot: int, tokens: Sequence[int]) -> NDArray[np.float32]:
        """See Decoder.prefill."""
        if cache.lengths[slot] + len(tokens) > cache.capacity:
            room = cache.capacity - cache.lengths[slot]
            raise ValueError(f"slot {slot} has room for {room} tokens, not {len(tokens)}")
        logits: NDArray[np.float32] = self._run(cache, slot, [list(tokens)])[0]
        return logits

    def step(self, cache: TorchCache, slots: Sequence[int], tokens: Sequence[int]) -> NDArray[np.float32]:
        """See Decoder.step. Neighbouring slots of equal length, in rising order, run as one batch."""
        if any(cache.lengths[slot] >= cache.capacity for slot in slots):
            raise ValueError("a slot is full")
        runs = []
        for first, last in list(_equal_neighbours(slots, cache.lengths)):
            runs.append(self._run(cache, slots[first], [[token] for token in tokens[first:last]])[:, 0])
        result: NDArray[np.float32] = runs[0] if len(runs) == 1 else np.concatenate(runs)
        return result

    def read_rows(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """See Decoder.read_rows."""
        with torch.inference_mode():
            logits = self.model(input_ids=torch.from_numpy(tokens).to(self.model.device), use_cache=False).logits
        return check_finite(logits.float().cpu().numpy())

    def _run(self, cache: TorchCache, first: int, tokens: list[list[int]]) -> NDArray[np.float32]:
        """Appends rows of equally many tokens to the slots from first on. Returns (rows, tokens, vocabulary) logits."""
        start = cache.lengths[first]
        cache.window = (first, first + len(tokens), start)
        ids = torch.tensor(tokens, device=self.model.device)
        with torch.inference_mode():
            logits = self.model(input_ids=ids, past_key_values=cache.memory, use_cache=True).logits
        for slot in range(first, first + len(tokens)):
            cache.lengths[slot] = start + ids.shape[1]
        return check_finite(logits.float().cpu().numpy())


def _equal_neighbours(slots: Sequence[int], lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Index ranges (first, last exclusive) of `slots` with consecutive numbers and texts of equal length."""
    first = 0
    for index in range(1, len(slots) + 1):
        if (
            index == len(slots)
            or slots[index] != slots[index - 1] + 1
            or lengths[slots[index]] != lengths[slots[first]]
        ):
            yield first, index
            first = index
