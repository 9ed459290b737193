"""What every panel of the Bias tab owes to links: all its settings, its former names, and a sentence for a bad one."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import gradio as gr
import pytest

from playground.bias.session_log import CANNOT_TELL, Measurement
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, from_json, from_query
from playground.core.verification import verify
from playground.panels.bias.sentence_pair import panel as sentence_pair
from playground.panels.bias.shared import (
    BiasShared,
    fine_print_facts,
    fine_print_value,
    outcome_notice,
    running_query,
)
from playground.panels.bias.tab import NAME, PANELS
from playground.ui.panel_links import panel_names, read_panel
from playground.ui.panel_protocol import Panel, build_panels
from playground.ui.panel_restoration import restored_update

#: For each panel a link that asks for something, and cannot be followed.
BAD = {
    "sentence_pair": "a=no+blank&b=_",
    "template_sweep": "a=x&b=x&templates=y",
    "weat": "test=11",
    "benchmarks": "rule=none",
    "group_generation": "templates=no+slot&groups=one",
    "prompt_debiasing": "prefix=&a=x&b=y",
    "translation": "direction=up",
    "image_bias": "part=audit&model=none",
}
#: Links as they were made when panels had other names, with what they restore.
OLD = {
    "sentences": (
        "model=smollm2-135m-instruct&a=My+cat+likes+to+_&b=My+dog+likes+to+_&result=0.1234",
        {"a": "My cat likes to _", "b": "My dog likes to _"},
    ),
    "wording": (
        "model=smollm2-135m-instruct&a=cat&b=dog&words_1=meow&words_2=bark&controls=animals"
        "&templates=%7B%7D+began+to+_%0AMy+%7B%7D+will+_%0AI+heard+the+%7B%7D+_&result=1.2345",
        {"a": "cat", "words_2": "bark", "family": "animals"},
    ),
    "associations": (
        "model=glove-6b-50d&part=test&test=6&alternative=greater&result=1.708",
        {"choice": "6", "embedding": "glove-6b-50d", "side": "greater"},
    ),
    "generation": (
        "model=smollm2-135m-instruct&seed=3&templates=%7Bgroup%7D+said&groups=the+cat%0Athe+dog&each=2&tokens=5",
        {"groups": "the cat\nthe dog", "each": 2, "seed": 3},
    ),
    "prefix": (
        "model=smollm2-135m-instruct&seed=1&prefix=All+are+equal.&neutral=It+rains.&a=the+nurse&b=the+engineer&each=2"
        "&templates=%7B%7D+slept+because+_%0A%7B%7D+ran+because+_%0A%7B%7D+sat+because+_"
        "&beginnings=%7Bgroup%7D+said",
        {"prefix": "All are equal.", "b": "the engineer", "seed": 1},
    ),
    "pictures": (
        "model=gan-faces&seed=7&part=faces&count=6&truncation=0.5&labels=calm%2C+loud&first=121212&second=12--11",
        {"faces_count": 6, "faces_seed": 7, "faces_labels": "calm, loud"},
    ),
}
NEW_NAMES = {
    "sentences": "sentence_pair", "wording": "template_sweep", "associations": "weat",
    "generation": "group_generation", "prefix": "prompt_debiasing", "pictures": "image_bias",
}  # fmt: skip


@pytest.fixture(scope="module")
def panels() -> dict[str, Panel]:
    with gr.Blocks(analytics_enabled=False), gr.Tabs():
        return {panel.name: panel for panel in build_panels(NAME, PANELS, BiasShared(gr.State(())))}


def test_every_panel_and_every_former_name_is_tried() -> None:
    assert {module.NAME for module in PANELS} == {*BAD}
    assert {name: new for name, new in panel_names(PANELS).items() if name != new} == NEW_NAMES
    assert NEW_NAMES.keys() == OLD.keys()


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_link_says_why(panels: dict[str, Panel], name: str) -> None:
    update, valid = restored_update(panels[name], from_query(f"tab=bias&panel={name}&{BAD[name]}"))
    assert not valid and update.keys() == {"notice"}
    assert update["notice"]["text"].startswith("This link cannot be followed. ")


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_link_measures_nothing(panels: dict[str, Panel], name: str) -> None:
    panel, updates = panels[name], []
    assert panel.replay is not None and panel.stops
    with suppress(PlaygroundError):
        for update in panel.replay(from_query(f"tab=bias&panel={name}&{BAD[name]}"), *map(_first, panel.replay_inputs)):
            updates.append(update)
    assert all(key.endswith("notice") for update in updates for key in update), updates


def _first(name: Any) -> Any:
    """The value of an input before anything was measured."""
    return {"log": (), "skew_outcomes": (), "measure": "sentiment"}[name]


@pytest.mark.parametrize("name", list(OLD))
def test_a_link_with_a_former_name_restores_its_settings(panels: dict[str, Panel], name: str) -> None:
    query, settings = OLD[name]
    recipe = read_panel(from_query(f"tab=bias&panel={name}&{query}"), panel_names(PANELS))
    assert recipe.settings["panel"] == NEW_NAMES[name]
    update, valid = restored_update(panels[NEW_NAMES[name]], recipe)
    assert valid and {key: update[key] for key in settings} == settings
    assert update.keys() <= {*panels[NEW_NAMES[name]].restored, "notice"}


@pytest.mark.parametrize("name", list(BAD))
def test_a_panel_restores_and_replays_components_that_it_has(panels: dict[str, Panel], name: str) -> None:
    panel = panels[name]
    known: set[str] = set()
    for part in panel.components if isinstance(panel.components, tuple) else (panel.components,):
        known |= {*part} if isinstance(part, dict) else {*vars(part)}
    assert {"query", "notice", *panel.restored, *panel.replayed} <= known


#: The settings of a run of each panel, as they are while it runs.
RUNNING: dict[str, dict[str, Any]] = {
    "sentence_pair": {"a": "My cat is _", "b": "My dog is _", "words": "", "model": "smollm2-135m-instruct"},
    "template_sweep": {
        "a": "cat", "b": "dog", "words_1": "meow", "words_2": "bark", "model": "smollm2-135m-instruct",
        "templates": "{} began to _\nMy {} will _\nI heard the {} _", "controls": "animals",
    },
    "weat": {"part": "ten", "model": "glove-6b-50d", "alternative": "two-sided"},
    "benchmarks": {
        "benchmark": "wino", "model": "smollm2-135m-instruct", "rule": "mean", "category": "all", "first": 7,
        "decoder": "fast",
    },
    "group_generation": {
        "templates": "{group} said", "groups": "the cat\nthe dog", "each": 2, "tokens": 5, "seed": 3,
        "model": "smollm2-135m-instruct", "prefix": "",
    },
    "translation": {"text": "The nurse said.", "direction": "en-pt", "beams": 1},
    "image_bias": {"part": "audit", "model": "gan-avatars", "count": 50, "seed": 9},
}  # fmt: skip


@pytest.mark.parametrize("name", list(RUNNING))
def test_a_reload_in_the_middle_of_a_run_takes_up_its_settings(panels: dict[str, Panel], name: str) -> None:
    settings = RUNNING[name]
    recipe = from_query(running_query(name, settings))
    assert recipe.settings["panel"] == name and not recipe.result and recipe.seed == settings.get("seed", 0)
    update, valid = restored_update(panels[name], recipe)
    assert valid, update
    names = {
        "weat": {"model": "embedding", "alternative": "side", "part": ""},
        "template_sweep": {"controls": "family"},
    }
    for key, value in settings.items():
        prefix = "audit_" if name == "image_bias" else ""
        restored = update.get(prefix + names.get(name, {}).get(key, key), value)
        assert getattr(restored, "value", restored) == value, key


def test_a_question_that_was_asked_is_asked_again_and_not_answered() -> None:
    query = running_query("sentence_pair", {**RUNNING["sentence_pair"], "guess": "first"})
    updates = sentence_pair.on_replay(from_query(query), ())
    assert from_query(next(updates)["query"]).settings["guess"] == "first"


def test_a_replayed_link_stays_as_it_is() -> None:
    made = Recipe("bias", "m", "ab", 3, {"panel": "x"}, "r")
    assert running_query("x", {"model": "other"}, made) == made.to_query()


def test_the_link_and_the_file_beside_a_result_are_those_of_the_result() -> None:
    recipe = Recipe("bias", "m", "ab", 3, {"panel": "weat", "part": "ten"}, "r")
    measurement = Measurement(
        "weat", "t", "f", CANNOT_TELL, 2, "words", "m", recipe, rows=(("word", "s"), ("rose", "−0.5"))
    )
    value = fine_print_value(measurement, (measurement,))
    assert from_json(value["file"]) == recipe and from_query(value["query"]).settings == recipe.settings
    assert value["file"]["table"] == [["word", "s"], ["rose", "-0.5"]] and value["name"] == "bias-weat"
    assert not {"query", "file"} & fine_print_facts(measurement, (measurement,)).keys(), "as programs know it"


def test_a_measurement_without_an_interval_says_why() -> None:
    recipe = Recipe("bias", "m", "", 0, {"panel": "x"})
    measurement = Measurement(
        "x", "t", "f", CANNOT_TELL, 1, "sentence", "m", recipe, no_interval="none: it is one sentence"
    )
    rows = {row["name"]: row["text"] for row in fine_print_value(measurement, (measurement,))["rows"]}
    assert rows["Interval"] == "none: it is one sentence" and "Chance" not in rows


def test_a_result_is_compared_only_with_what_the_link_asks() -> None:
    made = Recipe("bias", "m", "ab", 3, {"panel": "x", "share": 0.5, "all": True, "none": None}, "r")
    link, done = from_query(made.to_query()), {"tone": "quiet", "text": "Done."}
    assert outcome_notice(verify(link, made), "all alike", done) == {"tone": "ok", "text": "Reproduced ✓ all alike."}
    other = Recipe("bias", "m", "cd", 3, made.settings, "another")
    assert "weights differ" in outcome_notice(verify(link, other), "", done)["text"]
    assert outcome_notice(verify(link, Recipe("bias", "m", "ab", 4, made.settings, "r")), "", done) == done
