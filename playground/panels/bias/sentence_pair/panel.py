"""Two sentences: guess which words move, then see every word of the one against the other."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

from playground.bias.sentence_pair import (
    GUESSES,
    LISTED,
    NAME,
    NEXT,
    Compared,
    compared,
    differs,
    read_pair,
    scored_guess,
)
from playground.bias.session_log import Visit, added
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.panels.bias.model_choice import build_model, chosen
from playground.panels.bias.panels import Shared, fine_print
from playground.panels.bias.presets import SENTENCES
from playground.panels.bias.sentence_pair.api import build_api
from playground.panels.bias.sentence_pair.view import contrast_view, guess_view
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.fine_print import fine_print_view
from playground.ui.notice import notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.panel_protocol import Wired, is_of
from playground.ui.view import new_run

__all__ = ["NAME", "TITLE", "build", "wire"]
TITLE = "Two sentences"
_SKIP: Any = gr.skip()
#: Seconds between two lines of progress.
_BEAT = 0.5


@dataclass(frozen=True)
class Panel:
    """The panel's components. made: gr.State of the Compared, also before it is shown.  trouble: of a bad link."""

    a: gr.Textbox
    b: gr.Textbox
    words: gr.Textbox
    model: gr.Dropdown
    presets: tuple[gr.Button, ...]
    ask: gr.Button
    show: gr.Button
    stop: gr.Button
    notice: gr.HTML
    guess: gr.HTML
    view: gr.HTML
    fine: gr.HTML
    query: gr.Textbox
    made: gr.State

    def asked(self) -> list[Any]:
        """What is compared."""
        return [self.a, self.b, self.words, self.model]

    def shown(self) -> list[Any]:
        """What a comparison fills, in the order of Shown."""
        return [self.made, self.guess, self.view, self.fine, self.query, self.notice]


#: made, guess, view, fine print, query, notice.
Shown = tuple[Any, Any, Any, Any, Any, Any]


def guess_value(made: Compared) -> dict[str, Any]:
    """The question, for the guess's view."""
    one, other = made.pair.names
    return {
        "run": new_run(),
        "question": (
            f"The model has read both sentences. Which {GUESSES} of these words change most in probability between "
            f"“{one}” and “{other}”?"
        ),
        "words": [made.words[at] for at in made.quiz()],
        "most": GUESSES,
    }


def guessed_value(made: Compared, question: Any, picks: list[object]) -> dict[str, Any] | None:
    """The question with its answer; None if nothing was guessed."""
    guess = scored_guess(made, picks)
    if guess is None:
        return None
    luck = f"{guess.expected:.1f}"
    return {
        **question,
        "picks": list(guess.picks),
        "movers": list(guess.movers),
        "answer": (
            f"{guess.right} of your {len(guess.picks)} right; blind guessing gets {luck} on average. Marked ↔, the "
            f"{len(guess.movers)} that moved most: {', '.join(guess.movers)}."
        ),
    }


def view_value(made: Compared) -> dict[str, Any]:
    """A comparison for the view."""
    scale = {
        NEXT: "Each dot is one of the model's own tokens: a word, or the beginning of one; “…” marks one that goes on "
        f"from the word before. Named are those with at least 0.1 % in A or B: {len(made.likely()):,} of "
        f"{len(made.words):,}.",
        LISTED: "p is a word's share among the words of your list.",
    }.get(made.pair.way, f"p is a word's share among the {len(made.words)} words that were put into the blank.")
    return {
        "run": new_run(),
        "names": list(made.pair.names),
        "sentences": [made.pair.a, made.pair.b],
        "words": list(made.words),
        "a": _packed(made.log_a),
        "b": _packed(made.log_b),
        "likely": len(made.likely()),
        "edges": [list(side) for side in made.edges(15)],
        "scale": scale + " Same height and breadth: equally likely in both. Click a word to follow it.",
    }


def _packed(logs: Any) -> str:
    """base64 of little-endian uint16, −2,000 ln p: to 0.0005, and down to p = e^-32.7."""
    return base64.b64encode(np.clip(np.round(-2000 * logs), 0, 65535).astype("<u2").tobytes()).decode()


def on_ask(a: str, b: str, words: str, model: str) -> Iterator[Shown]:
    """Compares, and asks for a guess: nothing else is shown yet."""
    try:
        made = None
        for made, said in _comparing({"a": a, "b": b, "words": words, "model": model}):
            if made is None:
                yield _SKIP, _SKIP, _SKIP, _SKIP, _SKIP, said
        assert made is not None
        if not made.quiz():
            few = notice("These are too few words to guess from: press Show it.", "ok")
            yield made, {"run": new_run(), "words": [], "most": 0}, None, None, _SKIP, few
            return
        asked = notice("The model has answered. Guess first, or reveal at once.", "ok")
        yield made, guess_value(made), {"empty": "Hidden until you reveal it."}, None, _SKIP, asked
    except PlaygroundError as error:
        yield _SKIP, _SKIP, _SKIP, _SKIP, _SKIP, notice(str(error), "error")


def _comparing(given: dict[str, Any]) -> Iterator[tuple[Compared | None, Any]]:
    """(the comparison at the end, a line of progress)."""
    pair = read_pair(given)
    yield None, notice("The model is reading both sentences.")
    last = time.perf_counter()
    for share, made in compared(pair):
        if made is not None:
            yield made, None
        elif time.perf_counter() - last > _BEAT:
            last = time.perf_counter()
            yield None, notice(f"Putting words into the blank: {share:.0%}.")


def on_reveal(made: Compared | None, visit: Visit, event: gr.EventData) -> tuple[Any, Any, Any, Any, Any, Any]:
    """(visit, guess, view, fine print, query, notice): what was asked, shown, and counted in the visit."""
    if made is None:
        return (*[_SKIP] * 5, notice("Ask the model first.", "warning"))
    picks = event._data.get("picks") if isinstance(event._data, dict) else []
    guessed = guessed_value(made, guess_value(made), picks if isinstance(picks, list) else [])
    visit, shown = _shown(made, visit)
    return (visit, guessed, *shown, _said(shown[-1]))


def _shown(made: Compared, visit: Visit) -> tuple[Visit, tuple[Any, Any, Any]]:
    """The visit with this comparison, and (view, fine print, query)."""
    trial = made.trial()
    visit = added(visit, trial)
    try:
        query: Any = made.recipe().to_query()
    except PlaygroundError:
        query = ""
    return visit, (view_value(made), fine_print(trial, visit), query)


def _said(query: str) -> dict[str, str]:
    if not query:
        return notice("This list of words is too long for a link: what is shown cannot be linked.", "warning")
    return notice("Point at dots, or press Differences.", "ok")


def on_show(a: str, b: str, words: str, model: str, visit: Visit) -> Iterator[tuple[Any, ...]]:
    """(visit, *Shown): compares and shows it at once, without a guess."""
    yield from _showing({"a": a, "b": b, "words": words, "model": model}, visit, None)


def on_replay(visit: Visit, pending: Recipe | None) -> Iterator[tuple[Any, ...]]:
    """The same for what a link asks, told whether it came out the same."""
    if pending is None or not is_of(pending, NAME) or not _asks(pending):
        return
    given = {**pending.settings, "model": pending.model}
    try:
        chosen(read_pair(given).model)
    except PlaygroundError:
        return  # told by on_restore
    yield from _showing(given, visit, pending)


def _asks(pending: Recipe) -> bool:
    return "a" in pending.settings or "b" in pending.settings


def _showing(given: dict[str, Any], visit: Visit, recipe: Recipe | None) -> Iterator[tuple[Any, ...]]:
    try:
        made = None
        for made, said in _comparing(given):
            if made is None:
                yield *[_SKIP] * 6, said
        assert made is not None
        visit, shown = _shown(made, visit)
        said = _said(shown[-1])
        if recipe is not None and recipe.result:
            what = differs(recipe, made)
            said = notice(f"Differs: {what}.", "warning") if what else notice("Reproduced ✓", "ok")
        yield visit, made, None, *shown, said
    except PlaygroundError as error:
        yield *[_SKIP] * 6, notice(str(error), "error")


def on_restore(pending: Recipe) -> list[Any]:
    """(a, b, words, model, notice) of a link."""
    given = pending.settings
    if not _asks(pending):
        return [_SKIP] * 5
    try:
        pair = read_pair({**given, "model": pending.model})
        return [pair.a, pair.b, str(given.get("words", "")), chosen(pair.model), _SKIP]
    except PlaygroundError as error:
        return [*[_SKIP] * 4, notice(f"This link cannot be followed. {error}", "error")]


def build() -> Panel:
    """The panel."""
    lead(
        "Two sentences with one blank. A language model says how likely each word is in the blank of A, and of B.",
        "Change one word, guess which answers move, then reveal: every word it knows, in A against in B.",
        "Dots off the diagonal depend on the word you changed. One wording alone proves little: see the next panel.",
    )
    gr.Markdown("Try one of these, from harmless to serious, or write your own with an underscore for the blank.",
                elem_classes="pg-hint")  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        presets = tuple(
            gr.Button(title, size="sm", elem_id=f"sentences-preset-{number}")
            for number, (title, *_) in enumerate(SENTENCES, 1)
        )
    _, first, second, _ = SENTENCES[0]
    with gr.Row():
        a = gr.Textbox(first, label="● A", max_lines=2, elem_id="sentences-a", elem_classes="pg-sentence-a")
        b = gr.Textbox(second, label="■ B", max_lines=2, elem_id="sentences-b", elem_classes="pg-sentence-b")
    with gr.Accordion("Words and model", open=False):
        words = gr.Textbox(
            "", label="Only these words", placeholder="she, he, they", lines=2, max_lines=6, elem_id="sentences-words",
            info="Commas between. Left empty, a blank at the end is compared over all words the model knows, a blank "
            "elsewhere over the 200 that it finds likeliest there.",
        )  # fmt: skip
        model = build_model("sentences")
    with gr.Row(elem_classes="pg-actions"):
        ask = gr.Button("Ask the model, and guess", variant="primary", elem_id="sentences-ask")
        show = gr.Button("Show it", elem_id="sentences-show")
        stop = gr.Button("Stop", elem_id="sentences-stop")
    return Panel(
        a, b, words, model, presets, ask, show, stop, notice_view(elem_id="sentences-notice"),
        guess_view(elem_id="sentences-guess"),
        contrast_view({"empty": "Nothing is measured yet."}, elem_id="sentences-view"),
        fine_print_view(elem_id="sentences-fine"), gr.Textbox(visible="hidden", elem_id="sentences-query"),
        gr.State(None),
    )  # fmt: skip


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    asks: dict[str, Any] = {"fn": on_ask, "inputs": panel.asked(), "outputs": panel.shown(), **QUIET, **MODEL_QUEUE}
    asked = gr.on([panel.ask.click, panel.a.submit, panel.b.submit], **asks)
    filled = [shared.visit, *panel.shown()]
    showing = panel.show.click(
        on_show, [*panel.asked(), shared.visit], filled, **QUIET, **MODEL_QUEUE
    )  # fmt: skip
    started = [asked, showing]
    for number, button in enumerate(panel.presets):
        chosen_now = button.click(
            lambda number=number: SENTENCES[number][1:], None, [panel.a, panel.b, panel.words], queue=False, **QUIET
        )
        started.append(chosen_now.then(**asks))
    stop_button(panel.stop, started, panel.notice)
    panel.guess.reveal(
        on_reveal, [panel.made, shared.visit],
        [shared.visit, panel.guess, panel.view, panel.fine, panel.query, panel.notice], **QUIET,
    )  # fmt: skip
    build_api()
    return Wired(
        NAME, room, panel.query,
        {"fn": on_restore, "outputs": [*panel.asked(), panel.notice]},
        {"fn": on_replay, "inputs": [shared.visit, shared.pending], "outputs": filled, **QUIET, **MODEL_QUEUE},
        [panel.stop],
    )  # fmt: skip
