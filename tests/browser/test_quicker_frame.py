"""The frame's quicker loop says what the slow one said, and is what the page is served with."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from pathlib import Path

import gradio
import pytest
from playwright.sync_api import Page

from playground.quicker import QUICK, SLOW, quicker

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


def scripts() -> list[str]:
    folder = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
    return [path.name for path in folder.glob("core-*.js") if SLOW in path.read_text("utf-8")]


def test_the_quick_loop_gives_each_part_the_same_events(page: Page) -> None:
    assert page.evaluate(_BOTH.replace("SLOW", repr(SLOW)).replace("QUICK", repr(QUICK))) == "alike"


@pytest.mark.weights
def test_the_page_is_served_with_it_and_other_scripts_as_they_are(apps: Callable[[str], str]) -> None:
    (name,) = scripts()
    with urllib.request.urlopen(f"{apps(TABS)}assets/{name}") as answer:
        served = answer.read().decode()
        assert answer.headers["content-type"].startswith("text/javascript")
    assert QUICK in served and SLOW not in served and quicker(name) == served.encode()
    assert quicker("core-unknown.js") is None and quicker("../core-x.js") is None
