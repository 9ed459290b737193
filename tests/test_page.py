"""The page's frame: what it does to every event, and which tabs it has."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import gradio as gr
import pytest

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_query
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


def sentences_of(site: gr.Blocks, query: str, tab: str = "") -> list[tuple[str, str]]:
    """(tone, text) of what a page says once its link is read and its settings are restored.

    tab: whose page it is, if the link does not name it.
    """
    found: list[tuple[str, str]] = []
    tab = tab or dict(parse_qsl(query))["tab"]
    page = "" if tab == TABS[0].NAME else tab
    on_open, on_restore = (
        next(one for one in site.fns.values() if getattr(one.fn, "__qualname__", "") == name and one.page == page)
        for name in ("_connect_page_opening.<locals>.on_open", "connect_restore.<locals>.on_restore")
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


#: Links to what does not exist.
JUNK = {
    "text": (
        "model=junk", "prompt=a&seed=x", "panel=compare&b_model=junk", "forced=5,x", "panel=chat&history=junk",
        "decoder=junk", "stage_order=junk",
    ),
    "images": (
        "model=junk", "model=gan-avatars&condition=junk", "panel=dataset&dataset=junk", "panel=dataset&attribute=junk",
        "panel=dataset&value=junk", "panel=comparison&dataset=junk", "panel=text_to_image&model=junk",
        "panel=grid&model=gan-avatars&rows=junk",
    ),
    "latent": (
        "ends=junk,1", "ends=row:99999999,1", "model=junk", "panel=map&colour=junk", "panel=map&projection=junk",
        "panel=directions&start=junk", "panel=directions&moves=junk", "panel=arithmetic&a=d99999999",
        "panel=traversal&base=junk", "panel=traversal&dimension=999", "panel=words&part=junk", "panel=words&model=junk",
    ),
    "bias": (
        "model=junk", "part=junk", "panel=sentence_pair&model=junk", "panel=template_sweep&model=junk",
        "panel=weat&test=99", "panel=weat&model=junk", "panel=benchmarks&benchmark=junk", "panel=benchmarks&model=junk",
        "panel=group_generation&model=junk", "panel=prompt_debiasing&model=junk", "panel=image_bias&model=junk",
        "panel=image_bias&part=skew&model=junk", "panel=image_bias&part=faces&labels=a",
    ),
    "train": (
        "run=junk", "run=../../x", "panel=runs&runs=junk", "panel=failure_lab&run=junk", "panel=fine_tuning&run=a",
    ),
}  # fmt: skip


@pytest.mark.parametrize("tab", TABS)
def test_a_link_to_what_does_not_exist_says_so(whole_site: gr.Blocks, tab: Any) -> None:
    for query in JUNK[tab.NAME]:
        said = sentences_of(whole_site, f"tab={tab.NAME}&{query}")
        assert [tone for tone, _ in said if tone in ("error", "warning")], query


@pytest.mark.parametrize("tab", TABS)
def test_a_link_to_a_tab_that_does_not_exist_names_those_that_do(whole_site: gr.Blocks, tab: Any) -> None:
    expected = [("warning", "There is no tab 'nosuch' here. There are: Text, Images, Latent, Bias, Train.")]
    for query in ("tab=nosuch", "tab=nosuch&panel=walk&model=junk"):
        assert sentences_of(whole_site, query, tab.NAME) == expected


def file_sentences(site: gr.Blocks, page: str, file: Path) -> list[Any]:
    """What a page's button for files returns: the row of panels, the panel in front, the recipe, the notice."""
    name = "_connect_upload.<locals>.on_upload"
    handler = next(
        one.fn for one in site.fns.values() if getattr(one.fn, "__qualname__", "") == name and one.page == page
    )
    assert handler is not None
    return list(handler(str(file)))


def test_a_file_opens_its_panel_in_its_own_tab_and_elsewhere_comes_with_its_link(
    whole_site: gr.Blocks, tmp_path: Path
) -> None:
    paths = page_paths(TABS)
    opening = [tab for tab in TABS if tab.NAME != "train"]  # Train has no button for files
    for tab in TABS:
        for panel in tab.PANELS:
            recipe = Recipe(tab.NAME, "", "", 3, {"panel": panel.NAME})
            for other in opening:
                file = tmp_path / "recipe.json"
                file.write_text(json.dumps(recipe.to_json()), "utf-8-sig")
                _, front, pending, notice = file_sentences(whole_site, paths[other.NAME], file)
                if other is tab:
                    assert (front, pending.settings["panel"], notice) == (panel.NAME, panel.NAME, None)
                else:
                    assert pending is None and f"another tab, '{tab.NAME}'" in notice["text"]
                    assert from_query(notice["links"][0]["query"]).settings["panel"] == panel.NAME
                assert not file.exists()


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
    assert say("shared.opening") in text, "a page that opens says so"
    assert [href for href in ("./", "./images", "./latent", "./bias", "./train") if f'href="{href}"' not in text] == []
    assert text.count("aria-current=page") == 1 and 'data-tab="images" aria-current=page' in text


def test_a_page_holds_the_components_of_its_tab_alone() -> None:
    site = build_page(TABS[:2])
    for event in site.fns.values():
        used = [*event.inputs, *event.outputs]
        assert {component.page for component in used} <= {event.page}, event
    assert {event.page for event in site.fns.values()} == {"", "images"}
