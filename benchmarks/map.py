"""Frame times of the map of 10,000 points while it is moved, zoomed and hovered over, in headless Chromium."""

from __future__ import annotations

import os
import platform
import time
from typing import Any

from benchmarks.page import FLAGS, start
from benchmarks.table import chromium, show

FRAMES = 180
_MEASURE = """async ([what, frames]) => {
  const view = document.querySelector('#map .pg-map-canvas');
  const box = view.getBoundingClientRect();
  view.setPointerCapture = () => {};
  const point = (name, x, y) => view.dispatchEvent(new PointerEvent(name,
    { bubbles: true, pointerId: 1, clientX: box.left + x, clientY: box.top + y }));
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  document.querySelector(what === 'pan' ? '#map .pg-mode-hand' : '#map .pg-mode-cross').click();
  if (what === 'pan' || what === 'cross') point('pointerdown', 200, 200);
  const times = [];
  let last = await frame();
  for (let turn = 1; turn <= frames; turn += 1) {
    const [x, y] = [200 + 120 * Math.sin(turn / 15), 200 + 90 * Math.cos(turn / 20)];
    if (what === 'zoom') {
      const deltaY = turn % 60 < 30 ? -30 : 30;
      const [clientX, clientY] = [box.left + 300, box.top + 200];
      view.dispatchEvent(new WheelEvent("wheel", { deltaY, clientX, clientY, cancelable: true }));
    } else point('pointermove', x, y);
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  if (what === 'pan' || what === 'cross') point('pointerup', 200, 200);
  return times;
}"""
_TITLES = {"pan": "Drag the map", "zoom": "Zoom by the wheel", "hover": "Hover over points", "cross": "Drag the cross"}


def frames(page: Any, what: str) -> list[float]:
    """Milliseconds from frame to frame, sorted, each frame with one move before it."""
    page.evaluate(_MEASURE, [what, 30])
    return sorted(page.evaluate(_MEASURE, [what, FRAMES]))


def main() -> None:
    """Prints one table."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if not path:
        print("\nNo Chromium: the map was not measured.")
        return
    process, address, _ = start()
    rows = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{address}?tab=latent&panel=map&model=vae-fashion")
            page.wait_for_function("document.querySelector('#map .pg-map-place')?.textContent", timeout=900_000)
            time.sleep(3)
            for what, title in _TITLES.items():
                times = frames(page, what)
                median, late = times[len(times) // 2], times[len(times) * 95 // 100]
                smooth = sum(one < 17.5 for one in times) / len(times)
                rows.append([title, f"{median:.1f} ms", f"{late:.1f} ms", f"{1000 / median:.0f}", f"{smooth:.0%}"])
            browser.close()
    finally:
        process.terminate()
        process.wait()
    show(
        "The map of latent space",
        f"10,000 points, {FRAMES} frames with a move before each, headless Chromium without GPU on the same machine "
        f"({os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}); a screen shows 60 a second.",
        ["what", "p50", "p95", "frames a second", "frames on time"],
        rows,
    )


if __name__ == "__main__":
    main()
