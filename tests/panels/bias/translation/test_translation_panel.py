"""The panel Translation by its handlers, with a small translator where the zoo looks for the real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tiny_marian
from gradio import EventData, skip
from test_marian import origin

from playground.bias import translation_gender as lab
from playground.bias.occupations import occupations
from playground.bias.session_log import tried
from playground.core.recipe import Recipe, from_query
from playground.panels.bias.translation.api import api_translate
from playground.panels.bias.translation.data import PRESETS
from playground.panels.bias.translation.panel import NAME, on_pick, on_replay, on_restore, on_table, on_translate, shown
from playground.zoo import fetch, model_files, translators
from playground.zoo.cards import MARIAN
from playground.zoo.marian import convert_marian

SKIP = skip()
FIELDS = ("query", "visit", "told", "drawn", "fine", "told_table", "intervals", "fine_table", "rows")


@pytest.fixture(autouse=True)
def tiny(models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PLAYGROUND_DEVICE", "cpu")
    held = tiny_marian.files(tmp_path / "package")
    folder = models_dir / MARIAN
    convert_marian(tmp_path / "package" / "model.enpt.bin", origin(held), folder, fetch.quietly)
    model_files.write_record(folder, model_files.MODEL_RECORD, {"name": MARIAN})
    yield
    translators.forget()


def last(run: Iterator[Any]) -> dict[str, Any]:
    *_, made = run
    return dict(zip(FIELDS, made, strict=True))


def test_a_translation_grows_is_counted_and_its_link_is_told_to_be_reproduced() -> None:
    steps = [dict(zip(FIELDS, one, strict=True)) for one in on_translate("The nurse said.", "en-pt", 1, (), None)]
    grown = [len(step["drawn"]["pieces"]) for step in steps if step["drawn"] != SKIP]
    assert grown[:2] == [1, 2] and grown[-1] >= grown[-2]
    end = steps[-1]
    assert end["drawn"]["done"] and end["drawn"]["looked"] and len(end["visit"]) == 1 and tried(end["visit"]) >= 1
    assert end["fine"]["verdict"] == "cannot tell" and "1 sentence" in end["fine"]["rows"][1]["text"]
    link = from_query(end["query"])
    assert link.settings["panel"] == NAME and link.settings["text"] == "The nurse said."
    assert on_restore(link)[:3] == ["The nurse said.", "en-pt", 1]
    again = last(on_replay(link, end["visit"]))
    assert again["told"] == {"tone": "ok", "text": "Reproduced ✓ the same as in the link."}
    assert len(again["visit"]) == 1 and again["query"] == end["query"]
    other = Recipe(link.tab, link.model, "f" * 64, 0, link.settings, "0" * 12)
    assert "the weights are others" in last(on_replay(other, ()))["told"]["text"]


def test_the_table_fills_row_by_row_and_its_link_measures_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "occupations", lambda: occupations()[:5])
    rows = [dict(zip(FIELDS, one, strict=True)) for one in on_table("pt-en", (), None)]
    counts = [len(one["rows"]["rows"]) for one in rows if one["rows"] != SKIP]
    assert counts == [1, 2, 3, 4, 5, 5]
    end = rows[-1]
    assert end["fine_table"]["rows"][0]["name"] == "Method" and len(end["intervals"]["rows"]) == 6
    assert end["drawn"] == SKIP and end["told"] == SKIP
    link = from_query(end["query"])
    assert on_restore(link)[1] == "pt-en"
    assert last(on_replay(link, ()))["told_table"]["tone"] == "ok"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("", "en-pt", 1), "sentence is empty"),
        (("x" * 301, "en-pt", 1), "at most 300"),
        (("The s t r e i n " * 10, "en-pt", 1), "pieces; at most 60"),
        (("a", "en-fr", 1), "direction must be"),
        (("<b>a</b>", "en-pt", "99"), "beams must be"),
    ],
)
def test_what_cannot_be_translated_is_told_and_nothing_is_counted(asked: tuple[Any, ...], sentence: str) -> None:
    end = last(on_translate(*asked, (), None))
    assert end["told"]["tone"] == "error" and sentence in end["told"]["text"]
    assert end["visit"] == SKIP and end["query"] == SKIP
    with pytest.raises(Exception, match=sentence):
        api_translate(*asked)


def test_a_bad_direction_of_the_table_is_told_beside_it() -> None:
    assert "direction must be" in last(on_table("", (), None))["told_table"]["text"]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"direction": "en-xx"}, "direction must be"),
        ({"part": "song"}, "part must be one of sentence, table"),
        ({"text": "   "}, "sentence is empty"),
        ({"beams": "many"}, "beams must be"),
    ],
)
def test_a_bad_link_is_told_once_and_runs_nothing(settings: dict[str, str], sentence: str) -> None:
    link = Recipe("bias", MARIAN, "", 0, {"panel": NAME, **settings})
    *_, said = on_restore(link)
    assert said["tone"] == "error" and sentence in said["text"]
    assert list(on_replay(link, ())) == [shown()]


def test_a_link_of_another_panel_runs_nothing() -> None:
    assert list(on_replay(Recipe("bias", MARIAN, "", 0, {"panel": "words"}), ())) == [shown()]
    assert list(on_replay(None, ())) == [shown()]


def test_a_sentence_of_the_table_goes_into_the_box() -> None:
    picked = on_pick(EventData(None, {"text": "A" * 400, "direction": "pt-en"}))
    assert picked == ["A" * 300, "pt-en"]
    assert on_pick(EventData(None, {"text": "a", "direction": "xx"})) == ["a", SKIP]


def test_the_endpoint_gives_pieces_with_alternatives_and_where_they_looked() -> None:
    made = api_translate("The nurse said.", "en-pt", 2)
    assert set(made) == {"text", "source", "tokens", "gendered", "beams", "recipe"}
    for token in made["tokens"]:
        assert sum(token["looked_at"]) == pytest.approx(1, abs=1e-3) and len(token["looked_at"]) == len(made["source"])
        assert len(token["alternatives"]) == 8 and 0 <= token["probability"] <= 1
    assert made["recipe"]["settings"]["beams"] == 2


def test_every_preset_fits_its_direction() -> None:
    assert {direction for _, direction in PRESETS} == {"en-pt", "pt-en"}
    for text, _ in PRESETS:
        assert text.endswith(".") and len(text) < 60
