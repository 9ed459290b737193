"""Compare: two models or settings side by side, from the same prompt and seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.language.comparison import first_difference, generate_pair
from playground.language.generation import Generation
from playground.language.model_menu import model_choices
from playground.language.remarks import parting
from playground.language.sampling import SETTINGS
from playground.language.text_request import DEFAULT_MODEL, TextRequest
from playground.panels.text import result_links
from playground.panels.text.controls import TextShared, decoder_choices, request_of, running_query
from playground.panels.text.sampler_controls import build_folded_settings, names_in, sampler_setting
from playground.panels.text.token_data import caption_notice, chips
from playground.ui.events import Update, call
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.result_settings import result_settings
from playground.ui.token_chips import tokens_view
from playground.ui.view import new_run

NAME = "compare"
#: Settings of B that a link holds whatever they are: as the page opens, they are not those of the table.
_ALWAYS = ("model", "decoder", "temperature")
_TIMES = ("tokens_per_second", "seconds_to_first_token")


@dataclass(frozen=True)
class CompareComponents:
    """The components of the panel. settings: of B, by their names in TextControls.  captions, chips: of A and B."""

    settings: dict[str, Any]
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    captions: tuple[gr.HTML, gr.HTML]
    chips: tuple[gr.HTML, gr.HTML]
    query: gr.Textbox
    file: gr.Textbox


def build(item: gr.Tab, shared: TextShared) -> Panel:
    """Builds the panel and its events."""
    introduction("text.compare")
    with gr.Column(elem_classes="pg-own-settings"):
        settings = _build_settings()
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(say("text.compare.run"), variant="primary", elem_id="compare")
        stop = gr.Button(say("shared.stop"), elem_id="compare-stop")
        file = result_links.connect_download(NAME, "compare")
    note = notice_view()
    with gr.Row():
        first = _build_side(say("text.compare.a"), "compare-a")
        second = _build_side(say("text.compare.b"), "compare-b")
    with gr.Column(elem_classes="pg-own-settings"), gr.Row(elem_classes="pg-folds"):
        settings |= build_folded_settings("b", "sampler.compare.group")
    components = CompareComponents(
        settings, run, stop, note, (first[0], second[0]), (first[1], second[1]),
        gr.Textbox(visible="hidden", elem_id="compare-query"), file,
    )  # fmt: skip
    of_b = {f"b_{name}": component for name, component in settings.items()}
    result = result_settings({**shared.controls, **of_b}, [*components.chips, *components.captions])
    outputs = ["chips", "captions", "notice", "query", "file"]
    comparison = call(on_compare, (components, shared), ["controls", "settings"], outputs)
    running = result_links.Run(comparison, outputs, result, of_b, lambda recipe: on_replay(recipe, settings))
    return result_links.connect_panel(NAME, item, components, shared, running)


def _build_settings() -> dict[str, Any]:
    settings: dict[str, Any] = {}
    with gr.Row():
        settings["model"] = gr.Dropdown(
            model_choices(), value=DEFAULT_MODEL, label=say("text.compare.model"), elem_id="b-model"
        )
        refresh_on_focus(settings["model"], model_choices)
        settings["decoder"] = gr.Radio(
            decoder_choices(), value="auto", label=say("text.compare.decoder"), elem_id="b-decoder"
        )
    with gr.Row():
        settings |= {name: sampler_setting(name, "b") for name in names_in("main")}
    settings["temperature"].value = 1.5
    return settings


def _build_side(title: str, elem_id: str) -> tuple[gr.HTML, gr.HTML]:
    """The caption and the chips of a side."""
    with gr.Column(min_width=320):
        gr.Markdown(f"### {title}")
        return notice_view(), tokens_view(elem_id=elem_id, elem_classes="pg-readonly-view")


def requests_of(controls: Mapping[str, Any], settings: Mapping[str, Any]) -> tuple[TextRequest, TextRequest]:
    """The requests of A, from the controls, and of B: the same prompt and seed, but B's model and settings."""
    return request_of(controls), request_of({**controls, **settings})


def on_compare(controls: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[Update]:
    """Writes both texts in turns, then marks the first token that differs."""
    runs, sent = (new_run(), new_run()), [0, 0]
    pair = requests_of(controls, settings)
    own = {f"b_{name}": value for name, value in settings.items() if name in _ALWAYS or value != SETTINGS[name].default}
    progress = {"notice": notice(say("text.compare.progress")), "query": running_query(pair[0], NAME, own)}
    last: Sequence[Generation | None] = (None, None)
    for last in generate_pair(*pair):
        values: list[Any] = []
        for side, text in enumerate(last):
            values.append(_growing(text, runs[side], sent[side]))
            sent[side] = len(text.tokens) if text is not None else 0
        yield {"chips": values, "captions": _captions(last), **progress}
    first, second = last
    assert first is not None and second is not None
    position = first_difference(first, second)
    values = [chips(text.prompt, text.tokens, done=True, mark=position) for text in (first, second)]
    ids = [[token.id for token in text.tokens] for text in (first, second)]
    recipe = result_links.result_recipe(NAME, pair[0], own, ids)
    data = {"a": _without_times(first), "b": _without_times(second), "first_difference": position}
    update = {"chips": values, "captions": _captions(last), "notice": verdict(pair, parting(first, second))}
    yield {**update, **result_links.finished(recipe, data)}


def _without_times(text: Generation) -> dict[str, object]:
    """A text for the file: only what is the same each time."""
    return {name: value for name, value in text.to_json().items() if name not in _TIMES}


def on_replay(recipe: Recipe, settings: Mapping[str, Any]) -> Iterator[Update]:
    """Compares again what a link compared. settings: the components of B."""
    of_b = result_links.own_settings(recipe, {f"b_{name}": component for name, component in settings.items()})
    own = {name: of_b[f"b_{name}"] for name in settings}
    yield from result_links.replayed(recipe, on_compare(result_links.controls_of(recipe), own))


def _growing(text: Generation | None, run: str, sent: int) -> dict[str, Any] | None:
    if text is None or not text.tokens:
        return None
    return chips(text.prompt, text.tokens, done=False, run=run, start=sent)


def _captions(texts: Sequence[Generation | None]) -> list[dict[str, str] | None]:
    return [None if text is None else caption_notice(text) for text in texts]


def verdict(pair: tuple[TextRequest, TextRequest], difference: str) -> dict[str, str]:
    """The notice of how the texts first differ, or that they are the same. difference: of `parting`."""
    if difference:
        return notice(difference, "ok")
    first, second = (replace(request, decoder="auto") for request in pair)
    if first == second and pair[0].decoder == pair[1].decoder:
        return notice(say("text.compare.same_settings"))
    return notice(say("text.compare.same"))
