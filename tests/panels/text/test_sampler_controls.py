"""The sampler's settings on the page: a component each, in links only where they matter, restored from links."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.core.recipe import from_query
from playground.language.sampling import SETTINGS, SamplerSettings
from playground.language.text_request import request_from
from playground.panels.text.controls import CONTROL_NAMES, TextControls, build_controls, control_updates, link_script
from playground.panels.text.sampler_controls import build_folded_settings, names_in


@pytest.fixture(scope="module")
def controls() -> TextControls:
    with gr.Blocks():
        return build_controls()[0]


def test_each_setting_has_a_component_with_its_default(controls: TextControls) -> None:
    assert tuple(controls) == CONTROL_NAMES
    for name, setting in SETTINGS.items():
        component = controls[name]
        assert component.value == setting.default and component.elem_id == f"setting-{name}"
        assert isinstance(component, gr.Textbox if isinstance(setting.default, str) else gr.Slider)
    with pytest.raises(AttributeError):
        controls.heat  # noqa: B018 - the attribute is what is tested


def test_b_has_every_setting_but_the_order() -> None:
    with gr.Blocks():
        folded = build_folded_settings("b", "sampler.compare.group")
    assert {*names_in("main"), *folded} == {*SETTINGS} - {"stage_order"}
    assert all(component.elem_id == f"b-{name}" for name, component in folded.items())


def test_a_link_leaves_out_a_later_setting_at_its_default() -> None:
    script = link_script([""], {})
    assert '"top_a": 0.0' in script and '"stage_order": ""' in script and '"temperature":' not in script


def test_a_link_restores_later_settings_and_a_slider_grows_to_include_them() -> None:
    query = "tab=text&prompt=a&logit_bias=a:1&top_n_sigma=7&stage_order=top_k,temperature"
    update: Any = control_updates(request_from(from_query(query)))
    assert update["logit_bias"] == "a:1" and update["stage_order"].startswith("pattern,logit_bias,")
    assert update["top_n_sigma"].value == 7 and update["top_n_sigma"].maximum == 7
    assert update["top_a"] == SamplerSettings().top_a


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("top_a=2", "Top-a must be between 0 and 1 (0 is off); it was '2'."),
        ("dry_allowed_length=1.5", "(dry_allowed_length) must be a whole number from 1 to 1,000; it was '1.5'."),
        ("top_k=-1", "Top-k must be a whole number from 0 to 10,000,000 (0 is off); it was '-1'."),
        ("logit_bias=the", "Logit bias: cannot read 'the'."),
        ("stage_order=top_k,top_k", "at most once, separated by commas; it was 'top_k,top_k'."),
    ],
)
def test_a_bad_value_in_a_link_gets_one_clear_sentence(setting: str, sentence: str) -> None:
    with pytest.raises(PlaygroundError) as error:
        request_from(from_query(f"tab=text&prompt=a&{setting}"))
    assert sentence in str(error.value)
