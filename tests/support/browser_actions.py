"""What a visitor does to a page, for browser tests."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def draw_frames(page: Page, count: int = 2) -> None:
    """Waits until a page has drawn so many frames: by the second, all that has happened so far is on the screen."""
    page.evaluate(
        """(count) => new Promise((done) => {
          const next = (left) => (left ? requestAnimationFrame(() => next(left - 1)) : done());
          next(count);
        })""",
        count,
    )


def put(field: Locator, text: object) -> None:
    """Writes into a field and leaves it, again if it did not stay: a part of the page that has only just opened may

    still be setting its first value, sooner than any hand could write there.
    """
    for _ in range(5):
        field.fill(str(text))
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
