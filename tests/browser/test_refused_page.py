"""What the server refuses is said in the panel, and stays there until the next press."""

from __future__ import annotations

from app_server import Apps
from browser_fixtures import open_tab
from playwright.sync_api import Browser, Route, expect

TABS = "text,images"
SENTENCE = "<b>The line</b> is full: try again in a minute."
#: What a button or an introduction shares its place with.
_COVERED = """(line) => {
  const own = line.getBoundingClientRect();
  return [...document.querySelectorAll("button, .pg-intro")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && box.top < own.bottom && box.bottom > own.top && box.left < own.right && box.right > own.left;
  }).map((one) => one.className);
}"""


def test_a_refusal_stays_in_the_panel_until_the_next_press(apps: Apps, browser: Browser) -> None:
    page = browser.new_page()  # its errors are no faults
    open_tab(page, apps(TABS), TABS, "tab=text&panel=score")
    refused = page.locator(".pg-refused")

    def refuse(route: Route) -> None:
        route.fulfill(status=503, json={"detail": SENTENCE})

    page.route("**/queue/join*", refuse, times=1)
    page.locator("#score").click()
    expect(refused).to_have_text(SENTENCE)
    expect(refused).to_have_role("alert")
    assert refused.evaluate(_COVERED) == []
    expect(page.locator(".toast-body")).to_have_count(0)
    page.locator("#score").click()
    expect(refused).to_have_count(0)
    page.close()
