"""Results of the Train tab that come from settings carry them. Those of runs do not: a run has settings of its own."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from playground.panels.train import tab


@pytest.fixture(scope="module")
def page() -> gr.Blocks:
    with gr.Blocks() as page:
        with gr.Tabs(), gr.Tab("Train") as item:
            tab.build(item)
    return page


SETTINGS = {
    "language_model-merges": ("on_learn", [f"language_model-{name}" for name in ("corpus", "text", "merge_count")]),
    "before_after": ("on_compare", ["before_after-prompt", "before_after-seed"]),
}


@pytest.mark.parametrize("result", SETTINGS)
def test_a_result_carries_the_settings_that_it_came_from(page: gr.Blocks, result: str) -> None:
    handler, settings = SETTINGS[result]
    filling: list[Any] = [
        fn for fn in page.fns.values() if fn.name == handler and result in {block.elem_id for block in fn.outputs}
    ]
    assert len(filling) == 1
    assert [block.elem_id for block in filling[0].inputs][-len(settings) :] == settings
    carried = filling[0].outputs[-1]
    comparing = [fn for fn in page.fns.values() if "compareSettings" in str(fn.js) and carried in fn.inputs]
    assert len(comparing) == 1 and result in str(comparing[0].js)
    assert [block.elem_id for block in comparing[0].inputs[1:]] == settings
