"""Language: byte-pair merges split a text into tokens, and a small model learns from scratch which token comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.experiments import bpe_explorer, language_model
from playground.experiments.cost import run_cost
from playground.experiments.live_detector import diagnose_run
from playground.experiments.recorded import course, recorded_run
from playground.experiments.run_control import steer_run
from playground.experiments.run_history import describe_fork
from playground.experiments.run_status import poll_run
from playground.panels.train.cost_view import cost_value, cost_view
from playground.panels.train.detector_view import detector_value, detector_view
from playground.panels.train.language_model.merges_view import merges_view
from playground.panels.train.language_model.view import bundled_models_view, language_model_view
from playground.panels.train.shared import (
    TrainShared,
    connect_menu_button,
    end_shown,
    remarks_go,
    run_of_value,
    run_query,
    with_owner,
)
from playground.ui.event_data import event_values
from playground.ui.events import FOLLOWS, QUIET, Update, call, connect_stop
from playground.ui.messages import error_notice
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import result_settings
from playground.ui.setting_controls import setting_control
from playground.ui.view import new_run

NAME = "language_model"
#: In older links.
FORMER_NAMES = ("language",)
#: So many settings are in view, steps and vocabulary; the others are folded.
_IN_VIEW = 2
#: What `_run_update` fills.
_RUN_OUTPUTS = ("run_view", "detector", "cost", "query")
#: What the page opens on.
RECORDED = recorded_run("language_model")


@dataclass(frozen=True)
class LanguageModelComponents:
    """merge_count: how many merges to learn.  merges: their view, which also cuts the visitor's passage.

    settings: controls of a new run by the settings' names.  run_view: its value names the run on the page.
    """

    corpus: gr.Radio
    text: gr.Textbox
    merge_count: gr.Slider
    learn: gr.Button
    stop: gr.Button
    merges_notice: gr.HTML
    merges: gr.HTML
    settings: dict[str, Any]
    seed: gr.Number
    start: gr.Button
    reset: gr.Button
    menu: gr.Button
    notice: gr.HTML
    run_view: gr.HTML
    detector: gr.HTML
    cost: gr.HTML
    query: gr.Textbox


def build(item: gr.Tab, shared: TrainShared) -> Panel:
    """The panel, its events connected."""
    components = _build_components()
    learning = _connect(components, shared)
    example = Example(learning, part="merges", note=components.merges_notice)
    return Panel(NAME, item, components, on_restore, _RUN_OUTPUTS, example=example)


def _build_components() -> LanguageModelComponents:
    introduction("train.language_model")
    corpora = [(title, name) for name, title in language_model.corpus_titles().items()]
    with gr.Row():
        corpus = gr.Radio(
            corpora, value="austen", label=say("train.language_model.corpus"), elem_id="language_model-corpus"
        )
    text = gr.Textbox(
        "", label=say("train.language_model.text"), info=say("train.language_model.text_info"), lines=8, max_lines=14,
        visible=False, elem_id="language_model-text",
    )  # fmt: skip
    with gr.Column():
        merge_count, learn, stop, merges_note, merges = _build_merges()
    with gr.Column():
        gr.Markdown(f"### {say('train.language_model.step_2')}", elem_classes="pg-heading")
        with gr.Column(elem_classes="pg-train-controls"):
            settings, seed = _controls()
            with gr.Row(elem_classes="pg-actions"):
                start = gr.Button(say("train.language_model.start"), variant="primary", elem_id="language_model-start")
                reset = gr.Button(say("train.tab.defaults"), elem_id="language_model-reset")
                menu = gr.Button(say("train.tab.add_to_text"), elem_id="language_model-menu")
        note = notice_view(_recorded_notice(), elem_id="language_model-notice", elem_classes="pg-train-said")
        shown = _run_update(RECORDED)
        with gr.Row(elem_classes="pg-train-row"):
            run_view = language_model_view(poll_run, steer_run, shown["run_view"], elem_id="language_model-view")
        with gr.Column(elem_classes="pg-train-more"):
            detector = detector_view(diagnose_run, shown["detector"], elem_id="language_model-detector")
            cost = cost_view(run_cost, "language_model-cost", RECORDED)
    gr.Markdown(f"### {say('train.language_model.step_3')}", elem_classes="pg-heading")
    bundled_models_view(_bundled_models_value(), elem_id="language_model-bundled")
    query = gr.Textbox(visible="hidden", elem_id="language_model-query")
    return LanguageModelComponents(
        corpus, text, merge_count, learn, stop, merges_note, merges, settings, seed, start, reset, menu, note,
        run_view, detector, cost, query,
    )  # fmt: skip


def _build_merges() -> tuple[gr.Slider, gr.Button, gr.Button, gr.HTML, gr.HTML]:
    """(merge_count, learn, stop, merges_notice, merges)."""
    gr.Markdown(f"### {say('train.language_model.step_1')}", elem_classes="pg-heading")
    with gr.Row(elem_classes="pg-actions pg-train-controls"):
        count = gr.Slider(
            bpe_explorer.FEWEST, bpe_explorer.MOST, value=1000, step=1, label=say("train.language_model.merges"),
            elem_id="language_model-merge_count",
        )  # fmt: skip
        learn = gr.Button(say("train.language_model.learn"), elem_id="language_model-learn")
        stop = gr.Button(say("shared.stop"), elem_id="language_model-stop")
    note = notice_view(elem_id="language_model-merges-notice", elem_classes="pg-train-said")
    with gr.Row(elem_classes="pg-train-row"):
        merges = merges_view(elem_id="language_model-merges")
    return count, learn, stop, note, merges


def _recorded_notice() -> dict[str, str]:
    held_out = course("language_model", "held-out")
    best = min(language_model.recorded_baselines())
    return notice(say("train.language_model.example", first=held_out.first, last=held_out.last, counting=best))


def _controls() -> tuple[dict[str, Any], gr.Number]:
    """The settings of a new run by name, and its seed. The first are in view, the others folded."""
    controls: dict[str, Any] = {}
    fields = list(language_model.FIELDS.values())
    with gr.Row():
        controls |= {item.name: setting_control(item, "language_model") for item in fields[:_IN_VIEW]}
    with gr.Accordion(say("train.language_model.more"), open=False, elem_id="language_model-more"), gr.Row():
        for item in fields[_IN_VIEW:]:
            controls[item.name] = setting_control(item, "language_model", min_width=200)
        seed = gr.Number(0, label=say("shared.seed"), precision=0, elem_id="language_model-seed", min_width=200)
    return controls, seed


def _connect(components: LanguageModelComponents, shared: TrainShared) -> Mapping[str, Any]:
    """The panel's events; returns the keywords of the one that learns merges."""
    parts = (components, shared)
    # `.change` also fires when a link fills the menu, whose notice must stay.
    components.corpus.change(**call(on_corpus, components, ["corpus"], ["text"]), queue=False, **FOLLOWS)
    for changed in (components.corpus.input, components.text.change):
        remarks_go(changed, components.merges_notice, components.notice)
    keywords = call(on_reset, components, [], ["notice", "settings", "seed"])
    components.reset.click(**keywords, queue=False, **QUIET)
    learn = call(on_learn, components, ["corpus", "text", "merge_count"], ["merges_notice", "merges"])
    settings = {name: getattr(components, name) for name in ("corpus", "text", "merge_count")}
    came_from = result_settings(settings, [components.merges])
    learn = came_from.carry(learn)
    learning = components.learn.click(**learn, **QUIET)
    connect_stop(components.stop, learning, components.merges_notice)
    outputs = ["notice", *_RUN_OUTPUTS]
    keywords = call(on_start, parts, ["owner", "corpus", "text", "seed", "settings", "run_view"], outputs)
    components.start.click(**keywords, js=with_owner(), **QUIET)
    connect_menu_button(components.menu, components.run_view, components.notice, shared)
    components.run_view.opened(**call(on_opened, components, [], outputs), queue=False, **QUIET)
    return learn


def on_corpus(corpus: str) -> Update:
    """Show the box for an own text if it is chosen."""
    return {"text": gr.Textbox(visible=corpus == language_model.USER_TEXT)}


def on_reset() -> Update:
    """Set the settings of a new run to their defaults."""
    settings = {name: item.default for name, item in language_model.FIELDS.items()}
    return {"notice": notice(say("train.tab.at_defaults"), "ok"), "settings": settings, "seed": 0}


def on_learn(corpus: str, text: str, count: Any) -> Iterator[Update]:
    """Learn the merges, a hundred at a time. Errors become notices."""
    drawing = new_run()
    yield {"merges_notice": notice(say("train.language_model.counting_words"))}
    try:
        for learned in bpe_explorer.learn_merges(corpus, text, count):
            complete = len(learned.merges) >= int(count)
            summary = say("train.language_model.learned", merges=len(learned.merges), characters=learned.characters)
            summary = f"{summary} {learned.words}".strip()
            tone = "quiet" if not complete else "warning" if learned.words else "ok"
            yield {"merges_notice": notice(summary, tone), "merges": merges_value(learned, drawing, not complete)}
        if not complete:
            yield {
                "merges_notice": notice(f"{summary} {say('train.language_model.no_more_pairs')}", "warning"),
                "merges": merges_value(learned, drawing, False),
            }
    except PlaygroundError as error:
        yield {"merges_notice": error_notice(error), "merges": None}


def merges_value(learned: bpe_explorer.LearnedMerges, drawing: str, learning: bool) -> dict[str, Any]:
    """The merges' value. drawing: an id; a new one goes to the last merge.  learning: more merges are coming."""
    rows = [[merge.left.hex(), merge.right.hex(), merge.count, merge.joined] for merge in learned.merges]
    return {
        "id": drawing, "title": learned.title, "merges": rows, "tokens": learned.bytes_before,
        "characters": learned.characters, "words": learned.words, "learning": learning, "passage": learned.passage,
    }  # fmt: skip


def on_start(owner: str, corpus: str, text: str, seed: Any, settings: Mapping[str, Any], shown: Any = None) -> Update:
    """Start a run in place of that on the page. Raises PlaygroundError and starts nothing.

    settings: by name; None means the default.  shown: the value of the view.
    """
    chosen = {name: value for name, value in settings.items() if value is not None}
    run = language_model.start_language_run(corpus, text, chosen, seed, owner)
    ended = end_shown([run_of_value(shown)], owner)
    sentence = say("train.language_model.started")
    return {"notice": notice(f"{sentence} {ended}".strip(), "ok"), **_run_update(run)}


def _run_update(run: str) -> dict[str, Any]:
    """Make the page follow a run. Its view also needs the settings of its start."""
    settings = language_model.settings_of_run(run)
    return {
        "run_view": {"run": run, **{name: settings[name] for name in language_model.HOT}},
        "detector": detector_value(run),
        "cost": cost_value(run),
        "query": run_query(NAME, run),
    }


def on_opened(event: gr.EventData) -> Update:
    """A fork takes its parent's place on the page. event: {"run"}."""
    run = str(event_values(event).get("run", ""))
    return {"notice": notice(describe_fork(run), "ok"), **_run_update(run)}


def on_restore(recipe: Recipe) -> Update:
    """Follow the run of a link; a link to the panel alone changes nothing. Raises PlaygroundError."""
    run = str(recipe.settings.get("run") or "")
    return {"notice": None, **_run_update(run)} if run else {}


def _bundled_models_value() -> dict[str, Any]:
    """The bundled models for their view, each with the length of its training and its loss."""
    models = language_model.bundled_models()
    cards = [
        {
            "name": model.name,
            "title": model.name,
            "words": say(
                "train.language_model.bundled",
                stage=model.stage.capitalize(),
                steps=model.step,
                tokens=model.seen,
                minutes=max(1, round(model.seconds / 60)),
                bits=model.bits,
            ),
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
