"""Language: a text is cut into tokens, and a small model learns from nothing which comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.experiments import bpe_explorer as merging
from playground.experiments import language_model as lab
from playground.experiments.cost import priced
from playground.experiments.run_control import steer
from playground.experiments.run_status import look, told_of
from playground.panels.train.cost_view import cost_of, cost_view
from playground.panels.train.language_model.merges_view import merges_view
from playground.panels.train.language_model.view import language_view, shipped_view
from playground.panels.train.panels import Shared, as_owner, to_menu, watching
from playground.ui.events import QUIET, stop_button
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired
from playground.ui.view import new_run

NAME, TITLE = "language", "Language"
_SKIP: Any = gr.skip()
_CORPORA = [(title, name) for name, title in lab.TITLES.items()]
_SAID = "It has begun: some seconds pass before the first step, while it reads the text and counts letters."


@dataclass(frozen=True)
class Panel:
    """settings: the controls of a new run by their settings' names.  learned: gr.State of merging.Learned or None."""

    corpus: gr.Radio
    text: gr.Textbox
    count: gr.Slider
    learn: gr.Button
    stop: gr.Button
    merges_notice: gr.HTML
    passage: gr.Textbox
    merges: gr.HTML
    learned: gr.State
    settings: dict[str, Any]
    seed: gr.Number
    start: gr.Button
    menu: gr.Button
    notice: gr.HTML
    model: gr.HTML
    cost: gr.HTML
    query: gr.Textbox


def build() -> Panel:
    """The panel."""
    lead(
        "How a language model is made, from nothing: a text is cut into tokens, then a net learns what follows.",
        "Choose a text or paste one, wind its merges back and forth, train a model on it and read what it writes.",
        "Bits per character: its surprise at text it never saw. Below what counting letters reaches, it has learned.",
    )
    with gr.Row():
        corpus = gr.Radio(_CORPORA, value="austen", label="Text to learn from", elem_id="language-corpus")
    text = gr.Textbox(
        "", label="My own text", lines=8, max_lines=14, visible=False, elem_id="language-text",
        info="At least 2,000 characters. It stays in the run's own folder, and goes when the run is deleted.",
    )  # fmt: skip
    gr.Markdown("### 1. Cut it into tokens", elem_classes="pg-heading")
    with gr.Row(elem_classes="pg-actions"):
        count = gr.Slider(merging.FEWEST, merging.MOST, value=1000, step=1, label="Merges", elem_id="language-count")
        learn = gr.Button("Learn the merges", elem_id="language-learn")
        stop = gr.Button("Stop", elem_id="language-stop")
    merges_note = notice_view(elem_id="language-merges-notice")
    merges = merges_view(elem_id="language-merges")
    passage = gr.Textbox(
        "", label="Passage that is shown: write your own", max_lines=4, visible=False, elem_id="language-passage"
    )
    gr.Markdown("### 2. Train a model on it", elem_classes="pg-heading")
    settings, seed = _controls()
    with gr.Row(elem_classes="pg-actions"):
        start = gr.Button("Train a model from nothing", variant="primary", elem_id="language-start")
        menu = gr.Button("Put it into the Text tab", elem_id="language-menu")
    note = notice_view(elem_id="language-notice")
    model = language_view(look, steer, elem_id="language-view")
    cost = cost_view(priced, "language-cost")
    gr.Markdown("### 3. Trained before, on Jane Austen", elem_classes="pg-heading")
    shipped_view(_shipped(), elem_id="language-shipped")
    query = gr.Textbox(visible="hidden", elem_id="language-query")
    return Panel(
        corpus, text, count, learn, stop, merges_note, passage, merges, gr.State(None), settings, seed, start, menu,
        note, model, cost, query,
    )  # fmt: skip


def _controls() -> tuple[dict[str, Any], gr.Number]:
    """The settings of a new run by name, and its seed."""
    first = lab.DEFAULTS
    with gr.Row():
        steps = gr.Number(
            first["steps"], label="Steps", precision=0, elem_id="language-steps",
            info="Each reads a batch of texts; the learning rate falls towards the last one.",
        )  # fmt: skip
        vocabulary = gr.Number(
            first["vocabulary"], label="Tokens of the vocabulary", precision=0, elem_id="language-vocabulary",
            info="256 bytes, the merges, and one that ends a work.",
        )  # fmt: skip
    with gr.Accordion("Size of the net, batch, rate, seed", open=False, elem_id="language-more"):
        with gr.Row():
            width = gr.Dropdown(list(lab.WIDTHS), value=first["width"], label="Width", elem_id="language-width")
            layers = gr.Number(first["layers"], label="Layers", precision=0, elem_id="language-layers")
            context = gr.Number(first["context"], label="Context, in tokens", precision=0, elem_id="language-context")
        with gr.Row():
            batch = gr.Number(first["batch"], label="Texts in a batch", precision=0, elem_id="language-batch")
            rate = gr.Number(first["rate"], label="Learning rate", elem_id="language-rate")
            optimizer = gr.Dropdown(
                list(lab.OPTIMIZERS), value=first["optimizer"], label="Optimizer", elem_id="language-optimizer"
            )
            temperature = gr.Number(first["temperature"], label="Temperature of samples", elem_id="language-heat")
            seed = gr.Number(0, label="Seed", precision=0, elem_id="language-seed")
    found = {
        "steps": steps, "vocabulary": vocabulary, "width": width, "layers": layers, "context": context, "batch": batch,
        "rate": rate, "optimizer": optimizer, "temperature": temperature,
    }  # fmt: skip
    return {name: found[name] for name in first}, seed


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel."""
    panel.corpus.change(on_corpus, panel.corpus, panel.text, queue=False, **QUIET)
    outputs = [panel.learned, panel.merges_notice, panel.merges, panel.passage]
    learning = panel.learn.click(
        on_learn, [panel.corpus, panel.text, panel.count], outputs, show_progress="hidden", api_visibility="private"
    )
    stop_button(panel.stop, learning, panel.merges_notice)
    panel.passage.input(
        on_passage, [panel.learned, panel.passage], [panel.merges_notice, panel.merges], queue=False, **QUIET
    )
    asked = [panel.corpus, panel.text, panel.seed, *panel.settings.values(), shared.owner]
    outputs = [panel.notice, panel.model, panel.cost, panel.query]
    panel.start.click(on_start, asked, outputs, js=as_owner(-1), **QUIET)
    to_menu(panel.menu, panel.model, panel.notice, shared)
    panel.model.opened(on_opened, None, outputs, queue=False, **QUIET)
    return Wired(NAME, room, panel.query, {"fn": on_restore, "outputs": outputs[:-1]})


def on_corpus(corpus: str) -> Any:
    """The box for an own text, if it is wanted."""
    return gr.Textbox(visible=corpus == lab.PASTED)


def on_learn(corpus: str, text: str, count: Any) -> Iterator[tuple[Any, ...]]:
    """Learns the merges, a hundred at a time."""
    run = new_run()
    yield None, notice("Counting words …"), _SKIP, _SKIP
    try:
        for learned in merging.learn(corpus, text, count):
            done = len(learned.merges) >= int(count)
            told = f"{len(learned.merges):,} merges, on {learned.characters:,} characters. {learned.words}".strip()
            tone = "quiet" if not done else "warning" if learned.words else "ok"
            shown = gr.Textbox(learned.passage, visible=True)
            yield learned, notice(told, tone), drawn(learned, learned.passage, run, not done), shown
        if not done:
            told += " No other pair comes twice: this is all that can be merged."
            yield learned, notice(told, "warning"), drawn(learned, learned.passage, run, False), shown
    except PlaygroundError as error:
        yield None, notice(str(error), "error"), None, gr.Textbox(visible=False)


def drawn(learned: merging.Learned, passage: str, run: str, more: bool) -> dict[str, Any]:
    """The merges' value. more: others are still to come."""
    rows = [[merge.left.hex(), merge.right.hex(), merge.count, merge.joined] for merge in learned.merges]
    cut = merging.wound(learned.merges, passage)
    return {
        "id": run, "title": learned.title, "merges": rows, "tokens": learned.bytes_before,
        "characters": learned.characters, "words": learned.words, "learning": more, **cut,
    }  # fmt: skip


def on_passage(learned: merging.Learned | None, passage: str) -> tuple[Any, Any]:
    """Cuts another passage by the merges that were learned."""
    if learned is None:
        return _SKIP, _SKIP
    try:
        return None, drawn(learned, passage, "passage", False)
    except PlaygroundError as error:
        return notice(str(error), "warning"), _SKIP


def on_start(corpus: str, text: str, seed: Any, *values: Any) -> tuple[Any, ...]:
    """Queues a run. values: in the order of the settings, and the visitor's token."""
    *chosen, owner = values
    settings = {name: value for name, value in zip(lab.DEFAULTS, chosen, strict=True) if value is not None}
    try:
        run = lab.start(corpus, text, settings, seed, owner)
        return notice(_SAID, "ok"), followed(run), cost_of(run), watching(NAME, run)
    except PlaygroundError as error:
        return notice(str(error), "error"), *[_SKIP] * 3


def followed(run: str) -> dict[str, Any]:
    """The model's value: the run, and what it was started with."""
    settings = lab.settings_of(run)
    return {"run": run, **{name: settings[name] for name in lab.HOT}}


def on_opened(event: gr.EventData) -> tuple[Any, ...]:
    """A fork stands in its parent's place."""
    run = str(event._data.get("run", ""))
    try:
        return notice(told_of(run), "ok"), followed(run), cost_of(run), watching(NAME, run)
    except PlaygroundError:
        return (_SKIP,) * 4


def on_restore(recipe: Recipe) -> list[Any]:
    """The run of a link."""
    try:
        run = str(recipe.settings.get("run", ""))
        return [None, followed(run), cost_of(run)]
    except PlaygroundError as error:
        return [notice(f"This link cannot be followed. {error}", "error"), _SKIP, _SKIP]


def _shipped() -> dict[str, Any]:
    """The models that come along, as they are drawn; they say themselves what they are worth."""
    models = lab.shipped()
    shown = [
        {
            "name": model.name,
            "title": model.name,
            "words": f"{model.stage.capitalize()}: after {model.step:,} steps, {model.seen:,} tokens and "
            f"{max(1, round(model.seconds / 60))} minutes; {model.bits:.2f} bits per character of text it never saw.",
            "prompt": model.prompt,
            "sample": model.sample,
            "query": model.query,
        }
        for model in models
    ]
    last = models[-1] if models else None
    return {
        "models": shown,
        "rows": [[row[0], row[2], row[3]] for row in last.curve] if last else [],
        "baselines": list(last.baselines) if last else [],
        "marks": [{"step": model.step, "name": model.name.split("-")[-1]} for model in models],
    }
