"""Score a text: how surprised the model is by each token of any text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.language.perplexity import TextScore, score_text
from playground.panels.text.controls import TextShared, restore_settings
from playground.panels.text.score import api
from playground.panels.text.token_data import chips
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.notice import facts_view, notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.token_chips import tokens_view
from playground.ui.view import new_run

NAME, TITLE = "score", "Score a text"
EXAMPLE = (
    "The capital of France is Paris. The capital of Mongolia is Ulaanbaatar. "
    "My grandmother keeps seventeen violet umbrellas in the refrigerator."
)


@dataclass(frozen=True)
class ScoreComponents:
    """The components of the panel."""

    text: gr.Textbox
    scale: gr.Radio
    run: gr.Button
    stop: gr.Button
    notice: gr.HTML
    facts: gr.HTML
    chips: gr.HTML
    query: gr.Textbox


def build(item: gr.Tab, shared: TextShared) -> Panel:
    """The panel, its events and its endpoint."""
    introduction(
        "The model reads a text and, before each token, bets on what comes next.",
        "Paste any text: yours, a newspaper's, a chatbot's. Dark tokens surprised the model.",
        "Text by a similar model is often unsurprising throughout: a hint, and no proof (Gehrmann et al. 2019).",
    )
    text = gr.Textbox(EXAMPLE, label="Text", lines=4, max_lines=14, elem_id="score-text")
    scale = gr.Radio(
        [("Surprisal in bits", "surprisal"), ("Rank of the token (GLTR)", "rank"), ("Probability", "probability")],
        value="surprisal", label="Colour by", elem_id="score-scale",
    )  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button("Score this text", variant="primary", elem_id="score")
        stop = gr.Button("Stop", elem_id="score-stop")
    components = ScoreComponents(
        text, scale, run, stop, notice_view(), facts_view(),
        tokens_view(elem_id="score-tokens", elem_classes="pg-readonly-view"),
        gr.Textbox(visible="hidden", elem_id="score-query"),
    )  # fmt: skip
    score = call(on_score, (components, shared), ["text", "scale", "controls"], ["chips", "facts", "notice"])
    connect_stop(stop, gr.on([run.click, scale.input], **score, **QUIET, **MODEL_QUEUE), components.notice)
    shared.linked.update(score_text=text, scale=scale)
    api.build_api()
    return Panel(
        NAME,
        item,
        (components, shared),
        restore=lambda recipe: restore_settings(recipe, shared.linked),
        restored=["controls", "linked", "about", "query"],
    )


def on_score(text: str, scale: str, controls: Mapping[str, Any]) -> Iterator[Update]:
    """Reads the text, drawing its tokens as they are scored."""
    run, sent, score = new_run(), 0, None
    for score in score_text(text, controls["model"], controls["decoder"]):
        value = chips((), score.tokens, done=False, run=run, start=sent, scale=scale)
        sent = len(score.tokens)
        progress = notice(f"Reading: {len(score.tokens):,} of {score.count:,} tokens.")
        yield {"chips": value, "facts": facts(score), "notice": progress}
    assert score is not None
    value = chips((), score.tokens, done=True, run=run, start=sent, scale=scale)
    line = notice(f"{score.count:,} tokens read by {score.model}, {score.decoder} decoder.")
    yield {"chips": value, "facts": facts(score), "notice": line}


def facts(score: TextScore) -> dict[str, Any]:
    """The score's numbers in words."""
    if score.perplexity is None or score.bits_per_character is None:
        return {"rows": []}
    ten, hundred, thousand, beyond = score.rank_counts
    scored = sum(score.rank_counts)
    return {
        "rows": [
            {
                "name": "Perplexity",
                "text": f"{score.perplexity:.2f}: on average as unsure as between that many equal choices",
            },
            {
                "name": "Bits per character",
                "text": f"{score.bits_per_character:.3f}: what each character costs in this model's code",
            },
            {
                "name": "Ranks",
                "text": f"of {scored} scored tokens, {ten} were among the model's first 10 guesses, {hundred} "
                "more among "
                f"its first 100, {thousand} more among its first 1,000, {beyond} beyond",
            },
            {"name": "First token", "text": "not scored: nothing comes before it"},
        ]
    }
