"""Score: how surprising each token of a text is to the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.language.perplexity import TextScore, score_text
from playground.language.remarks import most_surprising
from playground.language.text_request import DEFAULT_PROMPT
from playground.panels.text import result_links
from playground.panels.text.controls import TextShared, request_of, restore_settings, running_query
from playground.panels.text.token_data import chips
from playground.ui.events import Update, call
from playground.ui.notice import facts_view, notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Panel
from playground.ui.result_settings import result_settings
from playground.ui.token_chips import tokens_view
from playground.ui.view import new_run

NAME = "score"
SCALES = ("surprisal", "rank", "probability")
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
    file: gr.Textbox


def build(item: gr.Tab, shared: TextShared) -> Panel:
    """Builds the panel, its events and its endpoint."""
    introduction("text.score")
    with gr.Column(elem_classes="pg-own-settings"):
        text = gr.Textbox(EXAMPLE, label=say("text.score.text"), lines=4, max_lines=14, elem_id="score-text")
        scale = gr.Radio(
            [(say(f"text.score.{scale}"), scale) for scale in SCALES],
            value=SCALES[0],
            label=say("shared.tokens.colour_by"),
            elem_id="score-scale",
        )
    with gr.Row(elem_classes="pg-actions"):
        run = gr.Button(say("text.score.run"), variant="primary", elem_id="score")
        stop = gr.Button(say("shared.stop"), elem_id="score-stop")
        file = result_links.connect_download(NAME, "score")
    components = ScoreComponents(
        text, scale, run, stop, notice_view(), facts_view(),
        tokens_view(_no_tokens(SCALES[0]), elem_id="score-tokens", elem_classes="pg-readonly-view"),
        gr.Textbox(visible="hidden", elem_id="score-query"), file,
    )  # fmt: skip
    controls = shared.controls
    settings = {"text": text, "scale": scale, "model": controls.model, "decoder": controls.decoder}
    came_from = result_settings(settings, [components.chips, components.facts])
    inputs = ["text", "scale", "controls"]
    outputs = ["chips", "facts", "notice", "query", "file"]
    score = call(on_score, (components, shared), inputs, outputs)
    own = {"score_text": text, "scale": scale}
    running = result_links.Run(score, outputs, came_from, own, lambda recipe: on_replay(recipe, own), [scale.input])
    panel = result_links.connect_panel(NAME, item, components, shared, running)
    restored = [*panel.restored, "chips", "facts"]
    return replace(panel, restore=lambda recipe: restore(recipe, shared.linked), restored=restored)


def _no_tokens(scale: str) -> dict[str, Any]:
    return chips((), (), done=True, scale=scale, empty=say("text.score.empty"))


def restore(recipe: Recipe, linked: Mapping[str, Any]) -> Update:
    """The settings of a link, with an empty text whose legend is that of the link's measure."""
    update = restore_settings(recipe, linked)
    scale = recipe.settings.get("scale", SCALES[0])
    return {**update, "chips": _no_tokens(str(scale)), "facts": {"rows": []}}


def on_score(text: str, scale: str, controls: Mapping[str, Any]) -> Iterator[Update]:
    """Scores the text and draws its tokens as they come."""
    run, count, score = new_run(), 0, None
    request = request_of({**controls, "prompt": controls["prompt"] or DEFAULT_PROMPT})
    own = {"score_text": text, "scale": scale}
    query = running_query(request, NAME, own)
    for score in score_text(text, controls["model"], controls["decoder"]):
        value = chips((), score.tokens, done=False, run=run, start=count, scale=scale)
        count = len(score.tokens)
        progress = notice(say("text.score.progress", read=len(score.tokens), total=score.count))
        yield {"chips": value, "facts": facts(score), "notice": progress, "query": query}
    assert score is not None
    value = chips((), score.tokens, done=True, run=run, scale=scale)
    done = say("text.score.done", count=score.count, model=score.model, decoder=score.decoder)
    surprisals = [[token.id, round(token.surprisal_bits or 0.0, 3)] for token in score.tokens]
    recipe = result_links.result_recipe(NAME, request, own, surprisals)
    line = notice(f"{done} {most_surprising(score)}")
    update = {"chips": value, "facts": facts(score), "notice": line}
    yield {**update, **result_links.finished(recipe, score.to_json())}


def on_replay(recipe: Recipe, components: Mapping[str, Any]) -> Iterator[Update]:
    """Scores the text of a link again. components: text and measure, by their names in links."""
    own = result_links.own_settings(recipe, components)
    score = on_score(own["score_text"], own["scale"], result_links.controls_of(recipe))
    yield from result_links.replayed(recipe, score)


def facts(score: TextScore) -> dict[str, Any]:
    """A value for facts_view: perplexity, bits per character and ranks, each in a sentence."""
    if score.perplexity is None or score.bits_per_character is None:
        return {"rows": []}
    ten, hundred, thousand, beyond = score.rank_counts
    ranks = {"ten": ten, "hundred": hundred, "thousand": thousand, "beyond": beyond, "scored": sum(score.rank_counts)}
    texts = {
        "perplexity": say("text.score.perplexity_text", perplexity=score.perplexity),
        "bits": say("text.score.bits_text", bits=score.bits_per_character),
        "ranks": say("text.score.ranks_text", **ranks),
        "first": say("text.score.first_text"),
    }
    return {"rows": [{"name": say(f"text.score.{name}"), "text": text} for name, text in texts.items()]}
