"""Compare: two settings or two models side by side, from the same prompt and seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.language.comparison import first_difference, generate_pair
from playground.language.generation import Generation
from playground.language.model_menu import model_names
from playground.language.text_request import DEFAULT_MODEL, TextRequest
from playground.panels.text.controls import (
    DECODERS,
    SAMPLER_NAMES,
    TextShared,
    request_of,
    restore_settings,
    sampler_slider,
)
from playground.panels.text.token_data import caption, chips
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.model_dropdown import refresh_on_focus
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.token_chips import tokens_view
from playground.ui.view import new_run

NAME, TITLE = "compare", "Compare"


@dataclass(frozen=True)
class CompareComponents:
    """The components of the panel. settings: B's own, by the names that they have in TextControls.

    captions, chips: of A and of B.
    """

    settings: dict[str, Any]
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    captions: tuple[gr.HTML, gr.HTML]
    chips: tuple[gr.HTML, gr.HTML]
    query: gr.Textbox


def build(item: gr.Tab, shared: TextShared) -> Panel:
    """The panel and its events."""
    introduction(
        "Two texts from the same prompt and the same seed: A has the settings on the left, B has those here.",
        "Change one thing in B, and compare.",
        "Each position uses the same random number in A and in B, so what differs comes from the settings alone.",
    )
    settings = _build_settings()
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Compare A and B", variant="primary", elem_id="compare")
        stop = gr.Button("Stop", elem_id="compare-stop")
    note = notice_view()
    with gr.Row():
        first, second = (_build_side(title, name) for title, name in (
            ("A: the settings on the left", "a"), ("B: the settings above", "b"),
        ))  # fmt: skip
    components = CompareComponents(
        settings, run, stop, note, (first[0], second[0]), (first[1], second[1]),
        gr.Textbox(visible="hidden", elem_id="compare-query"),
    )  # fmt: skip
    comparison = call(on_compare, (components, shared), ["controls", "settings"], ["chips", "captions", "notice"])
    connect_stop(stop, run.click(**comparison, **QUIET, **MODEL_QUEUE), note)
    shared.linked.update({f"b_{name}": component for name, component in settings.items()})
    return Panel(
        NAME,
        item,
        (components, shared),
        restore=lambda recipe: restore_settings(recipe, shared.linked),
        restored=["controls", "linked", "about", "query"],
    )


def _build_settings() -> dict[str, Any]:
    settings: dict[str, Any] = {}
    with gr.Row():
        settings["model"] = gr.Dropdown(model_names(), value=DEFAULT_MODEL, label="B: model", elem_id="b-model")
        refresh_on_focus(settings["model"], model_names)
        settings["decoder"] = gr.Radio(DECODERS, value="auto", label="B: decoder", elem_id="b-decoder")
    with gr.Row():
        settings |= {name: sampler_slider(name, "b") for name in SAMPLER_NAMES[:3]}
    with gr.Accordion("B: more ways to cut", open=False), gr.Row():
        settings |= {name: sampler_slider(name, "b") for name in SAMPLER_NAMES[3:]}
    settings["temperature"].value = 1.5
    return settings


def _build_side(title: str, name: str) -> tuple[gr.HTML, gr.HTML]:
    with gr.Column(min_width=320):
        gr.Markdown(f"### {title}")
        return notice_view(), tokens_view(elem_id=f"compare-{name}", elem_classes="pg-readonly-view")


def requests_of(controls: Mapping[str, Any], settings: Mapping[str, Any]) -> tuple[TextRequest, TextRequest]:
    """A from the controls, and B: the same prompt and seed with B's model and settings."""
    return request_of(controls), request_of({**controls, **settings})


def on_compare(controls: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[Update]:
    """Writes both texts in turns, then marks the first token in which they differ."""
    runs, sent = (new_run(), new_run()), [0, 0]
    pair = requests_of(controls, settings)
    last: Sequence[Generation | None] = (None, None)
    for last in generate_pair(*pair):
        values: list[Any] = []
        for side, text in enumerate(last):
            values.append(_growing(text, runs[side], sent[side]))
            sent[side] = len(text.tokens) if text is not None else 0
        yield {"chips": values, "captions": _captions(last), "notice": notice("Writing both texts in turns.")}
    first, second = last
    assert first is not None and second is not None
    position = first_difference(first, second)
    values = [chips(text.prompt, text.tokens, done=True, mark=position) for text in (first, second)]
    yield {"chips": values, "captions": _captions(last), "notice": verdict(pair, position)}


def _growing(text: Generation | None, run: str, sent: int) -> dict[str, Any] | None:
    if text is None or not text.tokens:
        return None
    return chips(text.prompt, text.tokens, done=False, run=run, start=sent)


def _captions(texts: Sequence[Generation | None]) -> list[dict[str, str] | None]:
    return [None if text is None else notice(caption(text)) for text in texts]


def verdict(pair: tuple[TextRequest, TextRequest], position: int | None) -> dict[str, str]:
    """Where the texts differ first, or that they are the same."""
    if position is not None:
        line = f"The first difference is token {position + 1}, marked in both. Up to there, both are the same."
        return notice(line, "ok")
    first, second = (replace(request, decoder="auto") for request in pair)
    same = first == second and pair[0].decoder == pair[1].decoder
    why = " A and B have the same settings: change one of them." if same else ""
    return notice(f"Both texts are the same, token for token.{why}")
