"""The control that follows from a setting's entry, what a setting reads, and the sentence for what it refuses."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.core.settings import Setting, by_name, settings_class, short_text
from playground.images.settings import SETTINGS
from playground.ui.setting_controls import restored_setting, setting_control

NUMBER = Setting("weight", 1.0, off=0.0, lowest=0.5, highest=8, slider=(0, 2, 0.1))
WHOLE = Setting("layers", 2, lowest=1, highest=10_000)
RATE = Setting("rate", 0.1, highest=10, lowest=1e-7, examples=(0.1, 1))
WORD = Setting("kind", "a", choices=("a", "b"), titles=str.upper)
YES = Setting("labels", False, choices=(False, True))
TEXT = Setting("prompt", "", parse=short_text("prompt", 3))


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        (NUMBER, {"0": 0.0, 8: 8.0, 0.5: 0.5}), (WHOLE, {"3": 3, 3.0: 3}), (WORD, {"b": "b"}), (YES, {True: True}),
        (TEXT, {"abc": "abc"}),
    ],
)  # fmt: skip
def test_a_setting_reads_values_of_its_kind(setting: Setting, values: dict[Any, Any]) -> None:
    for value, expected in values.items():
        assert setting.read(value) == expected and type(setting.read(value)) is type(expected)


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        (NUMBER, 0.4, "weight must be between 0.5 and 8 (0 is off); it was 0.4."),
        (NUMBER, "nan", "weight must be between 0.5 and 8 (0 is off); it was 'nan'."),
        (WHOLE, 2.5, "layers must be a whole number from 1 to 10,000; it was 2.5."),
        (WHOLE, True, "layers must be a whole number from 1 to 10,000; it was True."),
        (RATE, 0, "rate must be between 0.0000001 and 10; it was 0."),
        (WORD, "c", "kind must be one of a, b; it was 'c'."),
        (YES, 1, "labels must be one of false, true; it was 1."),
        (TEXT, "abcd", "prompt must be text of at most 3 characters; it was 'abcd'."),
        (TEXT, "\ud800", "prompt must be text of at most 3 characters"),
    ],
)
def test_a_value_that_is_refused_gets_one_sentence(setting: Setting, value: Any, sentence: str) -> None:
    with pytest.raises(PlaygroundError) as error:
        setting.read(value)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("setting", "kind"),
    [(NUMBER, gr.Slider), (WHOLE, gr.Number), (RATE, gr.Dropdown), (WORD, gr.Radio),
     (TEXT, gr.Textbox)],
)  # fmt: skip
def test_a_control_follows_from_the_entry(setting: Setting, kind: type) -> None:
    with gr.Blocks(analytics_enabled=False):
        control = setting_control(setting, "x")
    assert type(control) is kind and control.value == setting.default and control.elem_id == f"x-{setting.name}"
    assert setting is not WORD or control.choices == [("A", "a"), ("B", "b")]


def test_a_slider_grows_to_include_a_restored_value() -> None:
    assert restored_setting(NUMBER, 1.5) == 1.5 and restored_setting(TEXT, "a") == "a"
    slider = restored_setting(NUMBER, 8)
    assert (slider.value, slider.minimum, slider.maximum) == (8, 0, 8)


def test_every_setting_of_image_models_can_be_read_at_its_default_and_its_examples() -> None:
    for setting in SETTINGS.values():
        for value in (setting.default, *setting.examples, *setting.choices):
            assert setting.read(value) == value


def test_a_class_of_settings_has_them_as_fields_after_those_of_its_base() -> None:
    made = settings_class("Made", "Doc.", __name__, by_name([WHOLE, WORD]))
    assert vars(made()) == {"layers": 2, "kind": "a"} and made(5) == made(layers=5) and hash(made()) == hash(made())
