"""From a pointer's move over the plane of seeds to the pixels of its picture, in headless Chromium."""

from __future__ import annotations

import time
from typing import Any

from benchmarks.page import FLAGS, start
from benchmarks.table import chromium, show

MOVES = 100
#: Small models, and the faces: milliseconds that the median should stay under.
TARGETS = {"gan-avatars": 16, "vae-avatars": 16, "gan-fashion": 16, "vae-fashion": 16, "gan-faces": 60}
_DRAG = """async (moves) => {
  const view = document.querySelector('#seed-plane .pg-seed-plane-lattice');
  const [box, times] = [view.getBoundingClientRect(), []];
  const point = (name, x) => view.dispatchEvent(new PointerEvent(name,
    { bubbles: true, pointerId: 1, clientX: box.left + 100 + x, clientY: box.top + 100 + x / 3 }));
  let heard;
  const listen = (event) => { times.push(event.detail); heard(); };
  for (let node = view; node; node = node.parentElement) node.addEventListener('pg-followed', listen);
  view.setPointerCapture = () => {};
  point('pointerdown', 0);
  for (let move = 1; move <= moves; move += 1) {
    const followed = new Promise((done) => { heard = done; });
    point('pointermove', move);
    await followed;
    await new Promise((done) => setTimeout(done, 20));
  }
  point('pointerup', moves);
  return times;
}"""


def drag(page: Any, address: str, model: str) -> list[float]:
    """Milliseconds of each move, sorted, after the plane around it was drawn and one drag went before."""
    page.goto(f"{address}?tab=latent&panel=seed_plane&model={model}&x=0.5&y=0.5")
    page.wait_for_function("document.querySelector('#seed-plane .pg-seed-plane-place')?.textContent", timeout=120_000)
    time.sleep(3)
    page.evaluate(_DRAG, 20)
    time.sleep(2)
    return sorted(page.evaluate(_DRAG, MOVES))


def main() -> None:
    """Prints one table."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if not path:
        print("\nNo Chromium: the pointer was not measured.")
        return
    process, address, _ = start()
    rows = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            for model, target in TARGETS.items():
                times = drag(page, address, model)
                middle, late = times[len(times) // 2], times[len(times) * 95 // 100]
                rows.append([model, f"{middle:.0f} ms", f"{late:.0f} ms", f"{target} ms"])
            browser.close()
    finally:
        process.terminate()
        process.wait()
    show(
        "The plane of seeds",
        f"Pointer's move to pixels: {MOVES} moves, each after the last was drawn, headless Chromium on the same "
        "machine.",
        ["model", "p50", "p95", "target p50"],
        rows,
    )
