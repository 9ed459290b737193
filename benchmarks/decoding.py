"""Tokens per second of each way to decode, taken in turns; the time to a first token; and a busy neighbour."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.table import show, spread
from playground.core import hardware
from playground.engines.text_model import load_text
from playground.language.generation import generate
from playground.language.sampling import SamplerSettings
from playground.language.text_request import DEFAULT_MODEL, TextRequest

ROUNDS = 5
COUNT = 64
TEXT = (Path(__file__).parent / "austen.txt").read_text("utf-8")


def prompt() -> list[int]:
    """48 tokens of a novel."""
    ids: list[int] = load_text(DEFAULT_MODEL).tokenizer(TEXT)["input_ids"]
    return ids[:48]


def decoder_speed(decoder: Any, ids: list[int], count: int = COUNT) -> float:
    """Greedy tokens per second of a decoder alone: the logits reach NumPy, and nothing is done with them but argmax."""
    cache = decoder.new_cache(1, len(ids) + count + 1)
    token = int(decoder.prefill(cache, 0, ids)[-1].argmax())
    began = time.perf_counter()
    for _ in range(count):
        token = int(decoder.step(cache, [0], [token])[0].argmax())
    return count / (time.perf_counter() - began)


def transformers_speed(model: Any, ids: list[int], count: int = 24) -> float:
    """Tokens per second of transformers' generate, greedy, the first token left out."""
    import torch

    inputs = torch.tensor([ids])
    options = {"do_sample": False, "pad_token_id": 0, "eos_token_id": None}
    began = time.perf_counter()
    model.generate(inputs, max_new_tokens=1, **options)
    first = time.perf_counter()
    model.generate(inputs, max_new_tokens=count + 1, **options)
    return count / ((time.perf_counter() - first) - (first - began))


def generation_speed(seed: int) -> float:
    """Tokens per second of generate(): sampled with the default settings, every token's facts made."""
    request = TextRequest(TEXT[:220], max_new_tokens=COUNT, seed=seed, sampler=SamplerSettings())
    speed = 0.0
    for update in generate(request):
        speed = update.tokens_per_second or speed
    return speed


def llama_speed(ids: list[int]) -> Callable[[], float] | None:
    """llama.cpp (the wheel xllamacpp) on the GGUF file that PLAYGROUND_BENCH_GGUF names; None without them.

    Greedy, and timed by its own clock: the tokens that it draws after the prompt, without reading the prompt.
    """
    path = os.environ.get("PLAYGROUND_BENCH_GGUF", "")
    if not path or find_spec("xllamacpp") is None:
        return None
    from xllamacpp import CommonParams, Server  # type: ignore[import-not-found, unused-ignore]

    params = CommonParams()
    params.model.path, params.n_ctx, params.n_parallel, params.verbosity = path, 512, 1, 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = hardware.threads()
    server = Server(params)
    request = {"prompt": ids, "n_predict": COUNT, "temperature": 0.0, "cache_prompt": False, "ignore_eos": True}

    def run() -> float:
        return float(server.handle_completions(request)["timings"]["predicted_per_second"])

    return run


@contextmanager
def busy_neighbour() -> Iterator[None]:
    """Another process that keeps one core busy."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def first_token(decoder: Any, ids: list[int]) -> float:
    """Milliseconds from a prompt of 48 tokens to the logits of the next."""
    cache = decoder.new_cache(1, 64)
    began = time.perf_counter()
    decoder.prefill(cache, 0, ids)
    return 1000 * (time.perf_counter() - began)


def main() -> None:
    """Prints three tables."""
    ids = prompt()
    open_model, fast = load_text(DEFAULT_MODEL, "open"), load_text(DEFAULT_MODEL, "fast")
    decoder: Any = open_model.decoder
    ways: dict[str, Callable[[], float]] = {
        f"transformers.generate, {open_model.decoder.precision}": lambda: transformers_speed(decoder.model, ids),
        f"open decoder, {open_model.decoder.precision}": lambda: decoder_speed(open_model.decoder, ids, 24),
        f"fast decoder, {fast.decoder.precision}": lambda: decoder_speed(fast.decoder, ids),
        "generation on the fast decoder, every token's facts": lambda: generation_speed(1),
    }
    llama = llama_speed(ids)
    if llama:
        ways["llama.cpp, Q4_1"] = llama
    for run in ways.values():
        run()
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    busy: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, run in ways.items():
            speeds[name].append(run())
    with busy_neighbour():
        for _ in range(3):
            for name, run in ways.items():
                busy[name].append(run())
    base = statistics.median(next(iter(speeds.values())))
    rows = [
        [name, spread(values), f"{statistics.median(values) / base:.1f} ×", spread(busy[name])]
        for name, values in speeds.items()
    ]
    show(
        "Decoding",
        f"Tokens/s, median (least–most) of {ROUNDS} interleaved rounds, batch 1, after a prompt of 48 tokens; "
        "last column: while another process keeps one core busy (3 rounds).",
        ["way", "tokens/s", "to transformers", "busy neighbour"],
        rows,
    )
    times = {
        name: [first_token(loaded.decoder, ids) for _ in range(9)]
        for name, loaded in (("open", open_model), ("fast", fast))
    }
    show(
        "First token",
        "Milliseconds from a prompt of 48 tokens to the next token's logits, median (least–most) of 9.",
        ["decoder", "ms"],
        [[name, spread(values)] for name, values in times.items()],
    )
    batch(fast.decoder, ids)


def batch(decoder: Any, ids: list[int]) -> None:
    """Eight texts of different lengths at once."""
    speeds = []
    for _ in range(3):
        cache = decoder.new_cache(8, 128)
        for slot in range(8):
            decoder.prefill(cache, slot, ids[: 10 + 4 * slot])
        began = time.perf_counter()
        for _ in range(32):
            decoder.step(cache, list(range(8)), [260] * 8)
        speeds.append(8 * 32 / (time.perf_counter() - began))
    show(
        "Batch",
        "Eight texts of 10 to 38 tokens in one batch, fast decoder: tokens/s together, median of 3.",
        ["tokens/s"],
        [[spread(speeds)]],
    )
