"""The results that panels open on: stored for the outputs they have, shown without a model, and what the model says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import gradio as gr
import pytest

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.paths import EXAMPLES
from playground.core.recipe import from_query
from playground.panels.images import tab as images
from playground.panels.latent import tab as latent
from playground.ui.events import call
from playground.ui.notice import notice, notice_view
from playground.ui.panel_protocol import Example
from playground.ui.stored_results import StoredResult, read_stored, stored_results

#: Those that take seconds; the others take up to a minute.
QUICK = ("text.compare", "text.score", "text.beam_search", "bias.sentence_pair")
#: What differs from run to run: a view's id, and the decoder's speed in captions.
_VARIES = re.compile(r'(?<="run": ")[0-9a-f]+|\d+(\.\d+)? tokens/s · first after \d+ ms')


def name_of(example: StoredResult) -> str:
    return example.file_name.removesuffix(".json")


def test_panels_open_on_a_stored_result_with_a_sentence(whole_site: gr.Blocks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "processor_kind", lambda: "another")
    found = stored_results(whole_site)
    assert len({name_of(example) for example in found}) == 31
    for tab in (images, latent):  # those of Train open on recorded runs
        assert {one.panel for one in found if one.tab == tab.NAME} == {panel.NAME for panel in tab.PANELS}
    for example in found:
        outputs, values = example.run["outputs"], example.show()
        views = {place for place, output in enumerate(outputs) if isinstance(output, gr.HTML)}
        note = outputs.index(example.note)
        assert any(values[place] for place in values.keys() & views - {note}), f"{name_of(example)} opens empty"
        elsewhere = " " + say("shared.other_processor") if example.varies else ""
        assert values[note] == notice(example.takeaway() + elsewhere) and example.takeaway()
        assert not any(isinstance(value, dict) and value.get("session") for value in values.values()), "nobody's visit"


def test_no_stored_result_is_left_over(whole_site: gr.Blocks) -> None:
    files = {path.name for path in EXAMPLES.glob("*.*.json")}
    assert files == {example.file_name for example in stored_results(whole_site)}


@pytest.mark.weights
@pytest.mark.parametrize("name", QUICK)
def test_a_stored_result_is_what_the_model_says(whole_site: gr.Blocks, name: str) -> None:
    (example,) = (one for one in stored_results(whole_site) if name_of(one) == name)
    stored, again = (
        json.loads(_VARIES.sub("", json.dumps(value, ensure_ascii=False)))
        for value in (read_stored(example.file_name), example.compute())
    )
    if stored.pop("processor", hardware.processor_kind()) == hardware.processor_kind():
        assert again == stored
    else:  # int8 weights give other probabilities on another kind of processor, so texts may differ
        assert again["outputs"] == stored["outputs"] and again["values"].keys() == stored["values"].keys()


@pytest.fixture
def panel() -> tuple[StoredResult, Callable[..., Any]]:
    """An example of a small panel, and the handler that shows it."""

    def on_run(text: str, log: tuple[int, ...]) -> dict[str, Any]:
        return {
            "view": {"text": text, "session": "1 comparison"},
            "query": "a=1",
            "log": (1,),
            "notice": notice("done"),
        }

    with gr.Blocks(analytics_enabled=False) as blocks:
        parts = {
            "text": gr.Textbox("as it opens"), "view": gr.HTML(), "query": gr.Textbox(), "log": gr.State(()),
            "notice": notice_view(),
        }  # fmt: skip
        run = call(on_run, parts, ["text", "log"], ["view", "query", "log", "notice"])
        example = StoredResult("text", "compare", Example(run), parts["notice"])
        example.connect(gr.Textbox("0"), gr.State(None), {})
    (handler,) = (event.fn for event in blocks.fns.values() if getattr(event.fn, "stored_result", None) is example)
    return example, handler


def test_the_views_and_the_link_are_stored_and_no_state(panel: tuple[StoredResult, Callable[..., Any]]) -> None:
    stored = panel[0].compute()
    assert stored == {"outputs": 4, "values": {"0": {"text": "as it opens", "session": ""}, "1": "a=1"}}


def test_a_part_has_its_own_file_and_sentence_and_leaves_the_link_to_the_panel(
    panel: tuple[StoredResult, Callable[..., Any]],
) -> None:
    run = panel[0].run
    part = StoredResult("bias", "weat", Example(run, part="test"), panel[0].note, query=run["outputs"][1])
    assert part.file_name == "bias.weat.test.json" and part.takeaway() == say("bias.weat.example_test")
    assert part.compute()["values"] == {"0": {"text": "as it opens", "session": ""}}


def test_other_settings_are_those_of_the_example(panel: tuple[StoredResult, Callable[..., Any]]) -> None:
    run = panel[0].run
    example = StoredResult("text", "compare", Example(run, [(run["inputs"][0], lambda: "other")]), panel[0].note)
    assert example.compute()["values"] == {"0": {"text": "other", "session": ""}}, "without a link to other settings"


def test_a_run_that_fails_is_not_stored(panel: tuple[StoredResult, Callable[..., Any]]) -> None:
    run = {**panel[0].run, "fn": lambda *_: [gr.skip(), gr.skip(), gr.skip(), notice("no model", "error")]}
    with pytest.raises(RuntimeError, match="no model"):
        StoredResult("text", "compare", Example(run), panel[0].note).compute()
    run["fn"] = lambda *_: [None, "", (), notice("done")]
    with pytest.raises(RuntimeError, match="no result"):
        StoredResult("text", "compare", Example(run), panel[0].note).compute()


@pytest.mark.parametrize(
    ("untouched", "query", "shown"),
    [
        (True, "", True),
        (False, "", False),
        (True, "tab=text&panel=compare", True),
        (True, "tab=text&panel=compare&prompt=Hello", False),
        (True, "tab=text&panel=score&prompt=Hello", True),
    ],
)
def test_the_result_is_shown_if_there_is_no_other(
    panel: tuple[StoredResult, Callable[..., Any]],
    monkeypatch: pytest.MonkeyPatch,
    untouched: bool,
    query: str,
    shown: bool,
) -> None:
    example, handler = panel
    stored = {"outputs": 4, "values": {"0": {"text": "stored"}}}
    monkeypatch.setattr("playground.ui.stored_results.read_stored", lambda name: stored)
    sent = handler(untouched, from_query(query) if query else None, None)
    remark = json.dumps(notice(say("text.compare.example")), ensure_ascii=False, separators=(",", ":"))
    assert sent == (json.dumps(['{"text":"stored"}', None, remark], ensure_ascii=False) if shown else "")


@pytest.mark.parametrize(
    ("query", "text", "draws"),
    [("", "as it opens", False), ("", "another", True), ("tab=text&panel=compare&prompt=Hello", "as it opens", True)],
)
def test_a_panel_that_draws_by_itself_spares_what_it_opens_on(
    panel: tuple[StoredResult, Callable[..., Any]],
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    text: str,
    draws: bool,
) -> None:
    example, _ = panel
    monkeypatch.setattr("playground.ui.stored_results.read_stored", lambda name: {"outputs": 4, "values": {}})
    with gr.Blocks() as page:
        for component in {one._id: one for one in (*example.run["inputs"], *example.run["outputs"])}.values():
            component.render()
        example.stored.render()
        example.spare(gr.Textbox("0"), gr.State(None))
    by_page, by_server = page.fns.values()
    assert by_page.fn is None and by_page.js and not by_server.queue
    pending = from_query(query) if query else None
    assert by_server.fn("3", pending, text, ()) == ("3" if draws else gr.skip())
