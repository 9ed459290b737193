"""The fast decoder: onnxruntime on a CPU, int8 weights in blocks, no torch.

Keys and values are in one preallocated float32 array that the graph reads and writes in place (its past and its
present are the same memory), so a step copies no keys or values. zoo/onnx_export.py writes the graph.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.core import hardware
from playground.engines.interface import check_finite

GRAPH = "model.onnx"
_PROVIDER = "CPUExecutionProvider"
#: MatMulNBits' accuracy_level. Source: onnxruntime, ContribOperators.md.
_FLOAT32_ACTIVATIONS = 1


class OnnxCache:
    """Keys and values, each (layers, slots, heads, capacity, head_dim) float32, and the bindings that point to them."""

    def __init__(self, slots: int, capacity: int, layers: int, heads: int, head_dim: int) -> None:
        """Allocates the memory; every slot starts empty."""
        self.slots, self.capacity = slots, capacity
        self.lengths = [0] * slots
        shape = (layers, slots, heads, capacity, head_dim)
        self.keys = np.zeros(shape, np.float32)
        self.values = np.zeros(shape, np.float32)
        self.bound: dict[tuple[int, int], _Binding] = {}

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
        self.keys[:, target, :, :length] = self.keys[:, source, :, :length]
        self.values[:, target, :, :length] = self.values[:, source, :, :length]
        self.lengths[target] = length


@dataclass
class _Binding:
    """An onnxruntime binding of neighbouring slots, with the arrays that it points to."""

    binding: Any
    tokens: NDArray[np.int64]
    mask: NDArray[np.int64]
    logits: NDArray[np.float32]


class OnnxDecoder:
    """One graph in onnxruntime. Runs may be concurrent, each with its own cache."""

    name = "fast"
    device = "cpu"

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        """folder: the graph, its data, and genai_config.json as the builder writes it.

        threads: of the processor; hardware.threads() if None.
        """
        import onnxruntime

        config = json.loads((folder / "genai_config.json").read_text("utf-8"))["model"]
        shape = config["decoder"]
        self.vocabulary = int(config["vocab_size"])
        self.context_length = int(config["context_length"])
        self.precision = "int8, blocks of 32"
        self._layers, self._heads = int(shape["num_hidden_layers"]), int(shape["num_key_value_heads"])
        self._head_dim = int(shape["head_size"])
        self._folder, self._threads = folder, threads or hardware.threads()
        self._session = onnxruntime.InferenceSession(str(folder / GRAPH), self._options(), providers=[_PROVIDER])
        self._wide: Any = None
        self._widening = threading.Lock()

    def new_cache(self, slots: int, capacity: int) -> OnnxCache:
        """An empty cache: 46 kB per token for the default model."""
        return OnnxCache(slots, capacity, self._layers, self._heads, self._head_dim)

    def prefill(self, cache: OnnxCache, slot: int, tokens: Sequence[int]) -> NDArray[np.float32]:
        """See Decoder.prefill."""
        count, start = len(tokens), cache.lengths[slot]
        if start + count > cache.capacity:
            raise ValueError(f"slot {slot} has room for {cache.capacity - start} tokens, not {count}")
        bound = self._bind(cache, slot, slot + 1, count)
        bound.tokens[0] = tokens
        self._bind_mask(bound, [start + count])
        self._session.run_with_iobinding(bound.binding)
        cache.lengths[slot] += count
        return check_finite(bound.logits[0])

    def step(self, cache: OnnxCache, slots: Sequence[int], tokens: Sequence[int]) -> NDArray[np.float32]:
        """See Decoder.step. Neighbouring slots in rising order run as one batch."""
        runs = []
        for first, last in _neighbours(slots):
            chosen = slots[first:last]
            if any(cache.lengths[slot] >= cache.capacity for slot in chosen):
                raise ValueError("a slot is full")
            key = (chosen[0], len(chosen))
            if key not in cache.bound:
                cache.bound[key] = self._bind(cache, chosen[0], chosen[0] + len(chosen), 1)
            bound = cache.bound[key]
            bound.tokens[:, 0] = tokens[first:last]
            self._bind_mask(bound, [cache.lengths[slot] + 1 for slot in chosen])
            self._session.run_with_iobinding(bound.binding)
            for slot in chosen:
                cache.lengths[slot] += 1
            runs.append(bound.logits[:, 0])
        result: NDArray[np.float32] = runs[0] if len(runs) == 1 else np.concatenate(runs)
        return check_finite(result)

    def read_rows(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """See Decoder.read_rows. Activations stay float32 here, so the logits are more exact than those of `prefill`.

        1.5 times as fast for hundreds of tokens at once, where unpacking the weights pays off.
        """
        rows, count = tokens.shape
        session, cache = self._wide_session(), self.new_cache(rows, count)
        bound = self._bind(cache, 0, rows, count, session)
        bound.tokens[:] = tokens
        self._bind_mask(bound, [count] * rows)
        session.run_with_iobinding(bound.binding)
        return check_finite(bound.logits)

    def _wide_session(self) -> Any:
        """The same graph and weights without rounding activations to int8. Created at its first use."""
        with self._widening:
            if self._wide is None:
                import onnx
                import onnxruntime

                model = onnx.load(str(self._folder / GRAPH), load_external_data=False)
                for attribute in (each for node in model.graph.node for each in node.attribute):
                    if attribute.name == "accuracy_level":
                        attribute.i = _FLOAT32_ACTIVATIONS
                options = self._options()
                options.add_session_config_entry(
                    "session.model_external_initializers_file_folder_path", str(self._folder)
                )
                content = model.SerializeToString()
                self._wide = onnxruntime.InferenceSession(content, options, providers=[_PROVIDER])
            return self._wide

    def _options(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        return options

    def _bind(self, cache: OnnxCache, first: int, last: int, count: int, session: Any = None) -> _Binding:
        """A binding of slots first to last (exclusive), count tokens each; `_bind_mask` adds the mask at each run."""
        rows = last - first
        tokens = np.zeros((rows, count), np.int64)
        logits = np.empty((rows, count, self.vocabulary), np.float32)
        binding = (session or self._session).io_binding()
        _point(binding.bind_input, "input_ids", tokens)
        _point(binding.bind_output, "logits", logits)
        for layer in range(self._layers):
            for kind, memory in (("key", cache.keys), ("value", cache.values)):
                part = memory[layer, first:last]
                _point(binding.bind_input, f"past_key_values.{layer}.{kind}", part)
                _point(binding.bind_output, f"present.{layer}.{kind}", part)
        return _Binding(binding, tokens, np.zeros((rows, cache.capacity), np.int64), logits)

    def _bind_mask(self, bound: _Binding, lengths: Sequence[int]) -> None:
        """Binds attention_mask, (slots, longest text): ones where a slot has a token."""
        rows, longest = len(lengths), max(lengths)
        mask = bound.mask.reshape(-1)[: rows * longest].reshape(rows, longest)
        for row, length in enumerate(lengths):
            mask[row, :length] = 1
            mask[row, length:] = 0
        _point(bound.binding.bind_input, "attention_mask", mask)


def _point(bind: Any, name: str, array: NDArray[Any]) -> None:
    bind(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)


def _neighbours(slots: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Index ranges (first, last exclusive) of `slots` in which each number follows the one before."""
    first = 0
    for index in range(1, len(slots) + 1):
        if index == len(slots) or slots[index] != slots[index - 1] + 1:
            yield first, index
            first = index
