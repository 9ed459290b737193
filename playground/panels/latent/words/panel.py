"""Words: the latent space of words and of sentences, to add up in, to walk in, and as a map."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice, parse_int
from playground.language.word_embeddings import (
    GLOVE,
    MINILM,
    default_sentences,
    fetch_embeddings,
    is_in_memory,
    load_embeddings,
    read_kind,
    word_space,
)
from playground.latent.interpolation import METHODS
from playground.latent.word_analogy import MAX_ANSWERS, Analogy, read_analogy, solve_analogy
from playground.latent.word_interpolation import MAX_STEPS, MIN_STEPS, WordWalk, read_word_walk, word_walk
from playground.latent.word_map import WordMap, read_extra, word_map
from playground.panels.latent.panels import Shared, Wired, is_of
from playground.panels.latent.words.data import EXAMPLES, STOPS, caution_of, facts, map_value, sum_value, walk_value
from playground.panels.latent.words.layout import Panel, build
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, connect_stop
from playground.ui.notice import notice
from playground.ui.view import new_run

_SKIP: Any = gr.skip()
__all__ = ["NAME", "TITLE", "build", "wire"]
NAME, TITLE = "words", "Words"
PARTS = ("sum", "walk", "map")
#: The texts of a kind that a visitor wrote, so that they are there again: plus, minus, stops, extra.
_Texts = tuple[str, str, str, str]
Made = Analogy | WordWalk | WordMap


Shown = tuple[Any, Any, Any, Any, Any]


def on_run(*values: Any) -> Iterator[Shown]:
    """The part in front, computed; a sentence if it cannot be. values: those of Panel.asked(), and `pending`."""
    kind = values[0]
    try:
        kind = read_kind(kind)
        _check(*values[:-1])
        for arriving in fetch_embeddings(kind):
            yield *[_SKIP] * 4, notice(f"{arriving.what}: {arriving.fraction:.0%}. This is needed once.")
        if not is_in_memory(kind):
            yield *[_SKIP] * 4, notice("Reading the model into memory.")
            load_embeddings(kind)
        start = time.perf_counter()
        made = _made(*values[:-1])
        seconds = time.perf_counter() - start
    except PlaygroundError as error:
        yield *[_SKIP] * 4, notice(str(error), "error")
        return
    yield _shown(made, seconds, values[-1])


def _check(kind: str, part: str, plus: str, minus: str, count: Any, stops: str, steps: Any, method: str, extra: str,
           candidates: str) -> Any:  # fmt: skip
    """What is asked, checked before anything is fetched for it."""
    if part == "walk":
        return read_word_walk(kind, {"stops": stops, "steps": steps, "method": method, "candidates": candidates})
    asked = read_analogy(kind, {"plus": plus, "minus": minus, "count": count, "candidates": candidates})
    return asked, read_extra(kind, extra) if part == "map" else ()


def _made(*values: Any) -> Made:
    checked = _check(*values)
    if values[1] == "walk":
        return word_walk(checked)
    request, extra = checked
    space = word_space(request.kind, request.candidates, (*request.plus, *request.minus, *extra))
    made = solve_analogy(request, space)
    return word_map(made, extra, space) if values[1] == "map" else made


def _shown(made: Made, seconds: float, pending: Recipe | None) -> Shown:
    recipe = made.recipe()
    try:
        link, more = recipe.to_query(), ""
    except PlaygroundError:
        link, more = None, " These sentences are too long for a link."
    request = made.summed.request if isinstance(made, WordMap) else made.request
    size = made.summed.size if isinstance(made, WordMap) else made.size
    noun = "words" if request.kind == GLOVE else "sentences"
    told = notice(f"Compared with {size:,} {noun} in {seconds * 1000:,.0f} ms.{more}")
    if isinstance(made, Analogy):
        caution = caution_of(made.request.kind, made.request.plus, made.request.minus)
        told = notice(caution, "warning") if caution else told
        views = sum_value(made), _SKIP, _SKIP
    elif isinstance(made, WordWalk):
        views = _SKIP, walk_value(made, new_run()), _SKIP
    else:
        views = _SKIP, _SKIP, map_value(made)
    return link, *views, _compared(pending, recipe) or told


def _compared(pending: Recipe | None, recipe: Recipe) -> dict[str, str] | None:
    """Whether a link's result came out again, as a notice; None if what is shown is not what the link asks for."""
    if pending is None or not is_of(pending, NAME) or not pending.result or pending.model != recipe.model:
        return None
    ours = {name: str(value) for name, value in recipe.settings.items()}
    if {name: value for name, value in pending.settings.items() if value != ""} != {
        name: value for name, value in ours.items() if value != ""
    }:
        return None
    if pending.result == recipe.result:
        return notice("Reproduced ✓ word for word.", "ok")
    other = pending.weights_sha256 not in ("", recipe.weights_sha256)
    return notice(f"Differs: {'the weights are others' if other else 'this processor rounds otherwise'}.", "warning")


def on_open(front: str, trouble: str, *values: Any) -> Iterator[tuple[Any, ...]]:
    """(trouble, *Shown), if the panel is in front: what a link had wrong is said, and nothing is run."""
    if front != NAME:
        yield (_SKIP,) * 6
    elif trouble:
        yield "", *[_SKIP] * 4, notice(f"This link cannot be followed. {trouble}", "error")
    else:
        for shown in on_run(*values):
            yield _SKIP, *shown


def on_query(front: str, made: str | None) -> Any:
    """The link to what is shown, if the panel is in front."""
    return made if front == NAME and made else _SKIP


def _of_kind(kind: str, texts: _Texts, candidates: str | None = None) -> list[Any]:
    """Updates that make the panel one of words or one of sentences."""
    words = kind == GLOVE
    # In one line, Enter runs; sentences need a line each.
    lines: dict[str, Any] = {"lines": 1, "max_lines": 1} if words else {"lines": 3, "max_lines": 8}
    hint = "Commas or spaces between." if words else "One sentence a line."
    boxes = [gr.Textbox(value=text, info=hint, **lines) for text in texts]
    own = default_sentences() if candidates is None else candidates.splitlines()
    listed = gr.Textbox(value="\n".join(own), visible="hidden" if words else True)
    return [*boxes, listed, facts(kind), *(gr.Button(one.title) for one in EXAMPLES[kind])]


def _first(kind: str) -> _Texts:
    return EXAMPLES[kind][0].plus, EXAMPLES[kind][0].minus, STOPS[kind], ""


def on_kind(kind: str, kept: dict[str, _Texts], candidates: str, *texts: str) -> list[Any]:
    """(kept, *by_kind): the other space, with what was written there before."""
    other = MINILM if kind == GLOVE else GLOVE
    kept = {**kept, other: (texts[0], texts[1], texts[2], texts[3])}
    return [kept, *_of_kind(kind, kept.get(kind) or _first(kind), candidates)]


def on_restore(pending: Recipe) -> list[Any]:
    """The panel's settings from a link; what is wrong with it goes to `trouble`."""
    length = 7 + 6 + len(EXAMPLES[GLOVE])
    given = pending.settings
    try:
        kind = read_kind(pending.model or GLOVE)
        part = parse_choice(given.get("part", "sum"), PARTS, "part")
        first = _first(kind)
        names = ("plus", "minus", "stops", "extra")
        # A link that names a sum names all of it: none is an empty box then, not the first example's.
        empty = ["", "", first[2], ""] if "plus" in given else list(first)
        texts = [str(given.get(name, default)) for name, default in zip(names, empty, strict=True)]
        count = parse_int(
            given.get("count", 10), 1, MAX_ANSWERS, f"count must be a whole number from 1 to {MAX_ANSWERS}"
        )
        steps = parse_int(
            given.get("steps", 11), MIN_STEPS, MAX_STEPS,
            f"steps must be a whole number from {MIN_STEPS} to {MAX_STEPS}",
        )  # fmt: skip
        method = parse_choice(given.get("method", METHODS[0]), METHODS, "method")
    except PlaygroundError as error:
        return [*[_SKIP] * 6, str(error), *[_SKIP] * (length - 7)]
    listed = given.get("candidates")
    own = [gr.Tabs(selected=part), part, kind, count, steps, method, ""]
    return [*own, *_of_kind(kind, (texts[0], texts[1], texts[2], texts[3]), None if listed is None else str(listed))]


def on_pick(kind: str, plus: str, event: gr.EventData) -> str:
    """The words under Plus, with the point of the map that was chosen."""
    mark = ", " if kind == GLOVE else "\n"
    label = str(event._data["label"])[:600]
    return mark.join([part for part in [plus.strip().rstrip(","), label] if part])


def wire(panel: Panel, room: gr.Tab, shared: Shared) -> Wired:
    """Connects the panel's events."""
    drawn: dict[str, Any] = {
        "fn": on_run, "inputs": [*panel.asked(), shared.pending], "outputs": panel.shown(),
        **FOLLOWS, **MODEL_QUEUE,
    }  # fmt: skip
    told: dict[str, Any] = {
        "fn": on_query, "inputs": [shared.front, panel.made], "outputs": shared.query, "queue": False, **FOLLOWS,
    }  # fmt: skip
    at_once: dict[str, Any] = {"queue": False, **QUIET}
    live = [*(button.click for button in panel.runs), *(box.submit for box in panel.texts())]
    live += [panel.count.release, panel.steps.release, panel.method.input]
    started = gr.on(live, **drawn)
    started.then(**told)
    connect_stop(panel.stop, started, panel.notice)
    swap = [panel.kept, *panel.by_kind()]
    panel.kind.input(
        on_kind, [panel.kind, panel.kept, panel.candidates, *panel.texts()], swap, **at_once
    ).then(**drawn).then(**told)  # fmt: skip
    for number, button in enumerate(panel.examples):
        button.click(
            lambda kind, number=number: (EXAMPLES[kind][number].plus, EXAMPLES[kind][number].minus),
            panel.kind, [panel.plus, panel.minus], **at_once,
        ).then(**drawn).then(**told)  # fmt: skip
    for part, part_room in zip(PARTS, panel.rooms, strict=True):
        part_room.select(lambda part=part: part, None, panel.part, **at_once).then(**drawn).then(**told)
    panel.map.pick(on_pick, [panel.kind, panel.plus], panel.plus, **at_once).then(**drawn).then(**told)
    opens = {
        "fn": on_open, "inputs": [shared.front, panel.trouble, *panel.asked(), shared.pending],
        "outputs": [panel.trouble, *panel.shown()], **QUIET, **MODEL_QUEUE,
    }  # fmt: skip
    restores = {"fn": on_restore, "outputs": panel.restored()}
    return Wired(NAME, room, restores, opens, told)
