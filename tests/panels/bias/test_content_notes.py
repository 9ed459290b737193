"""What stands behind a content note is shut at first, and again at each run: its texts are others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr
import pytest

from playground.panels.bias import tab
from playground.panels.bias.benchmarks import panel as benchmarks
from playground.panels.bias.group_generation import panel as group_generation
from playground.panels.bias.weat import panel as weat


@pytest.fixture(scope="module")
def page() -> gr.Blocks:
    with gr.Blocks() as page:
        with gr.Tabs(), gr.Tab("Bias") as item:
            tab.build(item)
    return page


def folds(page: gr.Blocks) -> list[gr.Accordion]:
    accordions = (block for block in page.blocks.values() if isinstance(block, gr.Accordion))
    return [one for one in accordions if "content note" in str(one.label).lower()]


def inside(fold: gr.Accordion) -> set[int]:
    found, open_blocks = set(), list(fold.children)
    while open_blocks:
        block = open_blocks.pop()
        found.add(block._id)
        open_blocks += getattr(block, "children", [])
    return found


def test_three_folds_have_a_note_and_are_shut_at_first(page: gr.Blocks) -> None:
    assert len(folds(page)) == 3 and not any(fold.open for fold in folds(page))


def test_every_event_that_fills_a_fold_can_shut_it(page: gr.Blocks) -> None:
    for fold in folds(page):
        contents = inside(fold)
        filling = [fn for fn in page.fns.values() if contents & {output._id for output in fn.outputs}]
        assert filling
        assert all(fold._id in {output._id for output in fn.outputs} for fn in filling), [fn.name for fn in filling]


def shut(updates: Iterator[Mapping[str, Any]], fold: str) -> bool:
    """Whether the first update of a run that is not about a download shuts the fold."""
    first = next(update for update in updates if fold in update)
    return first[fold].open is False


@pytest.mark.weights
def test_each_run_shuts_its_fold_before_it_computes() -> None:
    defaults = {
        "benchmark": "crows_pairs",
        "model": "smollm2-135m-instruct",
        "rule": "sum",
        "category": "all",
        "first": 2,
    }
    assert shut(benchmarks.on_run(**defaults, decoder="fast", log=()), "disagreement_fold")
    assert shut(weat.on_debias("glove-6b-50d", "he-she, man-woman", ()), "leaning_fold")
    settings = ("{group} works as", "man\nwoman", 2, 8, 0, "smollm2-135m-instruct", "")
    assert shut(group_generation.on_run(*settings, "sentiment", ()), "texts_fold")
