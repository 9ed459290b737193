"""How far each decoder's probabilities are from float32 torch on the same weights: perplexity and KL divergence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import show
from playground.engines.text_model import load_text
from playground.language.kv_cache import chunk_ranges
from playground.language.text_request import DEFAULT_MODEL

TEXT = (Path(__file__).parent / "austen.txt").read_text("utf-8")


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log-probabilities of (T, vocabulary) logits."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def by_chunks(decoder: Any, ids: list[int]) -> NDArray[np.float32]:
    """Logits as a prompt is read: in chunks."""
    cache = decoder.new_cache(1, len(ids))
    return np.concatenate([decoder.prefill(cache, 0, ids[start:end]).copy() for start, end in chunk_ranges(len(ids))])


def by_steps(decoder: Any, ids: list[int]) -> NDArray[np.float32]:
    """Logits as a text is written: token by token."""
    cache = decoder.new_cache(1, len(ids))
    return np.stack([decoder.step(cache, [0], [token])[0].copy() for token in ids])


def main() -> None:
    """Prints one table."""
    import torch

    open_model, fast = load_text(DEFAULT_MODEL, "open"), load_text(DEFAULT_MODEL, "fast")
    ids: list[int] = fast.tokenizer(TEXT)["input_ids"]
    decoder: Any = open_model.decoder
    import copy

    exact_model = copy.deepcopy(decoder.model).float()
    with torch.inference_mode():
        exact = log_softmax(exact_model(torch.tensor([ids])).logits[0].numpy())
    del exact_model
    targets = np.array(ids[1:])
    places = np.arange(len(targets))
    base = -exact[places, targets].mean()
    rows = [["float32 torch", f"{np.exp(base):.2f}", "0", "0"]]
    measured = {
        f"open, {open_model.decoder.precision}, read": by_chunks(open_model.decoder, ids),
        f"fast, {fast.decoder.precision}, read": by_chunks(fast.decoder, ids),
        f"fast, {fast.decoder.precision}, written": by_steps(fast.decoder, ids),
        f"fast, {fast.decoder.precision}, activations not rounded": fast.decoder.read_rows(np.array([ids]))[0],
    }
    for name, logits in measured.items():
        ours = log_softmax(logits)
        divergence = (np.exp(exact) * (exact - ours)).sum(axis=1).mean()
        loss = -ours[places, targets].mean()
        rows.append([name, f"{np.exp(loss):.2f}", f"{100 * (np.exp(loss - base) - 1):+.2f} %", f"{divergence:.4f}"])
    show(
        "Fidelity",
        f"Against float32 torch on the same weights, {len(ids):,} tokens of Austen's Pride and Prejudice, chapter "
        "1, as one "
        "text. “Read” is in chunks of 64, as a prompt is; “written” is token by token.",
        ["decoder", "perplexity", "difference", "mean KL (nats)"],
        rows,
    )
