"""The request for a text: its settings, their validation, and its form in a recipe."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, Setting, pack_ids
from playground.core.validation import parse_choice, parse_int, parse_seed, parse_text, quoted
from playground.language.sampling import SETTINGS, SamplerSettings, validate_settings
from playground.language.sampling.table import recorded_settings
from playground.language.stop_sequences import parse_stops, stops_text
from playground.zoo.cards import DEFAULT_MODEL as DEFAULT_MODEL

MODES = ("completion", "chat")
DECODERS = ("auto", "fast", "open")
MAX_NEW_TOKENS = 4096
#: Of a chat, before the last message.
MAX_TURNS = 200
#: Of the page before anything is typed, of a link without a prompt, and of the stored example.
DEFAULT_PROMPT = "Once upon a time, in a small village by the sea,"


@dataclass(frozen=True)
class TextRequest:
    """A request for a text.

    forced: ids for the first positions; None leaves a position to the sampler.
    prompt_tokens: read only so many of the prompt's tokens (None: all); set when a text is rewound into its prompt.
    system: the system message of a chat; "" keeps the template's default.  seed: 0 to 2**63 - 1.
    history: of a chat: earlier messages, each with its answer.  stop: texts that end the text where one appears.
    """

    prompt: str
    mode: str = "completion"
    model: str = DEFAULT_MODEL
    decoder: str = "auto"
    sampler: SamplerSettings = field(default_factory=SamplerSettings)
    max_new_tokens: int = 64
    seed: int = 0
    forced: tuple[int | None, ...] = ()
    prompt_tokens: int | None = None
    system: str = ""
    history: tuple[tuple[str, str], ...] = ()
    stop: tuple[str, ...] = ()


def recipe_of(request: TextRequest, decoder: str, weights_sha256: str, ids: Sequence[int] = ()) -> Recipe:
    """The request as a recipe; ids: of the resulting text, if there is one."""
    settings: dict[str, Setting] = {"mode": request.mode, "prompt": request.prompt, "decoder": decoder}
    settings |= recorded_settings(request.sampler)
    settings["max_new_tokens"] = request.max_new_tokens
    if request.system:
        settings["system"] = request.system
    if request.history:
        settings["history"] = json.dumps(request.history, ensure_ascii=False, separators=(",", ":"))
    if request.stop:
        settings["stop"] = stops_text(request.stop)
    if request.forced:
        settings["forced"] = list(request.forced)
    if request.prompt_tokens is not None:
        settings["prompt_tokens"] = request.prompt_tokens
    result = pack_ids(ids) if ids else ""
    return Recipe("text", request.model, weights_sha256, request.seed, settings, result)


def request_from(recipe: Recipe) -> TextRequest:
    """The validated request of a recipe; without a prompt, that of the example. In a link every setting is text."""
    values = {"prompt": DEFAULT_PROMPT, **recipe.settings}
    return read_request(
        {name: value for name, value in values.items() if name not in SETTINGS}
        | {"model": recipe.model or DEFAULT_MODEL, "seed": recipe.seed},
        {name: value for name, value in values.items() if name in SETTINGS},
    )


def check_system(mode: str, system: str) -> None:
    """Raises PlaygroundError for a program's system message that a completion would not read."""
    if system and mode != "chat":
        raise PlaygroundError(say("text.request.system_of_chat"))


def read_request(values: Mapping[str, object], sampler: Mapping[str, object]) -> TextRequest:
    """The validated request. Raises PlaygroundError, which names the wrong value and what is allowed.

    values: fields of TextRequest except sampler.  sampler: fields of SamplerSettings.  Missing ones get their default.
    """
    settings = validate_settings(SamplerSettings(**sampler))
    new_tokens = parse_int(
        values.get("max_new_tokens", 64),
        1,
        MAX_NEW_TOKENS,
        say("text.request.max_new_tokens_range", most=MAX_NEW_TOKENS),
    )
    forced = _forced(values.get("forced") or ())
    if len(forced) > new_tokens:
        raise PlaygroundError(say("text.request.forced_count", count=len(forced), most=new_tokens))
    kept = values.get("prompt_tokens")
    return TextRequest(
        prompt=parse_text(values.get("prompt", ""), say("text.request.prompt")),
        mode=parse_choice(values.get("mode") or "completion", MODES, "mode"),
        model=str(values.get("model") or DEFAULT_MODEL),
        decoder=parse_choice(values.get("decoder") or "auto", DECODERS, "decoder"),
        sampler=settings,
        max_new_tokens=new_tokens,
        seed=parse_seed(values.get("seed", 0)),
        forced=forced,
        prompt_tokens=None
        if kept in (None, "")
        else parse_int(kept, 1, 10**7, say("text.request.prompt_tokens_range")),
        system=parse_text(values.get("system") or "", say("text.request.system"), may_be_empty=True),
        history=_history(values.get("history") or ()),
        stop=parse_stops(values.get("stop") or ()),
    )


def _history(value: object) -> tuple[tuple[str, str], ...]:
    """Pairs of texts, also as JSON text, as in a recipe."""
    try:
        pairs = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        pairs = None
    if not isinstance(pairs, (list, tuple)) or len(pairs) > MAX_TURNS:
        raise PlaygroundError(say("text.request.history", most=MAX_TURNS, value=quoted(value)))
    for pair in pairs:
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise PlaygroundError(say("text.request.history", most=MAX_TURNS, value=quoted(pair)))
    return tuple(
        (
            parse_text(message, say("text.request.message")),
            parse_text(answer, say("text.request.answer"), may_be_empty=True),
        )
        for message, answer in pairs
    )


def _forced(value: object) -> tuple[int | None, ...]:
    rule = say("text.request.forced_list")
    if isinstance(value, str):
        value = [None if item.strip() == "" else item for item in value.split(",")]
    if not isinstance(value, (list, tuple)):
        raise PlaygroundError(say("shared.invalid.value", rule=rule, value=quoted(value)))
    return tuple(None if item is None else parse_int(item, 0, 10**9, rule) for item in value)
