"""Links and files of the Text tab in a browser: what they keep, what they reproduce, and damaged ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from browser_actions import ANYTHING, put, wait_for_link
from playwright.sync_api import Page, expect
from text_actions import generate, output, set_number

from playground.core.recipe import from_file

TABS = "text,images"
Open = Callable[..., Page]


def test_the_link_alone_reproduces_the_text_or_says_what_differs(open_page: Open) -> None:
    page = open_page()
    set_number(page, "temperature", 1.3)
    generate(page, "Tea & <b>cake</b> ${1+1} {{value}} é 🙂 =", 14)
    output(page).nth(4).locator(".pg-tint").click()
    page.locator("#tokens .pg-alternative:not(.pg-own)").first.click()
    expect(page.locator("#branches .pg-branch")).to_have_count(2)
    expect(page.locator("#tokens .pg-tokens")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#link textarea")).to_have_value(re.compile("forced="))
    link = page.locator("#link textarea").input_value()
    texts = [text.replace("↳1", "") for text in output(page).all_text_contents()]
    assert dict(parse_qsl(urlsplit(page.url).query))["temperature"] == "1.3"
    again = open_page(urlsplit(link).query)
    expect(again.locator("#notice")).to_contain_text("Reproduced ✓")
    assert [text.replace("↳1", "") for text in output(again).all_text_contents()] == texts
    expect(again.locator("#setting-prompt textarea")).to_have_value("Tea & <b>cake</b> ${1+1} {{value}} é 🙂 =")
    expect(again.locator("#setting-temperature input[type=number]")).to_have_value("1.3")
    other = open_page(urlsplit(link).query.replace("seed=0", "seed=1"))
    expect(other.locator("#notice")).to_contain_text("Differs: token")


def test_changed_settings_of_every_panel_are_in_the_link_before_any_run(open_page: Open) -> None:
    page = open_page()
    set_number(page, "top_k", 7)
    page.wait_for_function("new URLSearchParams(location.search).get('top_k') === '7'")
    page.get_by_role("tab", name="Beam search").click()
    wait_for_link(page, panel="beam_search", result=ANYTHING)  # that of the stored result
    put(page.locator("#beam-search-width input[type=number]"), 6)
    page.wait_for_function("new URLSearchParams(location.search).get('beams') === '6'")
    page.get_by_role("tab", name="Score a text").click()
    wait_for_link(page, panel="score", result=ANYTHING)
    page.locator("#score-text textarea").fill("A text & its tail")
    page.wait_for_function("new URLSearchParams(location.search).get('score_text') === 'A text & its tail'")
    again = open_page(urlsplit(page.url).query)
    expect(again.locator("#score-text textarea")).to_have_value("A text & its tail")
    again.get_by_role("tab", name="Beam search").click()
    expect(again.locator("#beam-search-width input[type=number]")).to_have_value("6")
    expect(again.locator("#setting-top_k input[type=number]")).to_have_value("7")


def test_a_damaged_link_is_explained(open_page: Open) -> None:
    page = open_page("tab=text&prompt=a&result=!!!")
    expect(page.locator("#notice")).to_contain_text("damaged")


def test_downloads_carry_the_recipe(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    generate(page, "The sea was calm, and", 6)
    recipes = []
    for button, name in (("#download-json", "generation.json"), ("#download-picture", "generation.png")):
        with page.expect_download() as download:
            page.locator(button).click()
        assert download.value.suggested_filename == name
        download.value.save_as(tmp_path / name)
        recipes.append(from_file((tmp_path / name).read_bytes()))
    assert recipes[0] == recipes[1]
    data = json.loads((tmp_path / "generation.json").read_text("utf-8"))
    assert len(data["tokens"]) == 6 and data["tokens"][0]["alternatives"]
    fresh = open_page()
    with fresh.expect_file_chooser() as chooser:
        fresh.locator("#open-recipe").click()
    chooser.value.set_files(tmp_path / "generation.png")
    expect(fresh.locator("#notice")).to_contain_text("Reproduced ✓")
