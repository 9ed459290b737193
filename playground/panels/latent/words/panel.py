"""Words: the latent space of words and of sentences, to add up in, to walk in, and as a map."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice, parse_int
from playground.core.verification import verify
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
from playground.latent.word_analogy import MAX_ANSWERS, Analogy, AnalogyRequest, read_analogy, solve_analogy
from playground.latent.word_interpolation import (
    MAX_STEPS,
    MIN_STEPS,
    WordWalk,
    WordWalkRequest,
    read_word_walk,
    word_walk,
)
from playground.latent.word_map import WordMap, read_extra, word_map
from playground.panels.latent.shared import LatentShared
from playground.panels.latent.words.data import (
    EXAMPLES,
    STOPS,
    caution_of,
    map_value,
    space_card,
    sum_value,
    walk_value,
)
from playground.panels.latent.words.layout import PARTS, TEXTS, WordsComponents, build_components
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.messages import verification_notice
from playground.ui.notice import notice
from playground.ui.panel_protocol import Panel
from playground.ui.view import new_run

NAME, TITLE = "words", "Words"
#: What a run takes the values of, and what it fills.
_INPUTS = ("kind", "part", "plus", "minus", "count", "stops", "steps", "method", "extra", "candidates")
_OUTPUTS = ("query", "sum", "walk", "map", "notice")
#: What differs from one kind of space to the other.
_OF_KIND = (*TEXTS, "candidates", "about", "examples")
Texts = Mapping[str, str]
Result = Analogy | WordWalk | WordMap


def on_run(*values: Any) -> Iterator[Update]:
    """The part in front, computed. values: those of _INPUTS."""
    for update in _steps(*values):
        yield update if isinstance(update, dict) else _shown(*update)


def _steps(kind: str, *values: Any) -> Iterator[dict[str, Any] | tuple[Result, float]]:
    """Notices while the model is fetched and read; then the result, and how many seconds it took."""
    kind = read_kind(kind)
    request = read_request(kind, *values)
    for arriving in fetch_embeddings(kind):
        yield {"notice": notice(f"{arriving.what}: {arriving.fraction:.0%}. This is needed once.")}
    if not is_in_memory(kind):
        yield {"notice": notice("Reading the model into memory.")}
        load_embeddings(kind)
    start = time.perf_counter()
    result = _compute(request)
    yield result, time.perf_counter() - start


Request = WordWalkRequest | tuple[AnalogyRequest, tuple[str, ...] | None]


def read_request(
    kind: str, part: str, plus: str, minus: str, count: Any, stops: str, steps: Any, method: str, extra: str,
    candidates: str,
) -> Request:  # fmt: skip
    """A checked walk, or a checked sum with further words for the map; None where no map is asked for."""
    if part == "walk":
        return read_word_walk(kind, {"stops": stops, "steps": steps, "method": method, "candidates": candidates})
    request = read_analogy(kind, {"plus": plus, "minus": minus, "count": count, "candidates": candidates})
    return request, read_extra(kind, extra) if part == "map" else None


def _compute(asked: Request) -> Result:
    if isinstance(asked, WordWalkRequest):
        return word_walk(asked)
    request, extra = asked
    space = word_space(request.kind, request.candidates, (*request.plus, *request.minus, *(extra or ())))
    analogy = solve_analogy(request, space)
    return analogy if extra is None else word_map(analogy, extra, space)


def _shown(result: Result, seconds: float) -> Update:
    """The result's view, its link, and how long it took."""
    try:
        query, more = result.recipe().to_query(), ""
    except PlaygroundError:
        query, more = "", " These sentences are too long for a link."
    request = result.analogy.request if isinstance(result, WordMap) else result.request
    size = result.analogy.size if isinstance(result, WordMap) else result.size
    noun = "words" if request.kind == GLOVE else "sentences"
    said = notice(f"Compared with {size:,} {noun} in {seconds * 1000:,.0f} ms.{more}")
    if isinstance(result, Analogy):
        caution = caution_of(result.request.kind, result.request.plus, result.request.minus)
        said = notice(caution, "warning") if caution else said
        return {"query": query, "sum": sum_value(result), "notice": said}
    if isinstance(result, WordWalk):
        return {"query": query, "walk": walk_value(result, new_run()), "notice": said}
    return {"query": query, "map": map_value(result), "notice": said}


def on_draw(query: str | None, *values: Any) -> Iterator[Update]:
    """The first example, where there is nothing yet."""
    if not query:
        yield from on_run(*values)


def replay(recipe: Recipe, *values: Any) -> Iterator[Update]:
    """What a link shows, computed again and verified."""
    for update in _steps(*values):
        if isinstance(update, dict):
            yield update
            continue
        result, seconds = update
        verification = verify(recipe, result.recipe())
        said = {} if verification is None else {"notice": verification_notice(verification, "word for word")}
        yield {**_shown(result, seconds), **said}


def _update_of_kind(kind: str, texts: Texts, candidates: str | None = None) -> Update:
    """Updates that make the panel one of words or one of sentences."""
    words = kind == GLOVE
    # In one line, Enter runs; sentences need a line each.
    lines: dict[str, Any] = {"lines": 1, "max_lines": 1} if words else {"lines": 3, "max_lines": 8}
    hint = "Commas or spaces between." if words else "One sentence a line."
    sentences = default_sentences() if candidates is None else candidates.splitlines()
    return {
        **{name: gr.Textbox(value=texts[name], info=hint, **lines) for name in TEXTS},
        "candidates": gr.Textbox(value="\n".join(sentences), visible="hidden" if words else True),
        "about": space_card(kind),
        "examples": tuple(gr.Button(example.title) for example in EXAMPLES[kind]),
    }


def _first_texts(kind: str) -> Texts:
    example = EXAMPLES[kind][0]
    return {"plus": example.plus, "minus": example.minus, "stops": STOPS[kind], "extra": ""}


def on_kind(
    kind: str, texts_of_kind: Mapping[str, Texts], candidates: str, plus: str, minus: str, stops: str, extra: str
) -> Update:
    """The other space, with what was written there before."""
    other = MINILM if kind == GLOVE else GLOVE
    written: Texts = {"plus": plus, "minus": minus, "stops": stops, "extra": extra}
    texts_of_kind = {**texts_of_kind, other: written}
    texts = texts_of_kind.get(kind) or _first_texts(kind)
    return {"texts_of_kind": texts_of_kind, **_update_of_kind(kind, texts, candidates)}


def restore(recipe: Recipe) -> Update:
    """The panel's settings. Raises PlaygroundError if one of them is not valid."""
    given = recipe.settings
    kind = read_kind(recipe.model or GLOVE)
    part = parse_choice(given.get("part", "sum"), PARTS, "part")
    # A link that names a sum names all of it: what it leaves out is an empty box, and not the first example's.
    default = {**_first_texts(kind), **({"plus": "", "minus": ""} if "plus" in given else {})}
    texts = {name: str(given.get(name, default[name])) for name in TEXTS}
    candidates = given.get("candidates")
    sentences = {
        "count": f"count must be a whole number from 1 to {MAX_ANSWERS}",
        "steps": f"steps must be a whole number from {MIN_STEPS} to {MAX_STEPS}",
    }
    return {
        "kind": kind,
        "parts": gr.Tabs(selected=part),
        "part": part,
        "count": parse_int(given.get("count", 10), 1, MAX_ANSWERS, sentences["count"]),
        "steps": parse_int(given.get("steps", 11), MIN_STEPS, MAX_STEPS, sentences["steps"]),
        "method": parse_choice(given.get("method", METHODS[0]), METHODS, "method"),
        **_update_of_kind(kind, texts, None if candidates is None else str(candidates)),
    }


def on_pick(kind: str, plus: str, event: gr.EventData) -> Update:
    """The chosen point of the map under Plus."""
    separator = ", " if kind == GLOVE else "\n"
    label = str(event._data["label"])[:600]
    return {"plus": separator.join([part for part in [plus.strip().rstrip(","), label] if part])}


def on_example(kind: str, number: int) -> Update:
    """The words of an example."""
    example = EXAMPLES[kind][number]
    return {"plus": example.plus, "minus": example.minus}


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """The panel, connected. It has models of its own: the column of settings is not for it."""
    words = build_components()
    _connect(words)
    return Panel(
        NAME, item, words,
        restore=restore, restored=["kind", "parts", "part", "count", "steps", "method", *_OF_KIND],
        replay=replay, replay_inputs=_INPUTS, replayed=_OUTPUTS,
        draw=on_draw, draw_inputs=["query", *_INPUTS], drawn=_OUTPUTS,
        stops=[words.stop],
    )  # fmt: skip


def _connect(words: WordsComponents) -> None:
    run = {**call(on_run, words, _INPUTS, _OUTPUTS), **FOLLOWS, **MODEL_QUEUE}
    at_once: dict[str, Any] = {"queue": False, **QUIET}
    live = [*(button.click for button in words.runs), *(getattr(words, name).submit for name in TEXTS)]
    started = gr.on([*live, words.count.release, words.steps.release, words.method.input], **run)
    connect_stop(words.stop, started, words.notice)
    kind = call(on_kind, words, ["kind", "texts_of_kind", "candidates", *TEXTS], ["texts_of_kind", *_OF_KIND])
    words.kind.input(**kind, **at_once).then(**run)
    for number, button in enumerate(words.examples):

        def example(kind: str, number: int = number) -> Update:
            return on_example(kind, number)

        button.click(**call(example, words, ["kind"], ["plus", "minus"]), **at_once).then(**run)
    for name, part_item in zip(PARTS, words.items, strict=True):

        def choose(clicked: bool, kind: str, _: str, *settings: Any, name: str = name) -> Iterator[Update]:
            if clicked:  # and not opened by the page or by a link, whose result comes by `draw` or `replay`
                yield {"part": name}
                yield from on_run(kind, name, *settings)

        clicked = gr.Checkbox(visible="hidden")
        chosen = call(choose, words, [clicked, *_INPUTS], ["part", *_OUTPUTS])
        script = f"(_, ...values) => [window.playground.isClicked('{part_item.elem_id}'), ...values]"
        part_item.select(**chosen, js=script, **FOLLOWS, **MODEL_QUEUE)
    words.map.pick(**call(on_pick, words, ["kind", "plus"], ["plus"]), **at_once).then(**run)
