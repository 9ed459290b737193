"""The page in headless Chromium: start, first use, streaming, and a slider under the pointer."""

from __future__ import annotations

import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from benchmarks.table import chromium, show, spread

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
_SLIDER = """async () => {
  const input = document.querySelector('#setting-temperature input[type=range]');
  const times = [];
  for (let step = 0; step < 60; step += 1) {
    const drawn = new Promise((done) => document.querySelector('.pg-sampler').addEventListener('pg-redrawn',
      () => requestAnimationFrame(() => done()), { once: true }));
    const began = performance.now();
    input.value = String(0.3 + step * 0.02);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await drawn;
    times.push(performance.now() - began);
    await new Promise((done) => setTimeout(done, 30));
  }
  return times;
}"""


def start() -> tuple[subprocess.Popen[bytes], str, float]:
    """The app with a warm cache: its process, its address, seconds until it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=ROOT, stdout=quiet, stderr=quiet)
    address = f"http://127.0.0.1:{port}/"
    while True:
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return process, address, time.perf_counter() - began
        except OSError:
            time.sleep(0.05)


def run_text(page: Any, seed: int, tokens: int) -> tuple[float, float]:
    """One text from the button: its tokens/s as the page says, and seconds from press to the first chip."""
    page.locator("#setting-seed input").fill(str(seed))
    page.locator("#setting-seed input").press("Tab")
    page.locator("#setting-max_new_tokens input[type=number]").fill(str(tokens))
    page.locator("#setting-max_new_tokens input[type=number]").press("Tab")
    page.wait_for_timeout(300)
    began = time.perf_counter()
    page.locator("#generate").click()
    page.wait_for_selector("#tokens .pg-tokens[aria-busy=true] .pg-output .pg-chip")
    first = time.perf_counter() - began
    page.wait_for_function(
        "(seed) => { const caption = document.querySelector('#caption').textContent;"
        " return new RegExp('seed ' + seed + '\\\\b').test(caption) && /stopped at|ended the text/.test(caption) }",
        arg=seed,
    )
    caption = page.locator("#caption").text_content()
    return float(re.search(r"(\d+) tokens/s", caption).group(1)), first  # type: ignore[union-attr]


def main() -> None:
    """Prints one table."""
    from playwright.sync_api import sync_playwright

    from benchmarks.decoding import generation_speed

    path = chromium()
    if not path:
        print("\nNo Chromium: the page was not measured.")
        return
    generation_speed(0)
    undisturbed = [generation_speed(seed) for seed in range(3)]
    process, address, answered = start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            began = time.perf_counter()
            page.goto(address)
            page.wait_for_selector("#tokens .pg-output .pg-chip")
            opened = time.perf_counter() - began
            page.get_by_role("button", name="Length and seed").click()
            page.wait_for_selector("#sampler .pg-stage-tab")
            speeds, firsts = zip(*[run_text(page, seed, 128) for seed in range(5)], strict=True)
            times = page.evaluate(_SLIDER)
            browser.close()
    finally:
        process.terminate()
        process.wait()
    cost = 1 - statistics.median(speeds) / statistics.median(undisturbed)
    ordered = sorted(times)
    show(
        "The page",
        "Headless Chromium on the same machine, drawing in software and sharing its cores.",
        ["what", "measured"],
        [
            ["start to an answering server, warm cache", f"{answered:.1f} s"],
            ["opening the page to the example drawn", f"{opened:.1f} s"],
            ["press Generate to the first chip", f"{spread([1000 * first for first in firsts])} ms"],
            ["tokens/s of generation alone", spread(undisturbed)],
            ["tokens/s while the page draws them (128 tokens)", spread(speeds)],
            ["cost of streaming and drawing", f"{cost:.0%}"],
            ["slider move to redrawn stages", f"p50 {ordered[30]:.0f} ms, p95 {ordered[57]:.0f} ms of 60"],
        ],
    )
