"""The page's frame: what it does to every event, and which tabs it has."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
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
