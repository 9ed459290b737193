"""The panel Translation by its handlers, with a small translator where the zoo looks for the real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tiny_marian
from gradio import EventData
from tiny_marian import package_file

from playground.bias import translation_gender
from playground.bias.occupations import occupation_sentences, occupations
from playground.bias.session_log import comparison_count
from playground.core.errors import PlaygroundError
from playground.core.progress import without_progress
from playground.core.recipe import Recipe, from_query
from playground.panels.bias.translation.api import api_translate
from playground.panels.bias.translation.data import PRESETS, table_value
from playground.panels.bias.translation.panel import NAME, on_pick, on_replay, on_restore, on_table, on_translate
from playground.zoo import model_files, translators
from playground.zoo.cards import MARIAN
from playground.zoo.marian import convert_marian


@pytest.fixture(autouse=True)
def tiny(models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PLAYGROUND_DEVICE", "cpu")
    held = tiny_marian.files(tmp_path / "package")
    folder = models_dir / MARIAN
    convert_marian(tmp_path / "package" / "model.enpt.bin", package_file(held), folder, without_progress)
    model_files.write_record(folder, model_files.MODEL_RECORD, {"name": MARIAN})
    yield
    translators.forget()


def last(run: Iterator[Any]) -> dict[str, Any]:
    *_, update = run
    return dict(update)


def test_a_translation_streams_is_logged_and_its_link_is_reproduced() -> None:
    updates = list(on_translate("The nurse said.", "en-pt", 1, ()))
    grown = [len(update["translation"]["pieces"]) for update in updates if "translation" in update]
    assert grown[:2] == [1, 2] and grown[-1] >= grown[-2]
    end = updates[-1]
    assert end["translation"]["done"] and end["translation"]["attention"]
    assert len(end["log"]) == 1 and comparison_count(end["log"]) >= 1
    assert end["fine_print"]["verdict"] == "cannot tell" and "1 sentence" in end["fine_print"]["rows"][1]["text"]
    link = from_query(end["query"])
    assert link.settings["panel"] == NAME and link.settings["text"] == "The nurse said."
    running = from_query(updates[0]["query"])
    assert running.settings == link.settings and not running.result, "a reload while it runs translates it again"
    restored = dict(on_restore(link))
    assert restored.pop("parts").selected == "sentence"
    assert restored == {"text": "The nurse said.", "direction": "en-pt", "beams": 1}
    again = last(on_replay(link, end["log"]))
    assert again["sentence_notice"] == {"tone": "ok", "text": "Reproduced ✓ the same as in the link."}
    assert len(again["log"]) == 1 and again["query"] == end["query"]
    other = Recipe(link.tab, link.model, "f" * 64, 0, link.settings, "0" * 12)
    assert "the weights differ" in last(on_replay(other, ()))["sentence_notice"]["text"]


@pytest.mark.slow
def test_the_table_fills_row_by_row_and_its_link_measures_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation_gender, "occupations", lambda: occupations()[:5])
    updates = list(on_table("pt-en", ()))
    assert [len(one["table"]["rows"]) for one in updates if "table" in one] == [1, 2, 3, 4, 5, 5]
    end = updates[-1]
    assert end["table_fine_print"]["rows"][0]["name"] == "Method" and len(end["accuracies"]["rows"]) == 6
    assert "translation" not in end
    link = from_query(end["query"])
    restored = dict(on_restore(link))
    assert restored.pop("parts").selected == "table" and restored == {"direction": "pt-en"}
    assert last(on_replay(link, ()))["table_notice"]["tone"] == "ok"


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        (("", "en-pt", 1), "sentence is empty"),
        (("x" * 301, "en-pt", 1), "to 300 characters"),
        (("The s t r e i n " * 10, "en-pt", 1), "to 60 pieces"),
        (("a", "en-fr", 1), "direction must be"),
        (("<b>a</b>", "en-pt", "99"), "beams must be"),
    ],
)
def test_a_bad_request_explains_itself_and_is_not_logged(inputs: tuple[Any, ...], sentence: str) -> None:
    updates: list[Any] = []
    with pytest.raises(PlaygroundError, match=sentence):
        updates.extend(on_translate(*inputs, ()))
    assert all(update.keys() <= {"notice", "query"} for update in updates)
    with pytest.raises(Exception, match=sentence):
        api_translate(*inputs)


def test_a_bad_direction_of_the_table_is_explained() -> None:
    with pytest.raises(PlaygroundError, match="direction must be"):
        next(on_table("", ()))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"direction": "en-xx"}, "direction must be"),
        ({"part": "song"}, "part must be one of sentence, table"),
        ({"text": "   "}, "sentence is empty"),
        ({"beams": "many"}, "beams must be"),
    ],
)
def test_a_bad_link_is_not_valid_and_runs_nothing(settings: dict[str, str], sentence: str) -> None:
    link = Recipe("bias", MARIAN, "", 0, {"panel": NAME, **settings})
    with pytest.raises(PlaygroundError, match=sentence):
        on_restore(link)
    with pytest.raises(PlaygroundError, match=sentence):
        next(on_replay(link, ()))


def test_a_sentence_of_the_table_goes_into_the_box() -> None:
    picked = on_pick(EventData(None, {"text": "A" * 400, "direction": "pt-en"}))
    assert picked["text"] == "A" * 300 and picked["direction"] == "pt-en" and picked["parts"].selected == "sentence"
    assert on_pick(EventData(None, {"text": "a", "direction": "xx"})).keys() == {"text", "parts"}


def test_the_endpoint_gives_pieces_with_alternatives_and_attention() -> None:
    answer = api_translate("The nurse said.", "en-pt", 2)
    assert set(answer) == {"text", "source", "tokens", "gendered", "beams", "recipe"}
    for token in answer["tokens"]:
        assert sum(token["looked_at"]) == pytest.approx(1, abs=1e-3) and len(token["looked_at"]) == len(
            answer["source"]
        )
        assert len(token["alternatives"]) == 8 and 0 <= token["probability"] <= 1
    assert answer["recipe"]["settings"]["beams"] == 2


def test_every_preset_fits_its_direction() -> None:
    assert {direction for _, direction in PRESETS} == {"en-pt", "pt-en"}
    for text, _ in PRESETS:
        assert text.endswith(".") and len(text) < 60


def test_a_tiny_share_is_not_rounded_to_nothing() -> None:
    occupation = occupations()[0]
    case = occupation_sentences(occupation, "en-pt")[0]
    row = translation_gender.OccupationRow(occupation, (translation_gender.GenderAnswer(case, "O", 3e-18, 0.99),))
    value = table_value(translation_gender.GenderTable("en-pt", (row,), 1, ""), "run")
    assert value["rows"][0]["answers"][0]["feminine"] == 3e-18
