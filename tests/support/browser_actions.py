"""What a visitor does to a page, for browser tests."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

#: For wait_for_link: any text.
ANYTHING = re.compile("")


def draw_frames(page: Page, count: int = 2) -> None:
    """Waits until a page has drawn so many frames: by the second, all that has happened so far is on the screen."""
    page.evaluate(
        """(count) => new Promise((done) => {
          const next = (left) => (left ? requestAnimationFrame(() => next(left - 1)) : done());
          next(count);
        })""",
        count,
    )


def wait_for_link(page: Page, **settings: str | re.Pattern[str] | None) -> None:
    """Waits until the address bar has all these settings at once: a text, what a pattern finds, None for none.

    A setting that the address had before is no sign of a new result: name one that only the result brings.
    """
    wanted = [
        [name, getattr(value, "pattern", value), isinstance(value, re.Pattern)] for name, value in settings.items()
    ]
    page.wait_for_function(
        """(wanted) => {
          const query = new URLSearchParams(location.search);
          return wanted.every(([name, value, isPattern]) =>
            isPattern ? query.has(name) && new RegExp(value).test(query.get(name)) : query.get(name) === value);
        }""",
        arg=wanted,
    )


def wait_until_browser_keeps(page: Page, name: str, text: str) -> None:
    """Waits until the visitor's browser keeps a text with these words under a name: see ui/browser_store.js."""
    page.wait_for_function(
        "([name, text]) => (localStorage.getItem('playground-visit-' + name) || '').includes(text)", arg=[name, text]
    )


def pixels(page: Page, canvas: str) -> str:
    """The picture that the first canvas of a selector shows, as a data URL."""
    return str(page.locator(canvas).first.evaluate("canvas => canvas.toDataURL()"))


def wait_for_other_pixels(page: Page, canvas: str, before: str) -> None:
    """Waits until the first canvas of a selector shows another picture than before."""
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector).toDataURL() !== before", arg=[canvas, before]
    )


def expect_width_fits(page: Page) -> None:
    """Waits until the page is no wider than its window: a chart may still be drawn for another width."""
    page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")


def put(field: Locator, text: object, leave: bool = True) -> None:
    """Writes into a field and leaves it, again if it did not stay: a part of the page that has only just opened may

    still be setting its first value, sooner than any hand could write there.
    """
    for _ in range(5):
        field.fill(str(text))
        if leave:
            field.press("Tab")
        draw_frames(field.page, 6)
        if field.input_value() == str(text):
            return
    expect(field).to_have_value(str(text))


def drag(what: Locator, onto: Locator) -> None:
    """Drags by the pointer in many small moves, as a hand does: a browser takes a single leap for no drag."""
    expect(onto).to_be_visible()
    what.hover()
    start, end, mouse = what.bounding_box(), onto.bounding_box(), what.page.mouse
    assert start is not None and end is not None
    mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    mouse.down()
    mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=12)
    mouse.move(end["x"] + end["width"] / 2 + 3, end["y"] + end["height"] / 2 + 3, steps=3)
    mouse.up()
