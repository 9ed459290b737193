"""/image_audit as a program calls it, without a server."""

from __future__ import annotations

import json

import gradio as gr
import pytest

from playground.panels.bias.image_bias.api import api_image_audit

pytestmark = pytest.mark.slow


def test_the_endpoint_gives_every_line_as_json_and_one_attribute_on_request() -> None:
    audit = api_image_audit("vae-avatars", 60, 1)
    assert json.loads(json.dumps(audit, allow_nan=False)) == audit
    assert audit["n"] == 60 and {line["kind"] for line in audit["lines"]} == {"share", "words", "gap"}
    one = api_image_audit("vae-avatars", 60, 1, "glasses")
    assert [line["attribute"] for line in one["lines"]] == ["glasses", "glasses"]
    assert one["recipe"] == audit["recipe"]


def test_a_bad_request_explains_itself() -> None:
    with pytest.raises(gr.Error, match="These can: "):
        api_image_audit("gan-faces")
    with pytest.raises(gr.Error, match="attribute must be one of"):
        api_image_audit("gan-avatars", 60, attribute="nose")
