"""Compare: two settings or two models side by side, from the same prompt and seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.language.comparison import first_difference, generate_pair
from playground.language.model_menu import model_names
from playground.language.text_request import DEFAULT_MODEL, TextRequest
from playground.panels.text.controls import SAMPLER_NAMES, Controls, request_of, slider
from playground.panels.text.token_data import caption, chips
from playground.ui.events import MODEL_QUEUE, stop_button
from playground.ui.model_dropdown import kept_fresh
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.token_chips import tokens_view
from playground.ui.view import new_run

NAMES_B = ("model", "decoder", *SAMPLER_NAMES)
_SKIP: Any = gr.skip()


def requests_of(values: Sequence[Any]) -> tuple[TextRequest, TextRequest]:
    """A from the controls, and B: the same prompt and seed with B's model and settings."""
    split = len(Controls.names())
    first = request_of(values[:split])
    named = dict(zip(Controls.names(), values[:split], strict=True)) | dict(zip(NAMES_B, values[split:], strict=True))
    return first, request_of([named[name] for name in Controls.names()])


def on_compare(*values: Any) -> Iterator[tuple[Any, ...]]:
    """Writes both texts in turns, then marks the first token in which they differ."""
    try:
        runs, sent = (new_run(), new_run()), [0, 0]
        pair = requests_of(values)
        last = None
        for last in generate_pair(*pair):
            drawn: list[Any] = []
            for side, made in enumerate(last):
                if made is None or not made.tokens:
                    drawn += [None, None if made is None else notice(caption(made))]
                    continue
                value = chips(made.prompt, made.tokens, done=False, run=runs[side], start=sent[side])
                drawn += [value, notice(caption(made))]
                sent[side] = len(made.tokens)
            yield (*drawn, notice("Writing both texts in turns."))
        assert last is not None and last[0] is not None and last[1] is not None
        place = first_difference(last[0], last[1])
        finished: list[Any] = []
        for made in last:
            assert made is not None
            finished += [chips(made.prompt, made.tokens, done=True, mark=place), notice(caption(made))]
        yield (*finished, notice(*verdict(pair, place)))
    except PlaygroundError as error:
        yield (*[_SKIP] * 4, notice(str(error), "error"))


def verdict(pair: tuple[TextRequest, TextRequest], place: int | None) -> tuple[str, str]:
    """What came out, in words, and its tone."""
    first, second = (replace(request, decoder="auto") for request in pair)
    if place is None:
        same = first == second and pair[0].decoder == pair[1].decoder
        why = " A and B have the same settings: change one of them." if same else ""
        return f"Both texts are the same, token for token.{why}", "quiet"
    return f"The first difference is token {place + 1}, marked in both. Up to there, both are the same.", "ok"


def build_compare(controls: Controls, names: Sequence[str]) -> dict[str, Any]:
    """The panel; returns its own settings by their names in a link."""
    lead(
        "Two texts from the same prompt and the same seed: A has the settings on the left, B has those here.",
        "Change one thing in B, and compare.",
        "Each position uses the same random number in A and in B, so what differs comes from the settings alone.",
    )
    with gr.Row():
        model = gr.Dropdown(list(names), value=DEFAULT_MODEL, label="B: model", elem_id="b-model")
        kept_fresh(model, model_names)
        decoder = gr.Radio(
            [("Fastest here", "auto"), ("Fast (int8)", "fast"), ("Open (torch)", "open")],
            value="auto", label="B: decoder", elem_id="b-decoder",
        )  # fmt: skip
    with gr.Row():
        sliders = [slider(name, "b") for name in SAMPLER_NAMES[:3]]
    with gr.Accordion("B: more ways to cut", open=False), gr.Row():
        sliders += [slider(name, "b") for name in SAMPLER_NAMES[3:]]
    sliders[0].value = 1.5
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Compare A and B", variant="primary", elem_id="compare")
        stop = gr.Button("Stop", elem_id="compare-stop")
    note = notice_view()
    with gr.Row():
        with gr.Column(min_width=320):
            gr.Markdown("### A: the settings on the left")
            caption_a, chips_a = notice_view(), tokens_view(elem_id="compare-a", elem_classes="pg-readonly-view")
        with gr.Column(min_width=320):
            gr.Markdown("### B: the settings above")
            caption_b, chips_b = notice_view(), tokens_view(elem_id="compare-b", elem_classes="pg-readonly-view")
    started = run.click(
        on_compare,
        [*controls.inputs(), model, decoder, *sliders],
        [chips_a, caption_a, chips_b, caption_b, note],
        show_progress="hidden",
        api_visibility="private",
        **MODEL_QUEUE,
    )
    stop_button(stop, started, note)
    return {f"b_{name}": part for name, part in zip(NAMES_B, [model, decoder, *sliders], strict=True)}
