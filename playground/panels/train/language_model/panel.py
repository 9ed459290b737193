"""Language: a text is split into tokens by byte-pair merges, and a small model learns from scratch which come next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.experiments import bpe_explorer
from playground.experiments import language_model as lab
from playground.experiments.cost import run_cost
from playground.experiments.run_control import steer_run
from playground.experiments.run_status import describe_fork, poll_run
from playground.panels.train.cost_view import cost_value, cost_view
from playground.panels.train.language_model.merges_view import merges_view
from playground.panels.train.language_model.view import bundled_models_view, language_model_view
from playground.panels.train.shared import WITH_OWNER, TrainShared, connect_menu_button, run_query
from playground.ui.events import QUIET, Update, call, connect_stop
from playground.ui.messages import error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.view import new_run

NAME, TITLE = "language_model", "Language"
#: In links that were made before.
FORMER_NAMES = ("language",)
_CORPORA = [(title, name) for name, title in lab.TITLES.items()]
_STARTED = "It has begun: some seconds pass before the first step, while it reads the text and counts letters."
#: What `_run_update` fills.
_RUN_OUTPUTS = ("run_view", "cost", "query")


@dataclass(frozen=True)
class LanguageModelComponents:
    """merge_count: how many merges to learn.  learned: gr.State of LearnedMerges or None.

    settings: controls of a new run by the settings' names.  run_view: follows the run.
    """

    corpus: gr.Radio
    text: gr.Textbox
    merge_count: gr.Slider
    learn: gr.Button
    stop: gr.Button
    merges_notice: gr.HTML
    merges: gr.HTML
    passage: gr.Textbox
    learned: gr.State
    settings: dict[str, Any]
    seed: gr.Number
    start: gr.Button
    menu: gr.Button
    notice: gr.HTML
    run_view: gr.HTML
    cost: gr.HTML
    query: gr.Textbox


def build(item: gr.Tab, shared: TrainShared) -> Panel:
    """The panel, its events connected."""
    components = _build_components()
    _connect(components, shared)
    return Panel(NAME, item, components, on_restore, _RUN_OUTPUTS)


def _build_components() -> LanguageModelComponents:
    introduction(
        "How a language model is made, from nothing: a text is cut into tokens, then a net learns what follows.",
        "Choose a text or paste one, wind its merges back and forth, train a model on it and read what it writes.",
        "Bits per character: its surprise at text it never saw. Below what counting letters reaches, it has learned.",
    )
    with gr.Row():
        corpus = gr.Radio(_CORPORA, value="austen", label="Text to learn from", elem_id="language_model-corpus")
    text = gr.Textbox(
        "", label="My own text", lines=8, max_lines=14, visible=False, elem_id="language_model-text",
        info="At least 2,000 characters. It stays in the run's own folder, and goes when the run is deleted.",
    )  # fmt: skip
    gr.Markdown("### 1. Cut it into tokens", elem_classes="pg-heading")
    with gr.Row(elem_classes="pg-actions"):
        merge_count = gr.Slider(
            bpe_explorer.FEWEST,
            bpe_explorer.MOST,
            value=1000,
            step=1,
            label="Merges",
            elem_id="language_model-merge_count",
        )
        learn = gr.Button("Learn the merges", elem_id="language_model-learn")
        stop = gr.Button("Stop", elem_id="language_model-stop")
    merges_note = notice_view(elem_id="language_model-merges-notice")
    merges = merges_view(elem_id="language_model-merges")
    passage = gr.Textbox(
        "", label="Passage that is shown: write your own", max_lines=4, visible=False, elem_id="language_model-passage"
    )
    gr.Markdown("### 2. Train a model on it", elem_classes="pg-heading")
    settings, seed = _controls()
    with gr.Row(elem_classes="pg-actions"):
        start = gr.Button("Train a model from nothing", variant="primary", elem_id="language_model-start")
        menu = gr.Button("Put it into the Text tab", elem_id="language_model-menu")
    note = notice_view(elem_id="language_model-notice")
    run_view = language_model_view(poll_run, steer_run, elem_id="language_model-view")
    cost = cost_view(run_cost, "language_model-cost")
    gr.Markdown("### 3. Trained before, on Jane Austen", elem_classes="pg-heading")
    bundled_models_view(_bundled_models_value(), elem_id="language_model-bundled")
    query = gr.Textbox(visible="hidden", elem_id="language_model-query")
    return LanguageModelComponents(
        corpus, text, merge_count, learn, stop, merges_note, merges, passage, gr.State(None), settings, seed, start,
        menu, note, run_view, cost, query,
    )  # fmt: skip


def _controls() -> tuple[dict[str, Any], gr.Number]:
    """The settings of a new run by name, and its seed."""
    first = lab.DEFAULTS
    with gr.Row():
        steps = gr.Number(
            first["steps"], label="Steps", precision=0, elem_id="language_model-steps",
            info="Each reads a batch of texts; the learning rate falls towards the last one.",
        )  # fmt: skip
        vocabulary = gr.Number(
            first["vocabulary"], label="Tokens of the vocabulary", precision=0, elem_id="language_model-vocabulary",
            info="256 bytes, the merges, and one that ends a work.",
        )  # fmt: skip
    with gr.Accordion("Size of the net, batch, rate, seed", open=False, elem_id="language_model-more"):
        with gr.Row():
            width = gr.Dropdown(list(lab.WIDTHS), value=first["width"], label="Width", elem_id="language_model-width")
            layers = gr.Number(first["layers"], label="Layers", precision=0, elem_id="language_model-layers")
            context = gr.Number(
                first["context"], label="Context, in tokens", precision=0, elem_id="language_model-context"
            )
        with gr.Row():
            batch = gr.Number(first["batch"], label="Texts in a batch", precision=0, elem_id="language_model-batch")
            rate = gr.Number(first["rate"], label="Learning rate", elem_id="language_model-rate")
            optimizer = gr.Dropdown(
                list(lab.OPTIMIZERS), value=first["optimizer"], label="Optimizer", elem_id="language_model-optimizer"
            )
            temperature = gr.Number(
                first["temperature"], label="Temperature of samples", elem_id="language_model-temperature"
            )
            seed = gr.Number(0, label="Seed", precision=0, elem_id="language_model-seed")
    found = {
        "steps": steps, "vocabulary": vocabulary, "width": width, "layers": layers, "context": context, "batch": batch,
        "rate": rate, "optimizer": optimizer, "temperature": temperature,
    }  # fmt: skip
    return {name: found[name] for name in first}, seed


def _connect(components: LanguageModelComponents, shared: TrainShared) -> None:
    parts = (components, shared)
    components.corpus.change(**call(on_corpus, components, ["corpus"], ["text"]), queue=False, **QUIET)
    keywords = call(
        on_learn, components, ["corpus", "text", "merge_count"], ["learned", "merges_notice", "merges", "passage"]
    )
    learning = components.learn.click(**keywords, **QUIET)
    connect_stop(components.stop, learning, components.merges_notice)
    keywords = call(on_passage, components, ["learned", "passage"], ["merges_notice", "merges"])
    components.passage.input(**keywords, queue=False, **QUIET)
    outputs = ["notice", *_RUN_OUTPUTS]
    keywords = call(on_start, parts, ["owner", "corpus", "text", "seed", "settings"], outputs)
    components.start.click(**keywords, js=WITH_OWNER, **QUIET)
    connect_menu_button(components.menu, components.run_view, components.notice, shared)
    components.run_view.opened(**call(on_opened, components, [], outputs), queue=False, **QUIET)


def on_corpus(corpus: str) -> Update:
    """Shows the box for an own text, if it is chosen."""
    return {"text": gr.Textbox(visible=corpus == lab.USER_TEXT)}


def on_learn(corpus: str, text: str, count: Any) -> Iterator[Update]:
    """Learn the merges, a hundred at a time; a failure is a sentence beside them."""
    drawing = new_run()
    yield {"learned": None, "merges_notice": notice("Counting words …")}
    try:
        for learned in bpe_explorer.learn_merges(corpus, text, count):
            complete = len(learned.merges) >= int(count)
            summary = f"{len(learned.merges):,} merges, on {learned.characters:,} characters. {learned.words}".strip()
            tone = "quiet" if not complete else "warning" if learned.words else "ok"
            yield {
                "learned": learned,
                "merges_notice": notice(summary, tone),
                "merges": merges_value(learned, learned.passage, drawing, not complete),
                "passage": gr.Textbox(learned.passage, visible=True),
            }
        if not complete:
            yield {
                "merges_notice": notice(
                    f"{summary} No other pair comes twice: this is all that can be merged.", "warning"
                ),
                "merges": merges_value(learned, learned.passage, drawing, False),
            }
    except PlaygroundError as error:
        hidden = gr.Textbox(visible=False)
        yield {"learned": None, "merges_notice": error_notice(error), "merges": None, "passage": hidden}


def merges_value(learned: bpe_explorer.LearnedMerges, passage: str, drawing: str, learning: bool) -> dict[str, Any]:
    """The merges' value. drawing: an id; another one goes to the last merge.  learning: more merges are coming."""
    rows = [[merge.left.hex(), merge.right.hex(), merge.count, merge.joined] for merge in learned.merges]
    timeline = bpe_explorer.merge_timeline(learned.merges, passage)
    return {
        "id": drawing, "title": learned.title, "merges": rows, "tokens": learned.bytes_before,
        "characters": learned.characters, "words": learned.words, "learning": learning, **timeline,
    }  # fmt: skip


def on_passage(learned: bpe_explorer.LearnedMerges | None, passage: str) -> Update:
    """Split another passage by the merges that were learned."""
    if learned is None:
        return {}
    try:
        return {"merges_notice": None, "merges": merges_value(learned, passage, "passage", False)}
    except PlaygroundError as error:
        return {"merges_notice": notice(str(error), "warning")}


def on_start(owner: str, corpus: str, text: str, seed: Any, settings: Mapping[str, Any]) -> Update:
    """Queue a run. settings: by name; those that are None keep their default. Raises PlaygroundError."""
    given = {name: value for name, value in settings.items() if value is not None}
    run = lab.start_language_run(corpus, text, given, seed, owner)
    return {"notice": notice(_STARTED, "ok"), **_run_update(run)}


def _run_update(run: str) -> dict[str, Any]:
    """The page follows a run, whose view also needs what it was started with."""
    settings = lab.settings_of_run(run)
    return {
        "run_view": {"run": run, **{name: settings[name] for name in lab.HOT}},
        "cost": cost_value(run),
        "query": run_query(NAME, run),
    }


def on_opened(event: gr.EventData) -> Update:
    """A fork takes its parent's place on the page. event: {"run"}."""
    run = str(event._data.get("run", ""))
    return {"notice": notice(describe_fork(run), "ok"), **_run_update(run)}


def on_restore(recipe: Recipe) -> Update:
    """Follow the run of a link; a link to the panel alone changes nothing. Raises PlaygroundError."""
    run = str(recipe.settings.get("run") or "")
    return {"notice": None, **_run_update(run)} if run else {}


def _bundled_models_value() -> dict[str, Any]:
    """The bundled models for their view, each with what its training took and how well it predicts."""
    models = lab.bundled_models()
    cards = [
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
        "models": cards,
        "rows": [[row[0], row[2], row[3]] for row in last.curve] if last else [],
        "baselines": list(last.baselines) if last else [],
        "marks": [{"step": model.step, "name": model.name.split("-")[-1]} for model in models],
    }
