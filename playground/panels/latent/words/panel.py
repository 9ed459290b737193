"""Words: arithmetic, walks and a map in the embedding space of words or of sentences."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice
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
    words_beginning,
)
from playground.latent.interpolation import METHODS
from playground.latent.word_analogy import Analogy, AnalogyRequest, read_analogy, read_count, solve_analogy
from playground.latent.word_interpolation import (
    WordWalk,
    WordWalkRequest,
    read_steps,
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
from playground.ui.event_data import event_values
from playground.ui.events import FOLLOWS, MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.messages import verification_notice
from playground.ui.notice import notice
from playground.ui.panel_protocol import Example, Panel
from playground.ui.result_settings import SeveralResults, result_settings
from playground.ui.view import module_call, new_run

NAME = "words"
#: The components whose values a run takes, and those that it fills.
_INPUTS = ("kind", "part", "plus", "minus", "count", "stops", "steps", "method", "extra", "candidates")
_OUTPUTS = ("query", "sum", "walk", "map", "notice")
#: The components that change with the kind of space.
_OF_KIND = (*TEXTS, "candidates", "find", "found", "about", "examples")
Texts = Mapping[str, str]
Result = Analogy | WordWalk | WordMap


def on_run(*values: Any) -> Iterator[Update]:
    """The part in front, computed. values: those of _INPUTS."""
    for update in _steps(*values):
        yield update if isinstance(update, dict) else _update_of(*update)


def _steps(kind: str, *values: Any) -> Iterator[dict[str, Any] | tuple[Result, float]]:
    """Yields notices while the model is fetched and loaded; then the result and the seconds it took."""
    kind = read_kind(kind)
    request = read_request(kind, *values)
    for progress in fetch_embeddings(kind):
        sentence = say("latent.words.fetching", what=progress.what, fraction=progress.fraction)
        yield {"notice": notice(sentence)}
    if not is_in_memory(kind):
        yield {"notice": notice(say("shared.loading_model"))}
        load_embeddings(kind)
    start = time.perf_counter()
    result = _compute(request)
    yield result, time.perf_counter() - start


Request = WordWalkRequest | tuple[AnalogyRequest, tuple[str, ...] | None]


def read_request(
    kind: str, part: str, plus: str, minus: str, count: Any, stops: str, steps: Any, method: str, extra: str,
    candidates: str,
) -> Request:  # fmt: skip
    """A checked walk, or a checked sum with the extra words of the map, or None without a map."""
    if part == "walk":
        return read_word_walk(kind, {"stops": stops, "steps": steps, "method": method, "candidates": candidates})
    request = read_analogy(kind, {"plus": plus, "minus": minus, "count": count, "candidates": candidates})
    return request, read_extra(kind, extra) if part == "map" else None


def _compute(request: Request) -> Result:
    if isinstance(request, WordWalkRequest):
        return word_walk(request)
    analogy_request, extra = request
    labels = *analogy_request.plus, *analogy_request.minus, *(extra or ())
    space = word_space(analogy_request.kind, analogy_request.candidates, labels)
    analogy = solve_analogy(analogy_request, space)
    return analogy if extra is None else word_map(analogy, extra, space)


def _update_of(result: Result, seconds: float) -> Update:
    """The result's view, its link, and how long it took."""
    try:
        query = result.recipe().to_query()
    except PlaygroundError:  # too long
        query = ""
    request = result.analogy.request if isinstance(result, WordMap) else result.request
    size = result.analogy.size if isinstance(result, WordMap) else result.size
    items = say(f"latent.words.items.{request.kind}", count=size)
    sentence = say("latent.words.done", items=items, milliseconds=seconds * 1000)
    outcome = notice(sentence if query else f"{sentence} {say('latent.words.long_link')}")
    if isinstance(result, Analogy):
        caution = caution_of(result.request.kind, result.request.plus, result.request.minus)
        outcome = notice(caution, "warning") if caution else outcome
        return {"query": query, "sum": sum_value(result), "notice": outcome}
    if isinstance(result, WordWalk):
        return {"query": query, "walk": walk_value(result, new_run()), "notice": outcome}
    return {"query": query, "map": map_value(result), "notice": outcome}


def on_draw(query: str | None, *values: Any) -> Iterator[Update]:
    """Runs the first example if there is no result yet."""
    if not query:
        yield from on_run(*values)


def replay(recipe: Recipe, *values: Any) -> Iterator[Update]:
    """Computes a link's result again, and verifies it."""
    for update in _steps(*values):
        if isinstance(update, dict):
            yield update
            continue
        result, seconds = update
        verification = verify(recipe, result.recipe())
        outcome = dict(_update_of(result, seconds))
        if verification is not None:
            outcome["notice"] = verification_notice(verification, say("latent.words.word_for_word"))
        yield outcome


def _update_of_kind(kind: str, texts: Texts, candidates: str | None = None) -> Update:
    """Updates that switch the panel to words or to sentences."""
    words = kind == GLOVE
    # In a box of one line, Enter runs; sentences need a line each.
    lines: dict[str, Any] = {"lines": 1, "max_lines": 1} if words else {"lines": 3, "max_lines": 8}
    hint = say("shared.commas_or_spaces") if words else say("latent.words.many_lines")
    sentences = default_sentences() if candidates is None else candidates.splitlines()
    return {
        **{name: gr.Textbox(value=texts[name], info=hint, **lines) for name in TEXTS},
        "candidates": gr.Textbox(value="\n".join(sentences), visible="hidden" if words else True),
        "find": gr.Textbox(value="", visible=True if words else "hidden"),
        "found": gr.Radio(choices=[], value=None, visible="hidden"),
        "about": space_card(kind),
        "examples": tuple(gr.Button(example.title) for example in EXAMPLES[kind]),
    }


def _first_texts(kind: str) -> Texts:
    example = EXAMPLES[kind][0]
    return {"plus": example.plus, "minus": example.minus, "stops": STOPS[kind], "extra": ""}


def on_kind(
    kind: str, texts_of_kind: Mapping[str, Texts], candidates: str, plus: str, minus: str, stops: str, extra: str
) -> Update:
    """Switches to the other space, with the texts that the visitor left there."""
    other = MINILM if kind == GLOVE else GLOVE
    present: Texts = {"plus": plus, "minus": minus, "stops": stops, "extra": extra}
    texts_of_kind = {**texts_of_kind, other: present}
    texts = texts_of_kind.get(kind) or _first_texts(kind)
    return {"texts_of_kind": texts_of_kind, **_update_of_kind(kind, texts, candidates)}


def restore(recipe: Recipe) -> Update:
    """The panel's settings. Raises PlaygroundError if one of them is not valid."""
    settings = recipe.settings
    kind = read_kind(recipe.model or GLOVE)
    part = parse_choice(settings.get("part", "sum"), PARTS, "part")
    # A link that names `plus` names the whole sum: a missing `minus` means an empty box, not the first example.
    default = {**_first_texts(kind), **({"plus": "", "minus": ""} if "plus" in settings else {})}
    texts = {name: str(settings.get(name, default[name])) for name in TEXTS}
    candidates = settings.get("candidates")
    return {
        "kind": kind,
        "parts": gr.Tabs(selected=part),
        "part": part,
        "count": read_count(settings.get("count", 10)),
        "steps": read_steps(settings.get("steps", 11)),
        "method": parse_choice(settings.get("method", METHODS[0]), METHODS, "method"),
        **_update_of_kind(kind, texts, None if candidates is None else str(candidates)),
    }


def on_pick(kind: str, plus: str, event: gr.EventData) -> Update:
    """Adds the picked point of the map under Plus."""
    separator = ", " if kind == GLOVE else "\n"
    label = str(event_values(event)["label"])[:600]
    return {"plus": separator.join([part for part in [plus.strip().rstrip(","), label] if part])}


def on_find(text: str | None) -> Iterator[Update]:
    """The most frequent words that begin with a text of two letters or more."""
    text = text or ""
    if len(text.strip()) < 2:
        yield {"found": gr.Radio(choices=[], value=None, visible="hidden")}
        return
    for progress in fetch_embeddings(GLOVE):
        yield {"notice": notice(say("latent.words.fetching", what=progress.what, fraction=progress.fraction))}
    words = words_beginning(text, word_space(GLOVE, (), ()).labels)
    none = notice(say("latent.words.none_begins", text=text.strip()[:40])) if not words else None
    yield {"found": gr.Radio(choices=words, value=None, visible=True if words else "hidden"), "notice": none}


def on_found(found: str | None, plus: str | None) -> Update:
    """Adds a found word under Plus."""
    words = [*filter(None, [(plus or "").strip().rstrip(","), found])]
    return {"plus": ", ".join(words), "found": gr.Radio(value=None)}


def on_example(kind: str, number: int) -> Update:
    """Fills in an example."""
    example = EXAMPLES[kind][number]
    return {"plus": example.plus, "minus": example.minus}


def build(item: gr.Tab, shared: LatentShared) -> Panel:
    """Builds and connects the panel in the surrounding gr.Tab. It does not use the column of settings."""
    words = build_components()
    came_from = _came_from(words)
    _connect(words, came_from)
    return Panel(
        NAME, item, words,
        restore=restore, restored=["kind", "parts", "part", "count", "steps", "method", *_OF_KIND],
        replay=replay, replay_inputs=_INPUTS, replayed=_OUTPUTS,
        draw=on_draw, draw_inputs=["query", *_INPUTS], drawn=_OUTPUTS,
        stops=[words.stop], result=came_from, example=Example(),
    )  # fmt: skip


def _came_from(words: WordsComponents) -> SeveralResults:
    """The settings of each part's result."""
    of_parts = {
        "sum": ("kind", "plus", "minus", "count", "candidates"),
        "walk": ("kind", "stops", "steps", "method", "candidates"),
        "map": ("kind", "plus", "minus", "extra", "candidates"),
    }
    return SeveralResults([
        result_settings({name: getattr(words, name) for name in names}, [getattr(words, part)])
        for part, names in of_parts.items()
    ])  # fmt: skip


def _connect(words: WordsComponents, came_from: SeveralResults) -> None:
    run = {**came_from.carry(call(on_run, words, _INPUTS, _OUTPUTS)), **FOLLOWS, **MODEL_QUEUE}
    at_once: dict[str, Any] = {"queue": False, **QUIET}
    live = [*(button.click for button in words.runs), *(getattr(words, name).submit for name in TEXTS)]
    started = gr.on([*live, words.count.release, words.steps.release, words.method.input], **run)
    connect_stop(words.stop, started, words.notice)
    kind = call(on_kind, words, ["kind", "texts_of_kind", "candidates", *TEXTS], ["texts_of_kind", *_OF_KIND])
    words.kind.input(**kind, **at_once).then(**run)
    finding = call(on_find, words, ["find"], ["found", "notice"])
    words.find.input(**finding, **FOLLOWS)
    words.found.input(**call(on_found, words, ["found", "plus"], ["plus", "found"]), **at_once).then(**run)
    for number, button in enumerate(words.examples):

        def example(kind: str, number: int = number) -> Update:
            return on_example(kind, number)

        button.click(**call(example, words, ["kind"], ["plus", "minus"]), **at_once).then(**run)
    for name, part_item in zip(PARTS, words.items, strict=True):

        def choose(kind: str, _: str, *settings: Any, name: str = name) -> Iterator[Update]:
            yield {"part": name}
            yield from on_run(kind, name, *settings)

        chosen = came_from.carry(call(choose, words, _INPUTS, ["part", *_OUTPUTS]))
        # Opened by the page or by a link, a part asks nothing: `draw` or `replay` computes its result.
        turn, asked = (
            gr.Textbox("0", visible="hidden"),
            module_call("ui/links.js", "isClicked", repr(part_item.elem_id)),
        )
        script = f"async (turn) => (await {asked} ? String(Number(turn) + 1) : turn)"
        part_item.select(None, turn, turn, js=script, api_visibility="private")
        turn.change(**chosen, **FOLLOWS, **MODEL_QUEUE)
    words.map.pick(**call(on_pick, words, ["kind", "plus"], ["plus"]), **at_once).then(**run)
