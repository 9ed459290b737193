"""A result is dimmed while a setting that its event read is another one now, in all panels."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from playground.ui.stored_results import stored_results
from playground.ui.view import module_of

#: Views that no setting dims, and why.
WITHOUT = {
    "drawn again at each change of a setting, at once": {"sampler", "arithmetic-picker"},
    "names the model and the seed of each part": {"chat-turns", "branches", "draw-card", "grid-card", "dataset-card"},
    "what a visitor chose, painted or read in": {
        "kept", "walk-ends", "walk-kept", "walk-sheet", "inversion-canvas", "walk-paint", "walk-inversion", "map-paint",
        "toy_2d-brush",
    },
    "a run, with its own settings": {
        f"{panel}-{part}"
        for panel in ("toy_2d", "image_model", "language_model", "fine_tuning", "failure_lab")
        for part in ("view", "image_run", "toy_2d_run", "detector", "curves", "cost")
    },
    "all measurements, or runs, that were chosen": {"session-log", "runs-curves"},
}  # fmt: skip
#: Events that add to a result of the same settings.
ADDING = {"on_smoothness", "on_reveal", "on_measure", "on_cross", "on_tally", "on_branch"}
#: Settings that an event reads with all others of its tab, or that its view redraws at once.
NOT_COMPARED = {
    "tokens": {"setting-max_new_tokens"},  # a shorter text is the beginning of a longer one; the caption has its length
    "score-tokens": {"setting-"},  # a text is scored without the sampler
    "beam-search-view": {"setting-"},
    "grid": {"images-count"},  # one picture a cell
    "comparison": {"comparison-count"},  # the table has it
    "group-generation-chart": {"group-generation-measure"},
    "audit-sheet": {"audit-attribute", "audit-condition"},
    "traversal": {"traversal-base", "traversal-number"},
    "before_after": {"fine_tuning-kind", "fine_tuning-text"},  # they count for an adapter from a file alone
}
#: Stored results of another model than the page opens with, which they name.
OTHER_MODELS = {"images.text_to_image.json", "latent.walk.json"}
SETTINGS = (gr.Slider, gr.Number, gr.Radio, gr.Dropdown, gr.Checkbox, gr.CheckboxGroup, gr.Textbox)


@pytest.fixture(scope="module")
def compared(whole_site: gr.Blocks) -> dict[int, set[int]]:
    """Hidden box of what a result came from -> the settings that it is compared with."""
    events = [event for event in whole_site.fns.values() if "compareSettings" in str(event.js)]
    return {event.inputs[0]._id: {one._id for one in event.inputs[1:]} for event in events}


def views(event: Any) -> list[str]:
    found = [one for one in event.outputs if isinstance(one, gr.HTML)]
    return [str(one.elem_id) for one in found if module_of(one) not in (None, "ui/notice.js")]


def test_each_event_that_fills_a_result_says_what_it_came_from(
    whole_site: gr.Blocks, compared: dict[int, set[int]]
) -> None:
    exempt = set().union(*WITHOUT.values())
    for event in whole_site.fns.values():
        results = set(views(event)) - exempt
        if event.fn is not None and results and event.name not in ADDING:
            assert any(output._id in compared for output in event.outputs), (event.name, results)


def test_a_result_is_compared_with_each_setting_that_its_event_reads(
    whole_site: gr.Blocks, compared: dict[int, set[int]]
) -> None:
    for event in whole_site.fns.values():
        carried = [output._id for output in event.outputs if output._id in compared]
        if event.fn is None or not carried:
            continue
        settings = set().union(*(compared[one] for one in carried))
        read = [one for one in event.inputs if isinstance(one, SETTINGS) and one.visible is True]
        forgotten = {str(one.elem_id) for one in read if one._id not in settings}
        known = tuple(name for view in views(event) for name in NOT_COMPARED.get(view, ()))
        assert not {name for name in forgotten if not name.startswith(known)} if known else not forgotten, event.name


def test_each_stored_result_says_what_it_came_from(whole_site: gr.Blocks, compared: dict[int, set[int]]) -> None:
    for stored in stored_results(whole_site):
        if stored.file_name not in OTHER_MODELS:
            shown = stored.show()
            carried = [place for place, output in enumerate(stored.run["outputs"]) if output._id in compared]
            assert any(shown.get(place) for place in carried), stored.file_name


def test_no_exception_is_left_over(whole_site: gr.Blocks) -> None:
    ids = {str(block.elem_id) for block in whole_site.blocks.values() if block.elem_id}
    named = {name for names in (*WITHOUT.values(), *NOT_COMPARED.values()) for name in names} | set(NOT_COMPARED)
    runs = WITHOUT["a run, with its own settings"]
    assert named - runs - ids - {"setting-"} == set()
