"""The token chips and their card, as they are seen and used, without any model."""

from __future__ import annotations

import re

import pytest
from browser_actions import draw_frames
from playwright.sync_api import Locator, Page, expect
from token_stage import Shown, Stage, token, value

HOSTILE = [
    "<script>window.hacked=1</script>", " ${window.hacked=1}", " {{value}}", '<img src=x onerror="hacked=1">',
    " a\0b", " \u202eback\u202c", "\u200b", "🙂é",
]  # fmt: skip


def flow(chips: Locator) -> str:
    return "".join(chips.all_text_contents())


def test_the_first_value_is_drawn_and_so_is_one_in_a_tab_opened_later(tokens_page: Shown) -> None:
    assert flow(tokens_page.chips("prompt")) + flow(tokens_page.chips()) == "Once upon Hello world"
    tokens_page.page.get_by_role("tab", name="Two").click()
    second = tokens_page.page.locator("#second .pg-output > .pg-chip")
    expect(second).to_have_count(2)
    second.nth(1).locator(".pg-tint").hover()
    expect(tokens_page.page.locator("#second .pg-card")).to_contain_text("rank 2.")
    expect(tokens_page.page.locator("#second button.pg-alternative, #second .pg-scales")).to_have_count(0)


def test_the_card_of_a_chip_explains_it_in_sentences(tokens_page: Shown) -> None:
    tokens_page.chips().nth(1).locator(".pg-tint").hover()
    expect(tokens_page.card.locator(".pg-card-title")).to_have_text("“·world”")
    expect(tokens_page.card).to_contain_text("The model gave this token 30.0 %: rank 2. Surprisal: 1.74 bits.")
    expect(tokens_page.card.locator(".pg-alternative")).to_have_count(10)
    expect(tokens_page.card.locator(".pg-own")).to_contain_text("in the text")
    tokens_page.chips("prompt").nth(1).locator(".pg-tint").hover()
    expect(tokens_page.card).to_contain_text("rank 1,073.")
    expect(tokens_page.card.locator(".pg-alternative")).to_have_count(11)
    tokens_page.chips("prompt").first.locator(".pg-tint").hover()
    expect(tokens_page.card).to_contain_text("before the first token to predict it from")


@pytest.mark.parametrize(("rank", "words"), [(1, "1"), (12, "12"), (999, "999"), (1234567, "1,234,567")])
def test_ranks_have_thousands_separators(tokens_page: Shown, rank: int, words: str) -> None:
    tokens_page.show(value([token(" a", 0.01, rank)], run=words))
    tokens_page.chips().first.locator(".pg-tint").hover()
    expect(tokens_page.card).to_contain_text(f"rank {words}.")


def test_appended_tokens_do_not_redraw_earlier_ones(tokens_page: Shown) -> None:
    tokens_page.show(value([token(" one")], run="grow", done=False))
    tokens_page.chips().first.evaluate("chip => (chip.kept = true)")
    expect(tokens_page.page.locator("#tokens .pg-caret")).to_be_visible()
    tokens_page.show(value([token(" two"), token(" three")], run="grow", done=False) | {"start": 1})
    tokens_page.show(value([token(" three"), token(" four")], run="grow") | {"start": 2})
    assert flow(tokens_page.chips()) == " one two three four"
    assert tokens_page.chips().first.evaluate("chip => chip.kept")
    expect(tokens_page.page.locator("#tokens .pg-caret")).to_be_hidden()
    tokens_page.show(value([token(" new")], run="again"))
    expect(tokens_page.chips()).to_have_count(1)


@pytest.mark.parametrize("missed", [(0,), (1,), (0, 1)])
def test_a_page_that_missed_pieces_shows_the_whole_text_at_its_end(tokens_page: Shown, missed: tuple[int, ...]) -> None:
    prompt, texts = [token(" so")], [token(" one"), token(" two"), token(" three")]
    for start, text in enumerate(texts[:2]):
        piece = value([text], run="slow", done=False) | ({"start": start} if start else {"prompt": prompt})
        if start not in missed:
            tokens_page.show(piece, drawn=0 if 0 in missed else start + 1)
    tokens_page.show(value(texts, run="slow") | {"prompt": prompt})
    assert flow(tokens_page.chips()) == " one two three"
    expect(tokens_page.page.locator("#tokens .pg-prompt .pg-chip")).to_have_count(1)


def test_only_the_end_of_a_text_is_announced(tokens_page: Shown) -> None:
    announcement = tokens_page.page.locator("#tokens .pg-text [aria-live=polite]")
    assert announcement.text_content() == ""
    tokens_page.show(value([token(" one")], run="say", done=False))
    assert announcement.text_content() == ""
    tokens_page.show(value([token(" two")], run="say") | {"start": 1})
    expect(announcement).to_have_text("Done: 2 tokens.")


PROBABILITIES = [(0.97, "0"), (0.9, "0"), (0.6, "1"), (0.5, "1"), (0.3, "2"), (0.1, "3"), (0.05, "3"), (0.04, "4")]


def test_a_level_is_a_bin_of_the_chosen_scale(tokens_page: Shown) -> None:
    tokens = [
        token(f" {p}", p, rank)
        for (p, _), rank in zip(PROBABILITIES, [1, 10, 11, 100, 101, 1000, 1001, 5], strict=True)
    ]
    tokens_page.show(value(tokens, run="levels"))

    def expect_levels(levels: str) -> None:
        for place, level in enumerate(levels):
            expect(tokens_page.chips().nth(place)).to_have_attribute("data-level", level)

    expect_levels("".join(level for _, level in PROBABILITIES))
    menu = tokens_page.page.locator("#tokens .pg-scales")
    menu.get_by_role("button", name="Surprisal").click()
    expect_levels("00011222")
    menu.get_by_role("button", name="Rank").click()
    expect_levels("00113340")
    expect(tokens_page.page.locator("#tokens .pg-legend-chip")).to_have_text(
        ["top 10", "top 100", "top 1,000", "beyond"]
    )
    tokens_page.show(value(tokens[1:], run="kept"))
    expect_levels("0113340")


LOOKS = """() => {
  const draw = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const luminance = (colour) => {
    draw.fillStyle = colour;
    draw.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...draw.getImageData(0, 0, 1, 1).data].map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return [...document.querySelectorAll('#tokens .pg-legend-chip > .pg-tint')].map((tint) => {
    const style = getComputedStyle(tint);
    return { ground: luminance(style.backgroundColor), ink: luminance(style.color),
             line: style.borderBottomStyle + ' ' + style.borderBottomWidth };
  });
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_levels_differ_without_colour_and_have_contrast(page: Page, page_stage: Stage, theme: str) -> None:
    page.goto(f"{page_stage.address}?__theme={theme}")
    expect(page.locator("#tokens .pg-legend-chip")).to_have_count(5)
    looks = page.evaluate(LOOKS)
    assert len({look["line"] for look in looks}) == 5
    grounds = [look["ground"] for look in looks]
    assert grounds == sorted(grounds, reverse=theme == "light")
    for look in looks:
        low, high = sorted((look["ground"], look["ink"]))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_the_keyboard_walks_chips_holds_one_and_forces_an_alternative(tokens_page: Shown) -> None:
    keyboard = tokens_page.page.keyboard
    tokens_page.show(value([token(f" {n}", 0.3, 2) for n in range(4)], run="keys"))
    expect(tokens_page.page.locator("#tokens .pg-text [tabindex='0']")).to_have_count(1)
    tokens_page.chips().first.focus()
    for key in ("End", "ArrowLeft", "Home", "ArrowRight", "ArrowRight"):
        keyboard.press(key)
    expect(tokens_page.chips().nth(2)).to_be_focused()
    expect(tokens_page.card).to_contain_text("Token 3")
    keyboard.press("Enter")
    expect(tokens_page.chips().nth(2)).to_have_attribute("aria-pressed", "true")
    keyboard.press("Tab")
    keyboard.press("ArrowDown")
    expect(tokens_page.card.locator(".pg-alternative").nth(2)).to_be_focused()
    keyboard.press("Enter")
    position = {"part": "output", "position": 2}
    assert tokens_page.heard(2) == [("pick", position), ("force", position | {"id": 3})]
    keyboard.press("Escape")
    expect(tokens_page.chips().nth(2)).to_be_focused()
    expect(tokens_page.page.locator("#tokens .pg-pinned")).to_have_count(0)


def test_a_held_token_stays_while_the_pointer_wanders(tokens_page: Shown) -> None:
    tokens_page.chips().first.locator(".pg-tint").click()
    tokens_page.chips().nth(1).locator(".pg-tint").hover()
    draw_frames(tokens_page.page)
    expect(tokens_page.card.locator(".pg-card-title")).to_have_text("“·Hello”")
    tokens_page.card.get_by_role("button", name="Release").click()
    tokens_page.chips().nth(1).locator(".pg-tint").hover()
    expect(tokens_page.card.locator(".pg-card-title")).to_have_text("“·world”")


def test_after_a_forced_token_the_keyboard_continues_from_it(tokens_page: Shown) -> None:
    tokens_page.chips().nth(1).locator(".pg-tint").click()
    tokens_page.card.locator("button.pg-alternative").first.click()
    tokens_page.heard(2)
    tokens_page.show(value([token(" Hello"), token(" other1", 0.5, 1, forced=True), token(" x")], run="forced"))
    expect(tokens_page.chips().nth(1)).to_be_focused()
    expect(tokens_page.card).to_contain_text("Forced here: the sampler gave it probability 50.0 %.")


def test_forced_tokens_forks_and_differences_have_signs_and_words(tokens_page: Shown) -> None:
    tokens = [token(" a"), token(" b", forced=True), token(" c"), token("", 0.2, bytes="e2 96"), token("\n\n")]
    tokens_page.show(
        value(tokens, run="signs", forks={"2": 3}, mark=0, prompt=[token("<|im_start|>", None, special=True)])
    )
    expect(tokens_page.chips().nth(0)).to_have_attribute("aria-label", re.compile("the first token that differs"))
    expect(tokens_page.chips().nth(1)).to_have_attribute("aria-label", re.compile("forced"))
    expect(tokens_page.chips().nth(2)).to_have_attribute("aria-label", re.compile("3 other endings start here"))
    expect(tokens_page.chips().nth(2).locator(".pg-fork")).to_have_text("↳3")
    expect(tokens_page.chips().nth(3)).to_have_text("⟨e2 96⟩")
    expect(tokens_page.chips("prompt").first).to_have_class(re.compile("pg-special"))
    assert tokens_page.chips().nth(4).locator("br").count() == 2
    for words in ("forced", "other endings", "first difference"):
        expect(tokens_page.page.locator("#tokens .pg-foot")).to_contain_text(words)


def test_the_prompt_can_be_hidden(tokens_page: Shown) -> None:
    tokens_page.page.get_by_role("button", name="Hide prompt").click()
    expect(tokens_page.chips("prompt").first).to_be_hidden()
    tokens_page.chips().first.focus()
    tokens_page.page.keyboard.press("Home")
    expect(tokens_page.chips().first).to_be_focused()
    tokens_page.page.get_by_role("button", name="Show prompt").click()
    expect(tokens_page.chips("prompt").first).to_be_visible()


def test_any_token_is_drawn_as_text(tokens_page: Shown) -> None:
    tokens = [token(text) for text in HOSTILE]
    for item, text in zip(tokens, HOSTILE, strict=True):
        item["alternatives"][1]["text"] = text
    tokens_page.show(value(tokens, run="hostile", prompt=tokens))
    texts = [*HOSTILE[:4], " a⟨0000⟩b", " ⟨202e⟩back⟨202c⟩", "⟨200b⟩", "🙂é"]
    assert tokens_page.chips().all_text_contents() == texts
    for chip in tokens_page.chips().all():
        chip.locator(".pg-tint").hover()
    assert tokens_page.page.evaluate("window.hacked") is None
    assert tokens_page.page.locator("#tokens .pg-text :is(script, img)").count() == 0


def test_looking_at_tokens_moves_nothing(tokens_page: Shown) -> None:
    boxes = (
        "() => ['#tokens .pg-text', '#tokens', '#branches']"
        ".map((s) => ({...document.querySelector(s).getBoundingClientRect()}))"
    )
    before = tokens_page.page.evaluate(boxes)
    tokens_page.chips().nth(1).locator(".pg-tint").hover()
    tokens_page.chips().nth(1).locator(".pg-tint").click()
    expect(tokens_page.chips().nth(1)).to_have_class(re.compile("pg-pinned"))
    draw_frames(tokens_page.page)
    assert tokens_page.page.evaluate(boxes) == before


#: The card fills the lower edge of a phone's screen, and the held token is above it.
IN_SIGHT_ABOVE_THE_SHEET = """() => {
  const sheet = document.querySelector("#tokens .pg-card").getBoundingClientRect();
  const held = document.querySelector("#tokens .pg-output > .pg-pinned .pg-tint");
  const token = held.getBoundingClientRect();
  return Math.abs(sheet.bottom - 844) < 1 && sheet.width === 390 && token.top > 0 && token.bottom <= sheet.top;
}"""


def test_on_a_phone_the_card_is_a_sheet_that_leaves_its_token_in_sight(tokens_page: Shown) -> None:
    tokens_page.page.set_viewport_size({"width": 390, "height": 844})
    tokens_page.show(value([token(f" word{n}") for n in range(120)], run="phone"))
    expect(tokens_page.card).to_be_hidden()
    tokens_page.chips().nth(60).locator(".pg-tint").click()
    expect(tokens_page.card).to_be_visible()
    tokens_page.page.wait_for_function(IN_SIGHT_ABOVE_THE_SHEET)
    assert tokens_page.page.evaluate("document.documentElement.scrollWidth") <= 390
    tokens_page.card.get_by_role("button", name="Release").click()
    expect(tokens_page.card).to_be_hidden()


def test_a_growing_text_scrolls_to_its_end_unless_the_reader_scrolls_back(tokens_page: Shown) -> None:
    text = tokens_page.page.locator("#tokens .pg-text")
    tokens = [token(f" wordword{n}") for n in range(300)]
    tokens_page.show(value(tokens, run="long", done=False))
    below = "box => box.scrollHeight - box.clientHeight - box.scrollTop"
    tokens_page.page.wait_for_function(f"() => ({below})(document.querySelector('#tokens .pg-text')) < 2")
    text.evaluate("box => new Promise((done) => (box.onscroll = () => done(), box.scrollTo(0, 0)))")
    tokens_page.show(value(tokens, run="long", done=False) | {"start": 300})
    draw_frames(tokens_page.page)
    assert text.evaluate("box => box.scrollTop") == 0


def test_an_empty_text_says_what_to_do(tokens_page: Shown) -> None:
    tokens_page.show(value([], run="empty", empty="Press Generate."))
    expect(tokens_page.page.locator("#tokens .pg-text > .pg-empty")).to_have_text("Press Generate.")
