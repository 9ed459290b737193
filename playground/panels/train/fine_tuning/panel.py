"""Fine-tune: a pretrained language model learns a visitor's text or pairs, and is compared with its base model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.data.user_text import example
from playground.experiments.cost import run_cost
from playground.experiments.finetune_eval import recorded_comparison
from playground.experiments.finetune_request import DATASETS, FAMILY, FIELDS, HOT, defaults, fork_finetune, read_request
from playground.experiments.recorded import is_recorded, recorded_run
from playground.experiments.run_control import start_run, steer_run
from playground.experiments.run_status import current_setting, poll_run
from playground.panels.train.cost_view import cost_value, cost_view
from playground.panels.train.fine_tuning import before_after
from playground.panels.train.fine_tuning.view import fine_tuning_view
from playground.panels.train.shared import (
    TrainShared,
    connect_fork,
    end_shown,
    fork_update,
    is_fork,
    read_fork,
    remarks_go,
    run_of_value,
    run_query,
    run_state,
    with_owner,
)
from playground.ui.events import FOLLOWS, QUIET, Update, call
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.setting_controls import setting_control

NAME = "fine_tuning"
#: In older links.
FORMER_NAMES = ("tuning",)
#: What `_run_update` fills.
_RUN_OUTPUTS = ("run_view", "cost", "query", "loaded")
#: What the page opens on.
RECORDED = recorded_run("fine_tuning")


@dataclass(frozen=True)
class FineTuningComponents:
    """kind, text, pairs: what is learned.  settings: controls by name.

    run_view: its value names the run on the page.  loaded: gr.State of the bytes of an adapter's file that was
    uploaded, or None for the run's own adapter.
    """

    kind: gr.Radio
    text: gr.Textbox
    pairs: gr.Textbox
    settings: dict[str, Any]
    seed: gr.Number
    start: gr.Button
    reset: gr.Button
    notice: gr.HTML
    run_view: gr.HTML
    before_after: before_after.BeforeAfterComponents
    cost: gr.HTML
    loaded: gr.State
    query: gr.Textbox


def build(item: gr.Tab, shared: TrainShared) -> Panel:
    """The panel, its events connected."""
    components = _build_components()
    _connect(components, shared)
    return Panel(NAME, item, components, on_restore, (*_RUN_OUTPUTS, "settings"))


def _build_components() -> FineTuningComponents:
    introduction("train.fine_tuning")
    with gr.Column(elem_classes="pg-train-controls"):
        kinds = [(say(f"train.fine_tuning.kind_{name}"), name) for name in DATASETS]
        kind = gr.Radio(kinds, value="pasted", label=say("train.fine_tuning.kind"), elem_id="fine_tuning-kind")
        text = gr.Textbox(
            example("text"), label=say("train.fine_tuning.text"), info=say("train.fine_tuning.text_info"), lines=4,
            max_lines=7, elem_id="fine_tuning-text",
        )  # fmt: skip
        pairs = gr.Textbox(
            example("pairs"), label=say("train.fine_tuning.pairs"), info=say("train.fine_tuning.pairs_info"), lines=4,
            max_lines=7, visible="hidden", elem_id="fine_tuning-pairs",
        )  # fmt: skip
        with gr.Accordion(say("train.fine_tuning.settings"), open=False, elem_id="fine_tuning-settings"):
            settings, seed = _build_settings()
        with gr.Row(elem_classes="pg-actions"):
            start = gr.Button(say("shared.start"), variant="primary", elem_id="fine_tuning-start")
            reset = gr.Button(say("train.tab.defaults"), elem_id="fine_tuning-reset")
    note = notice_view(_recorded_notice(), elem_id="fine_tuning-notice", elem_classes="pg-train-said")
    shown = {"run": RECORDED, "empty": say("train.fine_tuning.empty")}
    with gr.Row(elem_classes="pg-train-row"):
        run_view = fine_tuning_view(poll_run, steer_run, shown, elem_id="fine_tuning-view")
    loaded = gr.State(None)
    with gr.Column(elem_classes="pg-train-more"):
        comparison = before_after.build_components(loaded)
        cost = cost_view(run_cost, "fine_tuning-cost", RECORDED)
    query = gr.Textbox(visible="hidden", elem_id="fine_tuning-query")
    return FineTuningComponents(
        kind, text, pairs, settings, seed, start, reset, note, run_view, comparison, cost, loaded, query
    )


def _build_settings() -> tuple[dict[str, Any], gr.Number]:
    """(controls of the settings by name, the seed's control)."""
    with gr.Row():
        settings = {
            name: setting_control(item, "fine_tuning", min_width=230) for name, item in FIELDS.items() if item.label
        }
        seed = gr.Number(0, label=say("shared.seed"), precision=0, minimum=0, min_width=230)
    return settings, seed


def _connect(components: FineTuningComponents, shared: TrainShared) -> None:
    parts = (components, shared)
    keywords = call(on_kind, components, ["kind"], ["text", "pairs", "settings"])
    components.kind.input(**keywords, queue=False, **FOLLOWS)
    for changed in (components.kind.input, components.text.change, components.pairs.change):
        remarks_go(changed, components.notice)
    keywords = call(on_reset, components, ["kind"], ["notice", "settings", "seed"])
    components.reset.click(**keywords, queue=False, **QUIET)
    inputs = ["owner", "kind", "text", "pairs", "seed", "settings", "run_view"]
    keywords = call(on_start, parts, inputs, ["notice", *_RUN_OUTPUTS])
    components.start.click(**keywords, js=with_owner(), queue=False, **QUIET)
    follow = (on_forked, ["run_view"], [*_RUN_OUTPUTS, "settings"])
    connect_fork(components.run_view, parts, (on_fork, ["owner", "settings"]), follow)
    source = [components.run_view, components.loaded, components.kind, components.text, components.pairs]
    before_after.connect(components.before_after, source, shared)


def _recorded_notice() -> dict[str, str]:
    new, old = recorded_comparison().new, recorded_comparison().old
    assert new and old and new[1] and old[1]
    sizes = {"new": new[0], "learned": new[1], "old": old[0], "forgot": old[1]}
    return notice(say("train.fine_tuning.example", **{name: score.perplexity for name, score in sizes.items()}))


def on_kind(kind: str) -> Update:
    """Show the box of this kind, and set the batch that suits it."""
    first = defaults("pairs" if kind == "pairs" else "pasted")
    return {
        "text": gr.Textbox(visible="hidden" if kind == "pairs" else True),
        "pairs": gr.Textbox(visible=True if kind == "pairs" else "hidden"),
        "settings": {name: first[name] for name in ("batch", "length")},
    }


def on_reset(kind: str) -> Update:
    """Set the settings to the defaults of this kind of data."""
    first = defaults("pairs" if kind == "pairs" else "pasted")
    settings = {name: first[name] for name, item in FIELDS.items() if item.label}
    return {"notice": notice(say("train.tab.at_defaults"), "ok"), "settings": settings, "seed": 0}


def on_start(
    owner: str, kind: str, text: str, pairs: str, seed: Any, settings: Mapping[str, Any], shown: Any = None
) -> Update:
    """Start a run in place of that on the page. Raises PlaygroundError and starts nothing.

    shown: the value of the view.
    """
    run_settings, run_seed, files = read_request(kind, text, pairs, seed, settings)
    run = start_run(FAMILY, kind, run_settings, run_seed, owner, files)
    ended = end_shown([run_of_value(shown)], owner)
    return {"notice": notice(ended) if ended else None, **_run_update(run)}


def on_fork(event: gr.EventData, owner: str, settings: Mapping[str, Any]) -> Update:
    """Fork a run with the current settings."""
    asked = read_fork(event)
    steps = asked.settings.pop("steps", None)
    hot = {name: settings[name] for name in HOT} | asked.settings
    return fork_update(asked, lambda: fork_finetune(asked.run, asked.step, hot, steps, owner))


def on_forked(forked: Mapping[str, Any] | None, shown: Any) -> Update:
    """The fork takes its parent's place on the page, if the parent is still there."""
    if not is_fork(forked) or run_of_value(shown) != forked["parent"]:
        return {}
    return {**_run_update(forked["run"]), "settings": _hot_settings(forked["run"])}


def on_restore(recipe: Recipe) -> Update:
    """Follow the run of a link with its current settings; a link to the panel alone changes nothing.

    Raises PlaygroundError if the run is gone.
    """
    run = str(recipe.settings.get("run") or "")
    if not run:
        return {}
    run_state(run)
    hot = {} if is_recorded(run) else _hot_settings(run)
    return {"notice": None, **_run_update(run), "settings": hot}


def _hot_settings(run: str) -> dict[str, Any]:
    return {name: current_setting(run, name) for name in HOT}


def _run_update(run: str) -> dict[str, Any]:
    """Make the page follow a run and compare its own adapter."""
    return {
        "run_view": {"run": run, "empty": say("train.fine_tuning.empty")},
        "cost": cost_value(run),
        "query": run_query(NAME, run),
        "loaded": None,
    }
