"""What the Language panel's net learns from nothing in three minutes and in thirty: bits, known words, a sample."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.table import show

if TYPE_CHECKING:
    from playground.training.language import LanguageTrainer

MINUTES = (3, 30)
#: Steps before the clock counts, and those that are counted to plan the rest.
WARM, COUNTED = 5, 40
SAMPLES, PROMPT_TOKENS = 12, 8


def main() -> None:
    """Prints a table. PLAYGROUND_BENCH_MINUTES may name others: "3"."""
    import torch

    from playground.runs import scheduler
    from playground.training import language

    threads = scheduler.threads_for("language")
    torch.set_num_threads(threads)
    minutes_wanted = os.environ.get("PLAYGROUND_BENCH_MINUTES", "")
    rows, samples = [], []
    for minutes in [int(part) for part in minutes_wanted.split(",") if part.isdigit()] or MINUTES:
        probe = _open_trainer(1_000_000)
        for _ in range(WARM):
            probe.advance()
        began = time.perf_counter()
        for _ in range(COUNTED):
            probe.advance()
        steps = round(minutes * 60 / ((time.perf_counter() - began) / COUNTED))
        trainer = _open_trainer(steps)
        known_at_first = known_words(trainer)
        began = time.perf_counter()
        while trainer.step < steps:
            trainer.advance()
        took = (time.perf_counter() - began) / 60
        sample = trainer.text.decode(trainer.sample(trainer.text.prompt(language.PROMPT_WORDS), 0.8, 110))
        samples.append(f"{minutes} minutes: “{' '.join(sample.split())}”")
        rows.append(
            [
                str(minutes), f"{took:.1f}", f"{steps:,}", f"{trainer.seen:,}", f"{trainer.held_out():.2f}",
                f"{known_at_first:.0%}", f"{known_words(trainer):.0%}",
            ]
        )  # fmt: skip
    counted = ", ".join(f"{bits:.2f}" for bits in trainer.text.baselines)
    protocol = (
        f"The panel's default settings on Austen, {threads} thread, as many steps as the minutes allow, judging by the "
        f"first {COUNTED}. Bits per character of the held-out text; character n-grams of order 1 to 5 reach {counted}. "
        f"Known words: share of the words of {SAMPLES} samples of 60 tokens, temperature 0.8, that the training text "
        "has; first: before the first step."
    )
    head = ["minutes", "taken", "steps", "tokens read", "bits per character", "known words, first", "known words, last"]
    show("A language model from scratch", protocol, head, rows)
    print("\n" + "\n\n".join(samples))


def _open_trainer(steps: int) -> LanguageTrainer:
    from playground.training import language

    return language.open_trainer("austen", language.read_settings("austen", {"steps": steps}), 0, Path())


def known_words(trainer: LanguageTrainer) -> float:
    """Share of the words of some samples that the training text has; the last word of each may be cut and is left."""
    vocabulary = set(re.findall(r"[a-z]+", trainer.text.corpus.train().lower()))
    tokens = trainer.text.held_out.tolist()
    words = []
    for place in np.linspace(0, len(tokens) - PROMPT_TOKENS - 1, SAMPLES).astype(int):
        text = trainer.text.decode(trainer.sample(tokens[place : place + PROMPT_TOKENS], 0.8, 60))
        words += re.findall(r"[a-z]+", text.lower())[1:-1]
    return sum(word in vocabulary for word in words) / max(1, len(words))
