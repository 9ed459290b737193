"""The Text tab in a browser, by pointer and by keyboard, with the real model."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from app_server import ROOT
from browser_actions import ANYTHING, draw_frames, put, wait_for_link
from playwright.sync_api import Page, expect
from text_actions import generate, output, set_number

TABS = "text,images"
Open = Callable[..., Page]
EXAMPLE = json.loads((ROOT / "assets" / "examples" / "text.json").read_text("utf-8"))


def test_the_page_opens_on_the_stored_example_whose_chips_have_cards(open_page: Open) -> None:
    page = open_page()
    expect(output(page)).to_have_count(len(EXAMPLE["tokens"]))
    expect(page.locator("#caption")).to_contain_text("seed 0")
    expect(page.get_by_text("tokens/s")).to_be_hidden()  # in the fold
    place = min(range(len(EXAMPLE["tokens"])), key=lambda at: EXAMPLE["tokens"][at]["alternatives"][0]["probability"])
    expect(output(page).nth(place)).to_have_class(re.compile("pg-shown"))
    expect(page.locator("#tokens .pg-card")).to_contain_text(f"Token {place + 1} ")
    expect(page.locator("#link textarea")).to_have_value(re.compile("prompt=.*result="))
    expect(page.locator("#sampler .pg-stage-tab")).to_have_count(4)
    token = EXAMPLE["tokens"][3]
    output(page).nth(3).locator(".pg-tint").hover()
    card = page.locator("#tokens .pg-card")
    expect(card).to_contain_text(f"{token['surprisal_bits']:.2f} bits")
    expect(card.locator(".pg-alternative")).to_have_count(10 if token["rank"] <= 10 else 11)
    page.locator("#tokens .pg-prompt .pg-chip").nth(2).locator(".pg-tint").hover()
    expect(card).to_contain_text("Prompt token 3")


def test_chips_stream_with_their_caption_and_the_tree_returns_from_a_fork(open_page: Open) -> None:
    page = open_page()
    generate(page, "The sea was calm, and", 16)
    expect(output(page)).to_have_count(16)
    for word in ("16 tokens", "tokens/s", "smollm2-135m-instruct", "int8", "cpu", "seed 0"):
        expect(page.locator("#caption")).to_contain_text(word)
    before = output(page).all_text_contents()
    output(page).nth(5).locator(".pg-tint").click()
    other = page.locator("#tokens .pg-alternative:not(.pg-own)").first
    word = other.locator(".pg-alternative-text").text_content()
    other.click()
    expect(page.locator("#branches .pg-branch")).to_have_count(2)
    expect(output(page).nth(5)).to_have_class(re.compile("pg-forced"))
    assert output(page).nth(5).text_content().replace("↳1", "") == word.replace("·", " ")
    assert output(page).all_text_contents()[:5] == before[:5]
    page.locator("#branches .pg-branch").first.click()
    expect(page.locator("#branches .pg-branch").first).to_have_class(re.compile("pg-current"))
    expect(output(page).nth(5).locator(".pg-fork")).to_have_text("↳1")
    assert [text.replace("↳1", "") for text in output(page).all_text_contents()] == before
    wait_for_link(page, result=ANYTHING, forced=None)
    page.reload()
    expect(page.locator("#notice")).to_contain_text("Reproduced")
    expect(page.locator("#branches .pg-branch")).to_have_count(2)


def test_the_keyboard_reaches_chips_card_and_alternatives_and_prompt_tokens_have_them_too(open_page: Open) -> None:
    page = open_page()
    generate(page, "The sea was calm, and", 8)
    output(page).first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tokens .pg-card")).to_contain_text("Token 3")
    page.keyboard.press("Enter")
    expect(output(page).nth(2)).to_have_class(re.compile("pg-pinned"))
    expect(page.locator("#sampler .pg-sampler-title")).to_contain_text("Token 3")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("pg-alternative")
    page.keyboard.press("Enter")
    expect(page.locator("#branches .pg-branch")).to_have_count(2)
    expect(page.locator("#tokens .pg-tokens")).to_have_attribute("aria-busy", "false")
    page.locator("#tokens .pg-prompt .pg-chip").nth(2).locator(".pg-tint").click()
    page.locator("#tokens .pg-alternative:not(.pg-own)").first.click()
    expect(page.locator("#branches .pg-branch")).to_have_count(3)
    expect(page.locator("#tokens .pg-prompt .pg-chip")).to_have_count(2)


def test_generate_begins_again_while_a_text_streams_a_reload_takes_it_up_and_stop_keeps_it(open_page: Open) -> None:
    # Without the tokens that end a text, it is longer than the test on any machine.
    page = open_page("tab=text&panel=generate&prompt=A+long+story:&max_new_tokens=4000&logit_bias=0:ban,+2:ban")
    expect(page.locator("#setting-prompt textarea")).to_have_value("A long story:")
    page.locator("#generate").click()
    expect(page.locator("#tokens .pg-tokens")).to_have_attribute("aria-busy", "true")
    expect(output(page).nth(10)).to_be_visible()
    page.locator("#setting-prompt textarea").fill("One more long story:")
    page.locator("#generate").click()
    expect(page.locator("#tokens .pg-prompt")).to_have_text("One more long story:")
    wait_for_link(page, running="1", prompt="One more long story:")
    page.reload()  # takes up the run, from its first token on
    expect(output(page).nth(10)).to_be_visible()
    page.locator("#stop").click()
    expect(page.locator("#caption")).to_contain_text("stopped by you")
    count = output(page).count()
    assert 10 < count < 4000
    page.locator("#more").click()
    expect(output(page).nth(count)).to_be_visible()
    expect(page.locator("#caption")).not_to_contain_text("stopped by you")
    page.locator("#stop").click()


def test_sliders_move_the_bars_sums_are_right_draws_follow_them_and_0_is_greedy(open_page: Open) -> None:
    page = open_page()
    expect(page.locator("#sampler .pg-stage-tab")).to_have_count(4)
    page.locator('#sampler [data-stage="top_k"]').click()
    set_number(page, "top_k", 3)
    expect(page.locator("#sampler .pg-stage .pg-row:not(.pg-cut)")).to_have_count(3)
    expect(page.locator("#sampler .pg-stage .pg-row.pg-cut").first).to_contain_text("cut")
    expect(page.locator('#sampler [data-stage="top_k"]')).to_contain_text("49,149")
    page.locator("#sampler .pg-stage .pg-row").nth(1).hover()
    lines = page.locator("#sampler .pg-sum-lines li").all_text_contents()
    checked = 0
    for line in lines:
        match = re.fullmatch(r"exp\((.+) − (.+)\) = ([<>]? ?[\d.]+) %", line)
        if match:
            logit, normalizer = (float(number.replace("−", "-")) for number in match.groups()[:2])
            share = 100 * 2.718281828459045 ** (logit - normalizer)
            assert share == pytest.approx(float(match.group(3)), rel=0.01, abs=0.01)
            checked += 1
    assert checked >= 3
    page.locator("#sampler .pg-draw").click()
    expect(page.locator("#sampler .pg-draws")).to_contain_text("p = ")
    counts = page.locator("#sampler .pg-draws .pg-number").all_text_contents()
    assert sum(int(count.split(" ")[0]) for count in counts) == 1000
    set_number(page, "temperature", 0)
    page.locator('#sampler [data-stage="temperature"]').click()
    expect(page.locator("#sampler .pg-stage")).to_contain_text("greedy")
    expect(page.locator("#sampler .pg-stage .pg-row:not(.pg-cut)")).to_have_count(1)
    generate(page, tokens=6)
    expect(page.locator("#caption")).to_contain_text("greedy")


def test_both_decoders_are_compared_and_compare_marks_the_first_difference(open_page: Open) -> None:
    page = open_page()
    expect(page.locator("#sampler .pg-stage-tab")).to_have_count(4)
    page.locator("#sampler .pg-decoders").click()
    expect(page.locator("#sampler .pg-both")).to_contain_text("nats (KL)")
    expect(page.locator("#sampler .pg-both .pg-row")).to_have_count(20)
    page.get_by_role("button", name="Length and seed").click()
    put(page.locator("#setting-max_new_tokens input[type=number]"), 24)
    page.get_by_role("tab", name="Compare").click()
    put(page.locator("#b-temperature input[type=number]"), 2)
    page.locator("#compare").click()
    wait_for_link(page, panel="compare", b_temperature="2", result=ANYTHING, running=None)
    expect(page.locator("#compare-a .pg-mark")).to_have_count(1)
    expect(page.locator("#compare-b .pg-mark")).to_have_count(1)
    place = page.locator("#compare-a .pg-mark").get_attribute("data-position") or ""
    expect(page.locator("#compare-b .pg-mark")).to_have_attribute("data-position", place)
    first = output(page, "#compare-a").all_text_contents()[: int(place)]
    assert first == output(page, "#compare-b").all_text_contents()[: int(place)]


def test_score_shows_perplexity_and_beam_search_grows_a_tree(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("tab", name="Score a text").click()
    page.locator("#score-text textarea").fill("The capital of France is Paris.")
    page.locator("#score").click()
    expect(output(page, "#score-tokens")).to_have_count(7)
    wait_for_link(page, panel="score", score_text="The capital of France is Paris.", result=ANYTHING, running=None)
    expect(page.get_by_text("on average as unsure as")).to_be_visible()
    page.get_by_role("tab", name="Beam search").click()
    expect(page.locator("#beam-search-view .pg-beam-results li")).to_have_count(4)  # of the stored result
    put(page.locator("#beam-search-width input[type=number]"), 3)
    page.locator("#beam-search").click()
    wait_for_link(page, panel="beam_search", beams="3", result=ANYTHING, running=None)
    expect(page.locator("#beam-search-view .pg-beam-results li")).to_have_count(3)
    assert page.locator("#beam-search-view .pg-node.pg-pruned").count() > 10
    page.locator("#beam-search-view .pg-node.pg-best").last.hover()
    expect(page.locator("#beam-search-view .pg-beam-path")).to_contain_text("log-probability")


def test_chat_shows_exactly_what_the_model_reads(open_page: Open) -> None:
    page = open_page()
    page.get_by_label("Chat", exact=True).check()
    generate(page, "Say hello.", 8)
    expect(page.locator("#tokens .pg-prompt .pg-special").first).to_contain_text("<|im_start|>")
    page.get_by_role("button", name="What exactly does the model read?").click()
    page.locator("#show-template").click()
    expect(page.locator("#template textarea")).to_have_value(re.compile(r"<\|im_start\|>user\nSay hello\.<\|im_end\|>"))


HOSTILE = '<img src=x onerror="hacked=1"><script>hacked=1</script> ${window.hacked=1} {{#each this}} \u202e\u0000'


def test_hostile_text_is_drawn_as_text(open_page: Open) -> None:
    page = open_page()
    generate(page, HOSTILE, 4)
    page.get_by_role("tab", name="Score a text").click()
    page.locator("#score-text textarea").fill(HOSTILE)
    page.locator("#score").click()
    expect(page.locator("#score-tokens .pg-text")).to_contain_text("onerror")
    assert page.evaluate("window.hacked") is None


def test_an_invalid_prompt_or_hub_id_is_explained_and_loses_nothing(open_page: Open) -> None:
    page = open_page()
    expect(output(page)).to_have_count(len(EXAMPLE["tokens"]))
    page.wait_for_selector("#sampler .pg-stage-tab")
    for prompt, sentence in (("", "prompt is empty"), ("word " * 9000, "too many for SmolLM2 135M Instruct: shorten")):
        page.locator("#setting-prompt textarea").fill(prompt)
        page.locator("#generate").click()
        expect(page.locator("#notice")).to_contain_text(sentence)
        draw_frames(page, 60)
        expect(page.locator("#notice")).to_contain_text(sentence)  # it does not vanish before one can read it
        expect(output(page)).to_have_count(len(EXAMPLE["tokens"]))
    page.get_by_role("button", name="From the Hub…").click()
    page.locator("#hub-id input, #hub-id textarea").fill("not an id")
    page.locator("#hub-fetch").click()
    expect(page.get_by_text("owner/name").first).to_be_visible()


@pytest.mark.parametrize(("width", "height", "dark"), [(1440, 900, True), (390, 844, False)])
def test_the_page_fits_its_window(open_page: Open, width: int, height: int, dark: bool) -> None:
    page = open_page("", width, height, dark)
    expect(output(page)).to_have_count(len(EXAMPLE["tokens"]))
    expect(page.locator("#sampler .pg-stage-tab")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelector('.gradio-container').getBoundingClientRect().width") <= width


def test_a_slider_moved_during_the_first_position_counts(open_page: Open) -> None:
    page = open_page()
    expect(page.locator("#sampler .pg-stage-tab")).to_have_count(4)
    page.evaluate("""() => {
      const field = document.querySelector("#setting-temperature input[type=number]");
      field.value = "0";  // no event: as if it came before the first drawing
    }""")
    output(page).nth(3).click()
    page.locator('#sampler [data-stage="temperature"]').click()
    expect(page.locator("#sampler .pg-stage")).to_contain_text("greedy")
