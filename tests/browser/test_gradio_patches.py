"""Our patches to Gradio: the table gives the same events as the loop, and the last event counts."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from playwright.sync_api import Page, expect

from playground.ui.gradio_patches import ATTACH_LOOP, ATTACH_TABLE, PATCHES, patched

TABS = "text,images"
_BOTH = """() => {
  const of = (loop) => new Function("e", "t", loop + " return n;");
  const [slow, quick] = [of(SLOW), of(QUICK)];
  let state = 7;
  const next = (most) => (state = (state * 16807) % 2147483647) % most;
  const words = ["click", "change", "", null, "input"];
  for (let round = 0; round < 30; round += 1) {
    const target = () => [next(12), words[next(5)]];
    const events = [...Array(next(40))].map(() => ({ targets: [...Array(next(4))].map(target) }));
    const frame = {};
    for (let id = 0; id < 12; id += 1) {
      const both = [slow.call({}, { id }, events), quick.call(frame, { id }, events)];
      const [one, other] = both.map((all) => JSON.stringify(all));
      if (one !== other) return one + " " + other;
    }
  }
  return "alike";
}"""


def scripts(kind: str) -> list[str]:
    folder = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
    old = [change[0] for change in PATCHES[kind]]
    texts = ((path.name, path.read_text("utf-8")) for path in folder.glob(f"{kind}*.js"))
    return [name for name, text in texts if all(one in text for one in old)]


def test_the_quick_loop_gives_each_part_the_same_events(page: Page) -> None:
    assert page.evaluate(_BOTH.replace("SLOW", repr(ATTACH_LOOP)).replace("QUICK", repr(ATTACH_TABLE))) == "alike"


@pytest.mark.weights
@pytest.mark.parametrize("kind", list(PATCHES))
def test_the_page_is_served_with_them_and_with_other_scripts_as_they_are(apps: Callable[[str], str], kind: str) -> None:
    (name,) = scripts(kind)
    with urllib.request.urlopen(f"{apps(TABS)}assets/{name}") as answer:
        served = answer.read().decode()
        assert answer.headers["content-type"].startswith("text/javascript")
    assert patched(name) == served.encode()
    for old, _, new in PATCHES[kind]:
        assert new in served and old not in served.replace(new, "")
    assert patched("core-unknown.js") is None and patched("../core-x.js") is None and patched("other.js") is None


@pytest.fixture
def heard(page: Page, serve: Callable[[gr.Blocks], str]) -> list[tuple[str, Any]]:
    """A page of two listeners to one choice, each half a second long, and a Stop; what they were told."""
    told: list[tuple[str, Any]] = []

    def listener(name: str) -> Callable[[str], str]:
        def hear(value: str, event: gr.EventData) -> str:
            told.append((name, value))
            time.sleep(0.5)
            return f"{name} {value}"

        return hear

    with gr.Blocks(analytics_enabled=False) as blocks:
        choice = gr.Radio(["1", "2", "3", "4"], elem_id="choice")
        shown = [gr.Textbox(elem_id=name) for name in ("one", "two")]
        stop = gr.Button("Stop", elem_id="stop")
        started = [
            choice.input(listener(name), choice, box, trigger_mode="always_last")
            for name, box in zip(("one", "two"), shown, strict=True)
        ]
        stop.click(None, None, None, cancels=started)
    page.goto(serve(blocks))
    expect(page.locator("#choice input")).to_have_count(4)
    return told


def test_two_listeners_that_are_late_hear_the_last_choice_once_and_come_to_an_end(
    page: Page, heard: list[tuple[str, Any]]
) -> None:
    for number in (0, 1, 3):
        page.locator("#choice input").nth(number).click()
        page.wait_for_timeout(120)
    for name in ("one", "two"):
        expect(page.locator(f"#{name} textarea")).to_have_value(f"{name} 4")
    page.wait_for_timeout(2500)  # without the mending they would begin again and again
    assert [value for name, value in heard if name == "one"][-1] == "4" and len(heard) <= 6
    assert sorted(name for name, value in heard if value == "4") == ["one", "two"]


def test_what_was_stopped_while_a_change_waited_begins_once(page: Page, heard: list[tuple[str, Any]]) -> None:
    page.locator("#choice input").nth(0).click()
    page.locator("#choice input").nth(1).click()
    page.locator("#stop").click()
    page.wait_for_timeout(1500)
    heard.clear()
    page.locator("#choice input").nth(2).click()
    expect(page.locator("#two textarea")).to_have_value("two 3")
    page.wait_for_timeout(1500)
    assert sorted(heard) == [("one", "3"), ("two", "3")]
