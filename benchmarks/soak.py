"""Sixteen visitors call all endpoints for ten minutes, beside a training: what the server's memory does.

`make soak`, or SOAK_MINUTES=3 make soak. Some visitors leave their streams unread, some send what is
wrong; 20 more read theirs a byte a second.
"""

from __future__ import annotations

import base64
import io
import json
import os
import random
import threading
import time
from collections import Counter
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil
from PIL import Image

from benchmarks.page import start
from benchmarks.slow_readers import READERS, STAYS, SlowReader
from benchmarks.table import show


def picture_base64() -> str:
    """A grey picture of the avatars' size, PNG in base64."""
    file = io.BytesIO()
    Image.new("RGB", (16, 16), (128, 128, 128)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


VISITORS, MINUTES = 16, float(os.environ.get("SOAK_MINUTES", "10"))
PICTURE = picture_base64()
#: Valid calls of all endpoints, of a few seconds at most.
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("generate", {"prompt": "The sea was calm", "max_new_tokens": 24}),
    ("next_token", {"text": "The sea was"}),
    ("tokenize", {"text": "The sea was calm"}),
    ("score_text", {"text": "The sea was calm."}),
    ("models", {}),
    ("sample_images", {"count": 2}),
    ("interpolate", {"frames": 4}),
    ("decode", {}),
    ("latent_map", {}),
    ("latent_place", {}),
    ("direction", {}),
    ("arithmetic", {}),
    ("read_space", {}),
    ("word_arithmetic", {}),
    ("compare_sentences", {}),
    ("weat", {"test": 1}),
    ("translate", {"text": "He is a nurse."}),
    ("runs", {}),
    ("run_samples", {}),
    ("image_models", {}),
    ("chat", {"messages": [{"role": "user", "content": "Name a colour."}], "max_new_tokens": 12}),
    ("endings", {"prompt": "The sea was", "count": 2, "max_new_tokens": 8}),
    ("denoise", {"seed": 1, "settings": {"steps": 5}}),
    ("nearest", {"image": PICTURE}),
    ("reconstruct", {"image": PICTURE}),
    ("image_audit", {"count": 50}),
    ("crows_pairs", {"limit": 2}),
    ("template_fan", {"templates": ["{} said that _ was late.", "When {} came, _ sat down."]}),
    ("train", {"family": "gan", "dataset": "ring", "settings": {"steps": 20}}),
)
BAD: tuple[Any, ...] = (None, True, -1, 1e308, "", "x", "\x00", [], [None], {}, {"a": 1})


JSON = {"content-type": "application/json"}


class Visitor(threading.Thread):
    """Calls one endpoint after another until the end; now and then a wrong call, a stream left unread, or a page."""

    def __init__(self, address: str, number: int, end: float, outcomes: Counter[str]) -> None:
        """end: on time.monotonic's clock.  outcomes: counted by all visitors together."""
        super().__init__(daemon=True)
        self.api, self.address, self.end, self.outcomes = f"{address}gradio_api/call/", address, end, outcomes
        self.choice = random.Random(number)
        self.longest = 0.0

    def run(self) -> None:
        """Calls until the end."""
        with httpx.Client(timeout=120) as client:
            while time.monotonic() < self.end:
                began = time.monotonic()
                try:
                    self.outcomes[self.one_call(client)] += 1
                except httpx.HTTPError as error:
                    self.outcomes[f"no answer: {type(error).__name__}"] += 1
                self.longest = max(self.longest, time.monotonic() - began)

    def one_call(self, client: httpx.Client) -> str:
        """Calls once. Returns what came of it."""
        name, values = self.choice.choice(CALLS)
        kind = self.choice.random()
        if kind < 0.1:
            return f"page {client.get(self.address).status_code}"
        if kind < 0.3 and values:
            values = {**values, self.choice.choice(list(values)): self.choice.choice(BAD)}
        return self.call(client, name, values, is_read=kind <= 0.95)

    def call(self, client: httpx.Client, name: str, values: dict[str, Any], is_read: bool = True) -> str:
        """Calls an endpoint. Returns what came of it."""
        joined = client.post(f"{self.api}v2/{name}", content=json.dumps(values), headers=JSON)
        if joined.status_code != 200:
            return f"refused {joined.status_code}"
        if not is_read:
            return "left unread"
        event = ""
        with client.stream("GET", f"{self.api}{name}/{joined.json()['event_id']}") as stream:
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                if line == "data: null" and event == "error":
                    return f"empty error: {name}"
        return event


def warm_up(address: str) -> None:
    """Calls each endpoint once, so that minute 1 begins with all models loaded."""
    visitor = Visitor(address, 0, 0, Counter())
    with httpx.Client(timeout=300) as client:
        for name, values in CALLS:
            visitor.call(client, name, values)


def main() -> None:
    """Prints a line a minute, and what came of the calls."""
    with TemporaryDirectory() as runs:
        os.environ["PLAYGROUND_RUNS_DIR"] = runs  # its training would go on at the next start of the app
        soak()


def soak() -> None:
    """One server and its visitors."""
    server, address, _ = start()
    try:
        process = psutil.Process(server.pid)
        warm_up(address)
        training = {"family": "gan", "dataset": "ring", "settings": {"steps": 1_000_000}}
        httpx.post(f"{address}gradio_api/call/v2/train", content=json.dumps(training), headers=JSON).raise_for_status()
        began, outcomes, rows = time.monotonic(), Counter[str](), []
        end = began + 60 * MINUTES
        visitors = [Visitor(address, number, end, outcomes) for number in range(VISITORS)]
        for thread in (*visitors, *(SlowReader(address, end, outcomes) for _ in range(READERS))):
            thread.start()
        for minute in range(1, round(MINUTES) + 1):
            time.sleep(max(0.0, began + 60 * minute - time.monotonic()))
            memory = process.memory_info().rss / 1e6
            calls = sum(outcomes.values())
            longest = max(visitor.longest for visitor in visitors)
            for visitor in visitors:
                visitor.longest = 0.0
            bar = "█" * round(memory / 100)
            held = [str(process.num_threads()), str(process.num_fds())]
            rows.append([str(minute), f"{calls:,}", f"{longest:.0f}", f"{memory:,.0f} {bar}", *held])
        came = outcomes.most_common()
    finally:
        server.terminate()
        server.wait()
    outcome = ", ".join(f"{name} {count:,}" for name, count in came)
    protocol = (
        f"{VISITORS} visitors call {len(CALLS)} endpoints in turn for {MINUTES:g} minutes, beside a training, after "
        "one call of each: 20 % with a wrong value, 5 % left unread, 10 % of the calls open a page. "
        f"{READERS} more read a text a byte a second, and ask for another after {STAYS:g} s. Longest: of the visitors' "
        "calls that ended in this minute, with the time in the line. Memory is the server's, resident; a block is "
        f"100 MB. What came of the calls: {outcome}."
    )
    show("Soak", protocol, ["minute", "calls", "longest, s", "memory, MB", "threads", "descriptors"], rows)
