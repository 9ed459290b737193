"""/image_audit as a program meets it, without the network between."""

from __future__ import annotations

import json

import gradio as gr
import pytest

from playground.panels.bias.image_bias.api import api_image_audit


def test_the_endpoint_gives_every_line_as_json_and_one_attribute_on_request() -> None:
    told = api_image_audit("vae-avatars", 60, 1)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["n"] == 60 and {line["kind"] for line in told["lines"]} == {"share", "words", "gap"}
    one = api_image_audit("vae-avatars", 60, 1, "glasses")
    assert [line["attribute"] for line in one["lines"]] == ["glasses", "glasses"]
    assert one["recipe"] == told["recipe"]


def test_a_bad_request_is_told_in_a_sentence() -> None:
    with pytest.raises(gr.Error, match="These can: "):
        api_image_audit("gan-faces")
    with pytest.raises(gr.Error, match="attribute must be one of"):
        api_image_audit("gan-avatars", 60, attribute="nose")
