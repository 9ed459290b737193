from __future__ import annotations

import gradio as gr

from playground.ui.model_dropdown import refresh_on_focus


def test_an_opened_menu_has_the_current_choices_and_keeps_its_value() -> None:
    there: list[tuple[str, str]] = [("One", "one"), ("Two", "two")]
    with gr.Blocks() as page:
        refresh_on_focus(gr.Dropdown(there, value="one"), lambda: list(there))
    (event,) = page.fns.values()
    assert event.fn is not None
    before = list(there)
    assert event.fn("one", before) == [gr.skip(), gr.skip()], "nothing is new: nothing is touched"
    there[:] = [("Two", "two"), ("Three", "three")]
    menu, now = event.fn("one", before)
    assert menu.choices == [("Two", "two"), ("Three", "three"), ("one", "one")] and now == there
    assert event.fn("two", before)[0].choices == there and event.fn("two", now)[0] == gr.skip()
