"""What opening each tab's page costs: bytes sent, components, and seconds until it can be used, cold and warm."""

from __future__ import annotations

import statistics
from collections import Counter
from typing import Any

from benchmarks.page import FLAGS, start
from benchmarks.table import chromium, show

ROUNDS = 5
#: Tab -> what is on its page when it can be used: its first button, and its first view.
USABLE = {
    "text": ("#generate", "#tokens .pg-legend-chip"),
    "images": ("#draw", "#sheet .pg-thumbs"),
    "latent": ("#walk", "#walk-film *"),
    "bias": ("#translation-measure", "#translation-intervals tbody tr"),
    "train": ("#toy_2d-start", "#toy_2d-view *"),
}
_SECONDS = """([button, view]) => {
  const shown = (selector) => [...document.querySelectorAll(selector)].find((node) => node.getClientRects().length);
  const found = shown(button);
  if (found && !found.disabled && document.querySelector(view)) window.usableAfter ||= performance.now() / 1000;
  return window.usableAfter;
}"""


def opened(page: Any, address: str, tab: str) -> tuple[float, int]:
    """(seconds until a tab's page can be used, bytes received until two seconds later, without event streams)."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    addresses: dict[str, str] = {}
    received: Counter[str] = Counter()

    def on_request(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def on_finished(event: dict[str, Any]) -> None:
        url = addresses.get(event["requestId"], "")
        stream = "/queue/data" in url or "/heartbeat" in url
        received["" if stream or not url.startswith(address) else "page"] += int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", on_request)
    session.on("Network.loadingFinished", on_finished)
    page.goto(f"{address}?tab={tab}", wait_until="commit")
    seconds = page.wait_for_function(_SECONDS, arg=list(USABLE[tab]), polling=20).json_value()
    page.wait_for_timeout(2000)
    session.detach()
    return float(seconds), received["page"]


def measured(browser: Any, address: str, tab: str) -> list[str]:
    """One row of the table."""
    cold: list[tuple[float, int]] = []
    warm: list[tuple[float, int]] = []
    counts = ""
    for _ in range(ROUNDS):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        cold.append(opened(page, address, tab))
        page.goto("about:blank")
        warm.append(opened(page, address, tab))
        counts = page.evaluate(
            "`${window.gradio_config.components.length} / ${window.gradio_config.dependencies.length}`"
        )
        context.close()
    row = [tab, counts]
    for runs in (cold, warm):
        seconds = [run[0] for run in runs]
        row.append(f"{statistics.median(seconds):.2f} ({min(seconds):.2f}–{max(seconds):.2f})")
        row.append(f"{statistics.median(run[1] for run in runs) / 1000:.0f}")
    return row


def main() -> None:
    """Prints one table."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if not path:
        print("\nNo Chromium: the opening of the pages was not measured.")
        return
    process, address, answered = start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            context = browser.new_context()
            opened(context.new_page(), address, "text")  # the app compresses its files when it has started
            context.close()
            rows = [measured(browser, address, tab) for tab in USABLE]
            browser.close()
    finally:
        process.terminate()
        process.wait()
    show(
        "Opening a tab's page",
        f"Headless Chromium, 1440 × 900, on the same machine; the app answered {answered:.1f} s after its start. "
        "Usable: the tab's first button can be pressed and its first view is visible. Cold: a new browser profile. "
        f"Warm: the same profile, second opening. Median (range) of {ROUNDS}; kB received until 2 s "
        "later, without streams.",
        ["tab", "components / events", "cold, s", "cold, kB", "warm, s", "warm, kB"],
        rows,
    )


if __name__ == "__main__":
    main()
