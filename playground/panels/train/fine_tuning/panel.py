"""Fine-tune: a pretrained language model learns a visitor's text or pairs, and is compared with what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.data.user_text import example
from playground.experiments.cost import priced
from playground.experiments.finetune_request import FAMILY, HOT, defaults, fork, prepared
from playground.experiments.run_control import start, steer
from playground.experiments.run_status import in_force, look, told_of
from playground.panels.train.cost_view import cost_of, cost_view
from playground.panels.train.fine_tuning import results
from playground.panels.train.fine_tuning.view import tuning_view
from playground.panels.train.panels import Shared, as_owner, watching
from playground.ui.events import QUIET
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired

NAME, TITLE = "tuning", "Fine-tune"
_SKIP: Any = gr.skip()
_EMPTY = "No fine-tuning yet: press Start."
_KINDS = [("A text", "pasted"), ("Pairs: prompt and answer", "pairs")]
_NAMES = ("steps", "rate", "rank", "alpha", "batch", "length", "layers", "look_every", "patience", "prompt")


@dataclass(frozen=True)
class Panel:
    """kind, text, pairs: what is learned.  asked: the settings in the order of _NAMES.  run: gr.State of its id."""

    kind: gr.Radio
    text: gr.Textbox
    pairs: gr.Textbox
    asked: tuple[Any, ...]
    seed: gr.Number
    start: gr.Button
    notice: gr.HTML
    live: gr.HTML
    cost: gr.HTML
    after: results.After
    run: gr.State
    query: gr.Textbox


def build() -> Panel:
    """The panel."""
    lead(
        "SmolLM2, a model of 135 million numbers, learning your text: small matrices beside its own (LoRA).",
        "Paste a text or pairs, press Start, watch both losses, end it when the held-out one rises, then compare.",
        "The held-out loss tells what it learned; if only the other falls, it learns by heart, and forgets other text.",
    )
    kind = gr.Radio(_KINDS, value="pasted", label="Learn from", elem_id="tuning-kind")
    text = gr.Textbox(
        example("text"), label="The text", lines=7, max_lines=7, elem_id="tuning-text",
        info="600 characters or more, of one kind: letters, recipes, verses. The end is held out, to test it.",
    )  # fmt: skip
    pairs = gr.Textbox(
        example("pairs"), label="Pairs, one a line: prompt, tab, answer", lines=7, max_lines=7, visible="hidden",
        elem_id="tuning-pairs", info="6 pairs or more. Only the answers are learned; every sixth pair is held out.",
    )  # fmt: skip
    with gr.Accordion("Settings", open=False, elem_id="tuning-settings"):
        asked, seed = _settings()
    with gr.Row(elem_classes="pg-actions"):
        begin = gr.Button("Start", variant="primary", elem_id="tuning-start")
    note = notice_view(elem_id="tuning-notice")
    live = tuning_view(look, steer, {"run": "", "empty": _EMPTY}, elem_id="tuning-live")
    after = results.build()
    paid = cost_view(priced, "tuning-cost")
    query = gr.Textbox(visible="hidden", elem_id="tuning-query")
    return Panel(kind, text, pairs, asked, seed, begin, note, live, paid, after, gr.State(""), query)


def _settings() -> tuple[tuple[Any, ...], gr.Number]:
    first = defaults("pasted")
    with gr.Row():
        steps = gr.Number(first["steps"], label="Steps", precision=0, minimum=1, info="2 to 5 seconds each on 2 cores.")
        rate = gr.Number(first["rate"], label="Learning rate", info="Too high: the loss jumps. Too low: it stays.")
        patience = gr.Number(
            first["patience"], label="Stop after so many looks without a gain", precision=0, minimum=0,
            info="Looks at the held-out part; 0 never stops.",
        )  # fmt: skip
        every = gr.Number(first["look_every"], label="Steps between two looks", precision=0, minimum=1)
    with gr.Row():
        rank = gr.Number(first["rank"], label="Rank", precision=0, minimum=1, info="Width of the added matrices.")
        alpha = gr.Number(first["alpha"], label="Alpha", precision=0, minimum=1, info="Their weight: alpha / rank.")
        batch = gr.Number(first["batch"], label="Rows a step", precision=0, minimum=1)
        length = gr.Number(first["length"], label="Tokens a row", precision=0, minimum=16)
    with gr.Row():
        layers = gr.Radio(
            ["upper half", "all"], value=first["layers"], label="Blocks with adapters",
            info="The upper half is a third faster, and learns as well.",
        )  # fmt: skip
        prompt = gr.Textbox(
            "", label="Beginning to continue at each look", max_lines=2, info="Empty: that of the held-out part."
        )
        seed = gr.Number(0, label="Seed", precision=0, minimum=0)
    return (steps, rate, rank, alpha, batch, length, layers, every, patience, prompt), seed


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel."""
    own = dict(zip(_NAMES, panel.asked, strict=True))
    panel.kind.input(on_kind, panel.kind, [panel.text, panel.pairs, own["batch"], own["length"]], queue=False, **QUIET)
    views = [panel.live, panel.cost, panel.run, panel.query, panel.after.loaded]
    panel.start.click(
        on_start, [panel.kind, panel.text, panel.pairs, panel.seed, shared.owner, *panel.asked],
        [panel.notice, *views], queue=False, js=as_owner(4), **QUIET,
    )  # fmt: skip
    hot = [own[name] for name in HOT]
    forked = [panel.notice, *views, *hot]
    panel.live.fork(on_fork, [shared.owner, *hot], forked, js=as_owner(0), queue=False, **QUIET)
    results.wire(panel.after, panel.run, panel.kind, panel.text, panel.pairs, shared)
    return Wired(NAME, room, panel.query, {"fn": on_restore, "outputs": forked})


def on_kind(kind: str) -> list[Any]:
    """The box of this kind, and rows that suit it."""
    first = defaults("pairs" if kind == "pairs" else "pasted")
    shown, hidden = gr.Textbox(visible=True), gr.Textbox(visible="hidden")
    boxes = [hidden, shown] if kind == "pairs" else [shown, hidden]
    return [*boxes, first["batch"], first["length"]]


def on_start(kind: str, text: str, pairs: str, seed: Any, owner: str, *asked: Any) -> list[Any]:
    """Starts a run. asked: the settings in the order of _NAMES."""
    try:
        settings, seed, files = prepared(kind, text, pairs, seed, dict(zip(_NAMES, asked, strict=True)))
        run = start(FAMILY, kind, settings, seed, owner, files)
    except PlaygroundError as error:
        return [notice(str(error), "error"), *[_SKIP] * 5]
    return [None, *shown(run)]


def on_fork(event: gr.EventData, owner: str, *hot: Any) -> list[Any]:
    """A fork with the settings as they stand is watched from now on. hot: in the order of HOT."""
    parent, step, more = (event._data.get(name) for name in ("run", "step", "steps"))
    try:
        run = fork(str(parent), step, dict(zip(HOT, hot, strict=True)), more, owner)
        return [notice(told_of(run), "ok"), *shown(run), *(in_force(run, name) for name in HOT)]
    except PlaygroundError as error:
        return [notice(str(error), "error"), *[_SKIP] * (5 + len(HOT))]


def on_restore(recipe: Recipe) -> list[Any]:
    """The run of a link, and its settings as they stand now."""
    run = str(recipe.settings.get("run") or "")
    if not run:
        return [_SKIP] * (6 + len(HOT))
    try:
        hot = [in_force(run, name) for name in HOT]
    except PlaygroundError:  # its view tells that it is gone
        hot = [_SKIP] * len(HOT)
    return [None, *shown(run), *hot]


def shown(run: str) -> list[Any]:
    """The views of a run, its id, its link, and no adapter from a file."""
    return [{"run": run, "empty": _EMPTY}, cost_of(run), run, watching(NAME, run), None]
