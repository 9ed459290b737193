"""Score a text: how surprised the model is by each token of any text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.language.perplexity import Score, score_text
from playground.panels.text.controls import Controls
from playground.panels.text.token_data import chips
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.notice import facts_view, notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.token_chips import tokens_view
from playground.ui.view import new_run

EXAMPLE = (
    "The capital of France is Paris. The capital of Mongolia is Ulaanbaatar. "
    "My grandmother keeps seventeen violet umbrellas in the refrigerator."
)
_SKIP: Any = gr.skip()


def on_score(text: str, scale: str, model: str, decoder: str) -> Iterator[tuple[Any, Any, Any]]:
    """Reads the text, drawing its tokens as they are scored."""
    run, sent, score = new_run(), 0, None
    try:
        for score in score_text(text, model, decoder):
            value = chips((), score.tokens, done=False, run=run, start=sent, scale=scale)
            sent = len(score.tokens)
            yield value, facts(score), notice(f"Reading: {len(score.tokens):,} of {score.count:,} tokens.")
        assert score is not None
        done = chips((), score.tokens, done=True, run=run, start=sent, scale=scale)
        yield done, facts(score), notice(f"{score.count:,} tokens read by {model}, {score.decoder} decoder.")
    except PlaygroundError as error:
        yield _SKIP, _SKIP, notice(str(error), "error")


def facts(score: Score) -> dict[str, Any]:
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


def build_score(controls: Controls) -> dict[str, Any]:
    """The panel; returns its own settings by their names in a link."""
    lead(
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
    note, table, view = (
        notice_view(),
        facts_view(),
        tokens_view(elem_id="score-tokens", elem_classes="pg-readonly-view"),
    )
    inputs = [text, scale, controls.model, controls.decoder]
    started = gr.on([run.click, scale.input], on_score, inputs, [view, table, note], **QUIET, **MODEL_QUEUE)
    stop_button(stop, started, note)
    return {"score_text": text, "scale": scale}
