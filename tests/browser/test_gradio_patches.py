"""Our patches to Gradio: the table gives the same events as the loop, and the last event counts."""

from __future__ import annotations

import re
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import gradio as gr
import pytest
from browser_actions import draw_frames, put
from calls import Calls
from playwright.sync_api import Page, Route, expect

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


#: window.joins: how many requests to join the queue are under way.
_COUNT_JOINS = """
window.joins = 0;
const ask = window.fetch;
window.fetch = async (...values) => {
  const joins = String(values[0].url || values[0]).includes("queue/join") ? 1 : 0;
  window.joins += joins;
  try {
    return await ask(...values);
  } finally {
    window.joins -= joins;
  }
};
"""


def scripts(kind: str) -> list[str]:
    folder = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
    old = [change[0] for change in PATCHES[kind]]
    texts = ((path.name, path.read_text("utf-8")) for path in folder.glob(f"{kind}*.js"))
    return [name for name, text in texts if all(one in text for one in old)]


def test_the_patched_loop_gives_each_component_the_same_events(page: Page) -> None:
    assert page.evaluate(_BOTH.replace("SLOW", repr(ATTACH_LOOP)).replace("QUICK", repr(ATTACH_TABLE))) == "alike"


@pytest.mark.weights
@pytest.mark.parametrize("kind", list(PATCHES))
def test_the_page_is_served_with_patches_and_other_scripts_unchanged(apps: Callable[[str], str], kind: str) -> None:
    (name,) = scripts(kind)
    with urllib.request.urlopen(f"{apps(TABS)}assets/{name}") as answer:
        served = answer.read().decode()
        assert answer.headers["content-type"].startswith("text/javascript")
    assert patched(name) == served.encode()
    for old, _, new in PATCHES[kind]:
        assert new in served and old not in served.replace(new, "")
    assert patched("core-unknown.js") is None and patched("../core-x.js") is None and patched("other.js") is None


_GENERATORS = 6


@pytest.fixture
def generators(page: Page, serve: Callable[[gr.Blocks], str]) -> Page:
    """A page of buttons, each with an event that answers in pieces."""

    def pieces(name: int) -> Callable[[str], Iterator[tuple[str, object]]]:
        def write(value: str) -> Iterator[tuple[str, object]]:
            for piece in range(8):
                yield f"{value} {piece}", gr.skip()
            yield f"{value} 8", f"{value} done"

        return write

    with gr.Blocks(analytics_enabled=False) as blocks:
        value = gr.Textbox("0", elem_id="value")
        for name in range(_GENERATORS):
            parts = gr.HTML(elem_id=f"parts{name}"), gr.Textbox(elem_id=f"whole{name}")
            gr.Button(str(name), elem_id=f"start{name}").click(pieces(name), value, list(parts))
    page.goto(serve(blocks))
    expect(page.locator("[id^=start]")).to_have_count(_GENERATORS)
    return page


#: window.streams: the cache mode of each stream of answers that was asked for.  ends(): how many have ended.
_COUNT_STREAMS = """() => {
  const isStream = (url) => url.includes("queue/data");
  const ask = window.fetch;
  window.streams = [];
  window.fetch = (...values) => {
    if (isStream(String(values[0].url || values[0]))) window.streams.push(values[0].cache);
    return ask(...values);
  };
  window.ends = () => performance.getEntriesByType("resource").filter((entry) => isStream(entry.name)).length;
}"""
_CLICK_ALL = """async (pauses) => {
  for (const [name, pause] of pauses) {
    document.getElementById("start" + name).click();
    await new Promise((done) => setTimeout(done, pause));
  }
}"""


def test_events_that_start_while_others_end_are_all_answered_in_full(generators: Page) -> None:
    page, random = generators, Random(0)
    for attempt in range(20):
        put(page.locator("#value textarea"), attempt)
        order = random.sample(range(_GENERATORS), _GENERATORS)
        page.evaluate(_CLICK_ALL, [[name, random.choice([0, 1, 5, 20, 60, 150])] for name in order])
        for name in range(_GENERATORS):
            expect(page.locator(f"#parts{name}")).to_contain_text(f"{attempt} 8")
            expect(page.locator(f"#whole{name} textarea")).to_have_value(f"{attempt} done")


def test_an_answer_that_comes_before_its_id_leaves_no_stream_open(generators: Page) -> None:
    page, late = generators, threading.Event()

    def answer_late(route: Route) -> None:
        answer = route.fetch()
        page.locator("#start1").click()  # its stream brings all messages, and ends
        expect(page.locator("#whole1 textarea")).to_have_value("0 done")
        route.fulfill(response=answer)
        late.set()

    page.evaluate(_COUNT_STREAMS)
    page.route("**/queue/join*", answer_late, times=1)
    page.locator("#start0").click()
    expect(page.locator("#whole0 textarea")).to_have_value("0 done")
    assert late.is_set()
    page.wait_for_function("window.streams.length && ends() >= window.streams.length")
    assert set(page.evaluate("window.streams")) == {"no-store"}


def test_the_pieces_of_an_answer_stay_in_order_when_the_tab_is_hidden(generators: Page) -> None:
    page = generators
    page.evaluate("""() => {
      window.seen = [];
      let hidden = false;
      // Hidden from every other message on, which is when a message could overtake one that waits for its timer.
      const parse = JSON.parse;
      JSON.parse = (text, ...rest) => {
        if (String(text).includes("process_")) hidden = !hidden;
        return parse(text, ...rest);
      };
      Object.defineProperty(document, "visibilityState", { get: () => (hidden ? "hidden" : "visible") });
      const parts = document.getElementById("parts0");
      new MutationObserver(() => window.seen.push(parts.textContent.trim())).observe(parts, {
        childList: true, subtree: true, characterData: true,
      });
    }""")
    page.locator("#start0").click()
    expect(page.locator("#whole0 textarea")).to_have_value("0 done")
    seconds = re.compile(r"\d\.\ds$")  # Gradio's clock, while it waits
    pieces = [text for text in page.evaluate("window.seen") if text and not seconds.search(text)]
    assert pieces == sorted(pieces) and pieces[-1] == "0 8"


@dataclass
class Listeners:
    """calls: what two listeners to one choice were called with.  gate: which they wait for, closed at first."""

    page: Page
    calls: Calls = field(default_factory=Calls)
    gate: threading.Event = field(default_factory=threading.Event)

    def choose(self, number: int) -> None:
        self.page.locator("#choice input").nth(number - 1).click()

    def ask_something_else(self, count: int) -> None:
        """Another event, to its answer: by then the server has begun all that the page had asked for before."""
        self.page.locator("#other").click()
        expect(self.page.locator("#answered textarea")).to_have_value(str(count))


@pytest.fixture
def listeners(page_of_its_own: None, page: Page, serve: Callable[[gr.Blocks], str]) -> Listeners:
    """A page of two listeners to one choice, and a Stop."""
    page_listeners = Listeners(page)

    def listener(name: str) -> Callable[[str], str]:
        def hear(value: str) -> str:
            page_listeners.calls.note(name, value)
            assert page_listeners.gate.wait(60)  # its work: the next choices come while it is at it
            return f"{name} {value}"

        return hear

    with gr.Blocks(analytics_enabled=False) as blocks:
        choice = gr.Radio(["1", "2", "3", "4"], elem_id="choice")
        boxes = [gr.Textbox(elem_id=name) for name in ("one", "two")]
        stop = gr.Button("Stop", elem_id="stop")
        other, answered = gr.Button("Other", elem_id="other"), gr.Textbox("0", elem_id="answered")
        started = [
            choice.input(listener(name), choice, box, trigger_mode="always_last")
            for name, box in zip(("one", "two"), boxes, strict=True)
        ]
        stop.click(None, None, None, cancels=started)
        other.click(lambda count: str(int(count) + 1), answered, answered)
    page.add_init_script(_COUNT_JOINS)
    page.goto(serve(blocks))
    expect(page.locator("#choice input")).to_have_count(4)
    return page_listeners


def test_two_listeners_that_are_late_hear_the_last_choice_and_come_to_an_end(page: Page, listeners: Listeners) -> None:
    listeners.choose(1)
    listeners.calls.wait_for(1)
    listeners.ask_something_else(1)
    for number in (2, 4):
        listeners.choose(number)
        draw_frames(page, 8)
    listeners.gate.set()
    for name in ("one", "two"):
        expect(page.locator(f"#{name} textarea")).to_have_value(f"{name} 4")
    listeners.ask_something_else(2)
    assert {name: value for name, value in listeners.calls} == {"one": "4", "two": "4"}, "the last one of each"
    heard = list(listeners.calls)
    for count in (3, 4, 5):  # without the patch they would begin again and again
        listeners.ask_something_else(count)
    assert listeners.calls == heard and len(heard) <= 6


def test_an_event_stopped_while_a_change_waited_starts_once(page: Page, listeners: Listeners) -> None:
    listeners.choose(1)
    listeners.calls.wait_for(1)
    listeners.ask_something_else(1)
    listeners.choose(2)
    listeners.ask_something_else(2)
    page.wait_for_function("window.joins === 0")  # Gradio cannot cancel what the server has not taken yet
    page.locator("#stop").click()
    listeners.gate.set()
    listeners.ask_something_else(3)
    listeners.calls.clear()
    listeners.choose(3)
    expect(page.locator("#two textarea")).to_have_value("two 3")
    expect(page.locator("#one textarea")).to_have_value("one 3")
    for count in (4, 5, 6):
        listeners.ask_something_else(count)
    assert sorted(listeners.calls) == [("one", "3"), ("two", "3")]


@pytest.fixture
def endless(page: Page, serve: Callable[[gr.Blocks], str]) -> Calls:
    """A page of runs that end only when they are cancelled. Returns (number, "ended") of each that has ended."""
    ended, numbers = Calls(), iter(range(1, 9))

    def write() -> Iterator[str]:
        number, pause = next(numbers), threading.Event()
        try:
            while not pause.wait(0.02):
                yield f"run {number}"
        finally:
            ended.note(str(number), "ended")

    with gr.Blocks(analytics_enabled=False) as blocks:
        shown = gr.Textbox(elem_id="shown")
        start, cancel, stop = (gr.Button(name, elem_id=name) for name in ("start", "cancel", "stop"))
        run = start.click(write, None, shown, trigger_mode="multiple", concurrency_limit=None)
        for button in (cancel, stop):
            button.click(None, None, None, cancels=[run])
    page.goto(serve(blocks))
    return ended


def test_a_run_that_began_while_the_one_before_was_being_cancelled_can_be_stopped(page: Page, endless: Calls) -> None:
    def answer_late(route: Route) -> None:
        page.locator("#start").click()  # the next run, before the server's answer to the cancelling of this one
        expect(page.locator("#shown textarea")).to_have_value("run 2")
        route.continue_()

    page.locator("#start").click()
    expect(page.locator("#shown textarea")).to_have_value("run 1")
    page.route("**/reset", answer_late, times=1)
    with page.expect_response("**/reset"):
        page.locator("#cancel").click()
    draw_frames(page, 4)
    page.locator("#stop").click()
    endless.wait_for(2)
    assert list(endless) == [("1", "ended"), ("2", "ended")]
