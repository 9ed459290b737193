"""The page's frame: what it does to every event, and which tabs it has."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.page import TABS, build_page, chosen_tabs, header, page_paths, skip_if_silent


def test_a_generator_that_yields_nothing_skips_its_outputs() -> None:
    def counts(most: int) -> Iterator[int]:
        """Up to a number."""
        yield from range(most)

    handler = skip_if_silent(counts)
    assert list(handler(0)) == [gr.skip()] and list(handler(3)) == [0, 1, 2]
    assert inspect.isgeneratorfunction(handler) and list(inspect.signature(handler).parameters) == ["most"]


def test_a_generator_that_is_stopped_is_closed() -> None:
    closed = []

    def waits() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    running = skip_if_silent(waits)()
    next(running)
    running.close()  # type: ignore[attr-defined]
    assert closed == [True]


def test_every_generator_of_the_page_skips_if_it_is_silent(whole_site: gr.Blocks) -> None:
    streams = [event.fn for event in whole_site.fns.values() if inspect.isgeneratorfunction(event.fn)]
    assert len(streams) > 20
    assert {fn.__code__ for fn in streams} == {skip_if_silent(lambda: iter(())).__code__}, "each is one that it made"


def test_every_stop_cancels_all_it_can_before_anything_else_hears_the_press(whole_site: gr.Blocks) -> None:
    presses: dict[Any, list[bool]] = {}
    for event in whole_site.fns.values():
        for target in event.targets:
            if event.cancels or event.fn is not None:
                presses.setdefault(target, []).append(bool(event.cancels))
    stops = [heard for heard in presses.values() if True in heard]
    assert len(stops) > 20 and all(heard[0] and sum(heard) == 1 for heard in stops)


def sentences_of(site: gr.Blocks, query: str) -> list[tuple[str, str]]:
    """(tone, text) of what the page of a link says once it is read and its settings are restored."""
    found: list[tuple[str, str]] = []
    tab = dict(parse_qsl(query))["tab"]
    page = "" if tab == TABS[0].NAME else tab
    on_open, on_restore = (
        next(one for one in site.fns.values() if getattr(one.fn, "__qualname__", "") == name and one.page == page)
        for name in ("_connect_page_opening.<locals>.on_open", "_connect_restore.<locals>.on_restore")
    )
    opened = on_open.fn(query)
    pending = next((value for value in opened if isinstance(value, Recipe)), None)
    turns = ["0"] * (len(on_restore.inputs) - 1)
    restored = on_restore.fn(pending, *turns) if pending else []
    for value in (*opened, *restored):
        if isinstance(value, dict) and value.get("text"):
            found.append((value["tone"], value["text"]))
    return found


BARE = (
    "",
    "panel={panel}",
    "panel={panel}&unheard_of=1",
    "panel={panel}&seed=5",
    "panel={panel}&model=&seed=",
    "seed=5",
)


@pytest.mark.parametrize("tab", TABS)
def test_what_a_link_leaves_out_is_the_default(whole_site: gr.Blocks, tab: Any) -> None:
    for panel in tab.PANELS:
        for query in BARE:
            said = sentences_of(whole_site, f"tab={tab.NAME}&{query.format(panel=panel.NAME)}")
            assert not [text for tone, text in said if tone == "error"], (panel.NAME, query)
    (unknown,) = sentences_of(whole_site, f"tab={tab.NAME}&panel=nobody")
    assert unknown[0] == "warning" and "'nobody' here. There are: " in unknown[1]


def test_an_error_that_a_handler_does_not_catch_becomes_its_sentence() -> None:
    def stumbles() -> Iterator[int]:
        yield 1
        raise PlaygroundError("It is <gone>: choose another.")

    with pytest.raises(gr.Error, match="It is &lt;gone&gt;: choose another.") as raised:
        list(skip_if_silent(stumbles)())
    assert not raised.value.print_exception


def test_tabs_are_chosen_by_name_in_the_order_of_the_page() -> None:
    assert chosen_tabs("images, text") == [TABS[0], TABS[1]] and chosen_tabs(None) == list(TABS)
    for wrong in ("", ",", "text,kitchen"):
        with pytest.raises(PlaygroundError, match="no tab"):
            chosen_tabs(wrong)


def test_the_first_tab_is_at_the_root_and_the_others_at_their_names() -> None:
    assert page_paths(TABS) == {"text": "", "images": "images", "latent": "latent", "bias": "bias", "train": "train"}
    assert page_paths(TABS[1:3]) == {"images": "", "latent": "latent"}


def test_a_header_links_every_page_and_marks_its_own() -> None:
    text = header(TABS[1], TABS)
    assert [href for href in ("./", "./images", "./latent", "./bias", "./train") if f'href="{href}"' not in text] == []
    assert text.count("aria-current=page") == 1 and 'data-tab="images" aria-current=page' in text


def test_a_page_holds_the_components_of_its_tab_alone() -> None:
    site = build_page(TABS[:2])
    for event in site.fns.values():
        used = [*event.inputs, *event.outputs]
        assert {component.page for component in used} <= {event.page}, event
    assert {event.page for event in site.fns.values()} == {"", "images"}
