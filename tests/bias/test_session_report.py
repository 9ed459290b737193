"""The report of a visit: it holds the recipes, and escapes what people and models wrote."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from playground.bias.citations import CITATIONS
from playground.bias.report_chart import chart_svg
from playground.bias.session_log import CANNOT_TELL, Bar, Measurement, log_measurement
from playground.bias.session_report import report_html, report_json
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_json
from playground.metrics.intervals import wilson

EVIL = '<script>alert(1)</script> & "quotes" ${1+1} {{value}}'


def measurement(title: str = "A title", seed: int = 0, p: float | None = 0.02) -> Measurement:
    recipe = Recipe("bias", "smollm2-135m-instruct", "ab" * 32, seed, {"panel": "generation", "groups": EVIL})
    return Measurement(
        panel="generation", title=title, summary="Found it.", verdict=CANNOT_TELL, n=12, unit="texts",
        method="Counted.",
        recipe=recipe, interval=wilson(3, 12), p=p, caveats=("wording",), rows=(("word", "n"), (EVIL, "3")),
    )  # fmt: skip


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attributes if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_json_report_holds_every_recipe_and_the_corrected_p() -> None:
    log = log_measurement(log_measurement((), measurement()), measurement("Another", seed=1, p=0.5))
    report = json.loads(report_json(log))
    assert [from_json(one) for one in report["trials"]] == [one.recipe for one in log]
    assert [one["adjusted_p"] for one in report["trials"]] == [0.04, 0.5]
    assert report["comparisons"] == 2 and report["trials"][0]["interval"]["method"].startswith("Wilson")


def test_the_html_report_escapes_text_and_downloads_nothing() -> None:
    log = log_measurement((), measurement(EVIL))
    page = Tags()
    page.feed(report_html(log, "http://127.0.0.1:7860/"))
    assert "script" not in page.tags and not {"img", "iframe", "link"} & {*page.tags}
    assert EVIL in page.text and "p = 0.02 uncorrected" in page.text
    own = [link for link in page.links if link.startswith("http://127.0.0.1:7860/?tab=bias")]
    assert len(own) == 1 and all(link.startswith(("https://", "#")) for link in page.links if link not in own)


def test_the_html_report_has_contents_charts_and_each_known_problem_once() -> None:
    log: tuple[Measurement, ...] = ()
    for number in range(12):
        log = log_measurement(log, measurement(f"Title {number}", seed=number))
    page = Tags()
    page.feed(report_html(log))
    assert page.tags.count("article") == page.tags.count("svg") == page.tags.count("details") == 12
    assert {f"#m{number}" for number in range(1, 13)} <= {*page.links} and page.links.count("#k1") == 12
    assert page.text.count(CITATIONS["wording"].text) == 1
    print_style = report_html(log).split("@media print")[1].split("</style>")[0]
    assert "details{display:none}" in print_style and "A4" in print_style


def test_a_chart_draws_the_values_and_their_intervals() -> None:
    bars = [Bar("one", 0.5, 0.25, 0.75), Bar("<two>", 1.0), Bar("lost", float("nan"))]
    picture = chart_svg(bars, 0.0, EVIL)
    assert picture.count("<circle") == 2 and picture.count('stroke-width="4"') == 1
    assert "&lt;two&gt;" in picture and "<two>" not in picture and "<script" not in picture
    first, second = (float(text.split('"')[0]) for text in picture.split('<circle cx="')[1:])
    start, end = (float(picture.split(f'{name}="')[-1].split('"')[0]) for name in ("x1", "x2"))
    assert start < first < end < second
    assert chart_svg([], 0.0, "nothing") == ""


def test_an_empty_visit_has_no_report() -> None:
    for make in (report_json, report_html):
        with pytest.raises(PlaygroundError, match="Nothing measured"):
            make(())
