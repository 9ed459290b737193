"""The sampler's settings as parameters of endpoints: those of the first version in their places, the others last."""

from __future__ import annotations

import inspect
from typing import Any, get_type_hints

import pytest
from gradio.utils import get_function_params

from playground.language.sampling import SETTINGS
from playground.panels.text.generate import api
from playground.panels.text.sampler_parameters import takes_sampler_settings

FIRST = ["temperature", "top_k", "top_p", "min_p", "typical_p", "repetition_penalty"]
LATER = [name for name in SETTINGS if name not in FIRST]


def test_calls_by_position_stay_valid() -> None:
    names = [name for name, *_ in get_function_params(api.api_generate)]
    own = ["max_new_tokens", "seed", "forced", "system", "decoder"]
    assert names == ["prompt", "mode", "model", *FIRST, *own, *LATER, "stop"]
    names = [name for name, *_ in get_function_params(api.api_next_token)]
    assert names == ["text", "model", *FIRST, "decoder", *LATER]


def test_each_parameter_has_the_default_and_type_of_its_setting() -> None:
    for endpoint in (api.api_generate, api.api_next_token):
        for name, has_default, default, kind in get_function_params(endpoint):
            if name in SETTINGS:
                assert has_default and default == SETTINGS[name].default and kind is type(default)
    assert inspect.isgeneratorfunction(api.api_generate) and not inspect.isgeneratorfunction(api.api_next_token)
    assert get_type_hints(api.api_next_token)["return"] == dict[str, Any]


def test_an_endpoint_receives_the_settings_by_name() -> None:
    @takes_sampler_settings(before="last")
    def endpoint(first: str, last: int = 3, **sampler: Any) -> dict[str, Any]:
        return {"first": first, "last": last, **sampler}

    assert endpoint("a", 0.5, top_a=0.1) == {"first": "a", "last": 3, "temperature": 0.5, "top_a": 0.1}
    with pytest.raises(TypeError):
        endpoint("a", heat=1)
