"""The page around its panels: their row, Back, arrow keys, the skip button, introductions that fold, the glossary."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from browser_actions import wait_for_link
from playwright.sync_api import Locator, Page, expect

from playground.core.catalogue import say

TABS = "text,images"
TITLES = [say(f"images.{name}.title") for name in ("draw", "denoising", "grid", "inversion", "text_to_image")]


def tab(page: Page, title: str) -> Locator:
    return page.locator("#images-panels [role=tablist]").first.get_by_role("tab", name=title, exact=True)


def test_back_and_forward_go_through_the_panels_that_were_in_front(open_page: Callable[..., Page]) -> None:
    page = open_page("tab=images")
    expect(page.locator("#draw-caption")).to_contain_text("seeds 0 to 15")
    for title in (TITLES[2], TITLES[3]):
        tab(page, title).click()
        expect(tab(page, title)).to_have_attribute("aria-selected", "true")
    wait_for_link(page, panel="inversion")
    page.go_back()
    expect(tab(page, TITLES[2])).to_have_attribute("aria-selected", "true")
    page.go_back()
    expect(tab(page, TITLES[0])).to_have_attribute("aria-selected", "true")
    page.go_forward()
    expect(tab(page, TITLES[2])).to_have_attribute("aria-selected", "true")
    wait_for_link(page, panel="grid")


def test_the_row_is_one_stop_of_the_keyboard_and_arrow_keys_choose(open_page: Callable[..., Page]) -> None:
    page = open_page("tab=images")
    expect(page.locator("#draw-caption")).to_contain_text("seeds 0 to 15")
    page.keyboard.press("Tab")
    expect(page.locator(".pg-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet section").first).to_be_focused()
    tab(page, TITLES[0]).focus()
    page.keyboard.press("ArrowRight")
    expect(tab(page, TITLES[1])).to_be_focused()
    expect(tab(page, TITLES[1])).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") != "tab"


def test_on_a_narrow_screen_every_panel_is_in_a_row_that_scrolls(open_page: Callable[..., Page]) -> None:
    page = open_page("tab=images", width=390)
    row = page.locator("#images-panels [role=tablist]").first
    expect(page.locator("#images-panels .overflow-menu")).to_have_count(0)
    last = row.get_by_role("tab").last
    last.click()
    expect(last).to_have_attribute("aria-selected", "true")
    assert row.evaluate("node => node.scrollLeft > 0 && node.clientHeight < 60")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_introduction_folds_after_the_first_visit_and_stays_as_the_visitor_left_it(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("tab=images")
    fold = page.locator(".pg-lead[data-panel='images.draw']")
    expect(fold).to_have_js_property("open", True)
    page.wait_for_function("(localStorage.getItem('playground-introductions') || '').includes('images.draw')")
    page.reload()
    expect(fold).to_have_js_property("open", False)
    expect(fold.get_by_text(say("images.draw.looking"))).to_be_visible()
    fold.locator("summary").click()
    expect(fold.get_by_text(say("images.draw.doing"))).to_be_visible()
    page.reload()
    expect(fold).to_have_js_property("open", True)


def test_a_term_is_one_tap_from_its_meaning_and_its_panel(open_page: Callable[..., Page]) -> None:
    page = open_page("tab=images")
    page.locator(".pg-glossary-button").click()
    glossary = page.locator("dialog.pg-glossary")
    expect(glossary.get_by_text(say("shared.glossary.here"))).to_be_visible()
    glossary.get_by_role("searchbox").fill("guidan")
    expect(glossary.locator("dt").first).to_contain_text("guidance")
    glossary.get_by_role("searchbox").fill("<img src=x onerror=alert(1)>")
    expect(glossary.get_by_text(say("shared.glossary.none"))).to_be_visible()
    glossary.get_by_role("searchbox").fill("inversion")
    glossary.locator("a", has_text=say("images.inversion.title")).first.click()
    expect(glossary).to_be_hidden()
    expect(tab(page, TITLES[3])).to_have_attribute("aria-selected", "true")
    tab(page, TITLES[0]).click()
    page.locator(".pg-lead[data-panel='images.draw'] summary .pg-term").first.click()
    expect(glossary.get_by_role("searchbox")).not_to_have_value("")
    page.keyboard.press("Escape")
    expect(glossary).to_be_hidden()


def test_folds_say_if_they_are_open_resets_what_they_reset_and_every_focus_is_visible(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("tab=images")
    expect(page.locator("#draw-caption")).to_contain_text("seeds 0 to 15")
    page.keyboard.press("Tab")
    fold = page.get_by_role("button", name=say("shared.share.title"))
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(
        page.get_by_role("button", name=say("shared.page.reset", name=say("shared.pictures")), exact=True)
    ).to_be_visible()
    stops = set()
    page.locator(".pg-skip").focus()
    for _ in range(24):
        page.keyboard.press("Tab")
        tag, outline = page.evaluate(
            "[document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]"
        )
        stops.add(tag)
        assert outline == "solid" or tag == "BODY", tag
    assert {"A", "BUTTON", "INPUT"} <= stops


def test_a_page_opens_without_pushing_its_parts_about(
    apps: Callable[[str], str], page_of_its_own: None, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries()"
        ".forEach(entry => (window.shift += entry.value))).observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto(apps(TABS) + "?tab=images&panel=grid")
    expect(page.locator("#grid img, #grid canvas").first).to_be_visible()
    page.wait_for_function("!document.documentElement.classList.contains('pg-opening')")
    assert page.evaluate("window.shift") < 0.05


def test_an_embedded_panel_has_no_frame_and_leads_to_the_whole_page(open_page: Callable[..., Page]) -> None:
    page = open_page("tab=images&panel=grid")
    page.locator(".pg-menu summary").click()
    page.get_by_role("button", name=say("shared.page.copy_embed")).click()
    expect(page.get_by_role("status").filter(has_text=say("shared.page.embed_copied"))).to_be_visible()
    code = page.evaluate("navigator.clipboard.readText()")
    address = re.fullmatch(
        r'<iframe src="([^"]+)" title="[^"]+" width="100%" height="900" loading="lazy"></iframe>', code
    )
    assert address
    page.goto(address[1].replace("&amp;", "&"))
    expect(page.locator("#grid img, #grid canvas").first).to_be_visible()
    expect(page.locator(".pg-pages")).to_be_hidden()
    expect(page.locator("#images-panels > .tab-wrapper")).to_be_hidden()
    whole = page.get_by_role("link", name=say("shared.page.whole"))
    assert "__embed" in page.url
    whole.evaluate("node => node.removeAttribute('target')")
    whole.click()
    expect(page.locator(".pg-pages")).to_be_visible()
    assert "panel=grid" in page.url and "__embed" not in page.url


def test_the_menu_copies_a_result_as_a_picture_and_saves_and_opens_the_visit(
    page_of_its_own: None, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page("tab=images&panel=grid")
    expect(page.locator("#grid img, #grid canvas").first).to_be_visible()
    page.evaluate("localStorage.setItem('playground-visit-texts', '[]')")
    menu = page.locator(".pg-menu")
    menu.locator("summary").click()
    menu.locator(".pg-menu-images button").first.click()
    expect(menu.get_by_role("status")).to_have_text(say("shared.copy_image.copied"))
    copied = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          const picture = await createImageBitmap(await item.getType("image/png"));
          const canvas = new OffscreenCanvas(picture.width, picture.height);
          const context = canvas.getContext("2d");
          context.drawImage(picture, 0, 0);
          const seen = new Set(new Uint32Array(context.getImageData(0, 0, picture.width, picture.height).data.buffer));
          return [picture.width, picture.height, seen.size];
        }"""
    )
    assert min(copied[:2]) > 100 and copied[2] > 50, "the faces are in it"
    with page.expect_download() as download:
        menu.get_by_role("button", name=say("shared.visit.save")).click()
    path = tmp_path / "visit.json"
    download.value.save_as(path)
    assert json.loads(path.read_text("utf-8"))["entries"]["texts"] == "[]"
    page.evaluate("localStorage.clear()")
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_file_chooser() as chooser, page.expect_navigation():
        menu.get_by_role("button", name=say("shared.visit.open")).click()
        chooser.value.set_files(path)
    assert "panel=grid" in page.url and page.evaluate("localStorage.getItem('playground-visit-texts')") == "[]"
