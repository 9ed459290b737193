"""Text generation, token by token, and how a text differs from the one in its recipe."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.recipe import Recipe, unpack_ids
from playground.engines.chat_template import render_chat
from playground.language import sampling
from playground.language.kv_cache import CachedContext, cached_context
from playground.language.sampler_tokens import sampler_tokens
from playground.language.sampling.biases import resolve_biases
from playground.language.sampling.pattern import allowed_tokens
from playground.language.sampling.sampler import remembers
from playground.language.stop_sequences import StopWatch, text_before
from playground.language.text_request import TextRequest, recipe_of
from playground.language.token_display import TextStream, Token, Vocabulary, scored_token, unscored_tokens, vocabulary

if TYPE_CHECKING:
    from playground.engines.text_model import TextModel

#: Between two reports of a growing text: short enough to look continuous, long enough to cost little.
_REPORT_SECONDS = 0.05


@dataclass(frozen=True)
class Generation:
    """A text so far. finish_reason: "" while it grows, then eos, length, context, stop_sequence or stopped.

    prompt_read, prompt_count: tokens of the prompt, read so far and in all.
    sampler_states: what the sampler's stages remembered before each token; () if none of them remembers anything.
    """

    request: TextRequest
    prompt: tuple[Token, ...]
    tokens: tuple[Token, ...]
    decoder: str
    precision: str
    device: str
    weights_sha256: str
    finish_reason: str = ""
    prompt_read: int = 0
    prompt_count: int = 0
    seconds_to_first_token: float | None = None
    tokens_per_second: float | None = None
    sampler_states: tuple[Mapping[str, float], ...] = ()

    @property
    def text(self) -> str:
        """The generated text, without the prompt and without control tokens."""
        return "".join(token.text for token in self.tokens if not token.special)

    @property
    def answer(self) -> str:
        """The text as a chat's next turn reads it: up to its stop sequence, without blanks around it."""
        return text_before(self.text, self.request.stop).strip()

    def stopped(self) -> Generation:
        """The same text, finished here."""
        return self if self.finish_reason else replace(self, finish_reason="stopped")

    def recipe(self) -> Recipe:
        """The recipe that reproduces this text at its present length."""
        request = self.request
        if self.finish_reason == "stopped":
            request = replace(
                request, max_new_tokens=max(1, len(self.tokens)), forced=request.forced[: len(self.tokens)]
            )
        return recipe_of(request, self.decoder, self.weights_sha256, [token.id for token in self.tokens])

    def to_json(self) -> dict[str, object]:
        """As JSON values: the page's download, and the result of /generate."""
        return {
            "text": self.text,
            "prompt_tokens": [token.to_json() for token in self.prompt],
            "tokens": [token.to_json() for token in self.tokens],
            "finish_reason": self.finish_reason,
            "tokens_per_second": self.tokens_per_second,
            "seconds_to_first_token": self.seconds_to_first_token,
            "decoder": {"name": self.decoder, "precision": self.precision, "device": self.device},
            "recipe": self.recipe().to_json(),
        }


def load(model: str, decoder: str = "auto") -> TextModel:
    """A model by its name, in memory and verified. See engines.text_model.load_text."""
    from playground.engines.text_model import load_text

    return load_text(model, decoder)


def apply_template(loaded: TextModel, request: TextRequest) -> str:
    """The text for the tokenizer: the prompt itself, or the chat in the model's template with its control tokens."""
    if request.mode == "completion":
        return request.prompt
    return render_chat(loaded.tokenizer, loaded.card.title, request.prompt, request.system, request.history)


def templated_prompt(request: TextRequest) -> str:
    """The text that the model reads for a request, control tokens included."""
    return apply_template(load(request.model, request.decoder), request)


def tokenize(loaded: TextModel, text: str, bare: bool = False) -> list[int]:
    """Token ids of a text. bare: add no special tokens (a chat template has its own).

    Raises PlaygroundError for a token that the tokenizer knows and the model does not, such as a mark for a picture.
    """
    ids = [int(token) for token in loaded.tokenizer(text, add_special_tokens=not bare)["input_ids"]]
    unknown = next((token for token in ids if token >= loaded.decoder.vocabulary), None)
    if unknown is not None:
        name = loaded.tokenizer.convert_ids_to_tokens(unknown)
        raise PlaygroundError(say("text.request.no_embedding", token=name, title=loaded.card.title))
    return ids


def prompt_ids(loaded: TextModel, request: TextRequest) -> list[int]:
    """The prompt's ids for a request. Raises PlaygroundError if there are none, or too many for the context."""
    text = apply_template(loaded, request)
    ids = tokenize(loaded, text, bare=request.mode == "chat")[: request.prompt_tokens]
    if not ids:
        raise PlaygroundError(say("text.request.no_tokens"))
    if len(ids) >= loaded.decoder.context_length:
        raise PlaygroundError(context_overflow(loaded, len(ids)))
    if any(token is not None and token >= loaded.decoder.vocabulary for token in request.forced):
        highest = loaded.decoder.vocabulary - 1
        raise PlaygroundError(say("text.request.forced_id", title=loaded.card.title, highest=highest))
    resolve_biases(request.sampler.logit_bias, sampler_tokens(loaded))  # fails before the prompt is read, or never
    if request.sampler.pattern:
        allowed_tokens(request.sampler.pattern, (), sampler_tokens(loaded))
    return ids


def context_overflow(loaded: TextModel, count: int) -> str:
    """The sentence for a text of count tokens that leaves no room for one more."""
    longest = loaded.decoder.context_length - 1
    return say("text.request.too_long", count=count, excess=count - longest, title=loaded.card.title)


def generate(request: TextRequest, known: Generation | None = None) -> Iterator[Generation]:
    """Generates a text and yields it about every 50 ms; closing the generator stops it.

    known: an earlier text of the same request up to some position. Its tokens are reused, not drawn again: those that
    request.forced covers (a branch) or all of them (a continuation).
    """
    began = time.perf_counter()
    loaded = load(request.model, request.decoder)
    ids = prompt_ids(loaded, request)
    decoder = loaded.decoder
    now = Generation(
        request, (), (), decoder.name, decoder.precision, decoder.device, loaded.weights_sha256, prompt_count=len(ids)
    )
    known = (
        known
        if known is not None
        and known.weights_sha256 == now.weights_sha256
        and known.decoder == now.decoder
        and not remembers(request.sampler)  # such a text is drawn again from its start: the same tokens come out
        else None
    )
    with cached_context(loaded, ids, request.max_new_tokens) as context:
        words = vocabulary(loaded.tokenizer)
        stream = words.stream()
        if known is not None and [token.id for token in known.prompt] == ids:
            for token in ids:
                stream.feed(token)
            now = replace(now, prompt=known.prompt, tokens=known.tokens, prompt_read=len(ids))
            for written in known.tokens:
                stream.feed(written.id)
            yield now
            for _ in context.advance_to([token.id for token in known.tokens]):
                yield now
        else:
            for read in _read(context, words, stream, ids, now):
                now = read
                yield now
        yield from _write(context, loaded, words, stream, now, began)


def _read(
    context: CachedContext, words: Vocabulary, stream: TextStream, ids: list[int], now: Generation
) -> Iterator[Generation]:
    """Reads the prompt in chunks and scores each token by the logits before it."""
    tokens = list(unscored_tokens(words, ids[:1], stream))
    for start, chunk in context.prefill():
        following = ids[start + 1 : start + 1 + len(chunk)]
        tokens += [scored_token(words, stream, token, chunk[i]) for i, token in enumerate(following)]
        now = replace(now, prompt=tuple(tokens), prompt_read=start + len(chunk))
        yield now


def _write(
    context: CachedContext, loaded: TextModel, words: Vocabulary, stream: TextStream, now: Generation, began: float
) -> Iterator[Generation]:
    """Draws tokens until the text ends, reaches its requested length, or fills the context."""
    request, tokens = now.request, list(now.tokens)
    previous = [token.id for token in (*now.prompt, *now.tokens)]
    ends = loaded.end_tokens
    numbers = sampling.uniform_stream(request.seed)
    numbers.random(len(tokens))
    sampler = sampling.TextSampler(request.sampler, request.seed, sampler_tokens(loaded), written=len(tokens))
    states = list(now.sampler_states)
    room = loaded.decoder.context_length - len(previous)
    watch = StopWatch(request.stop, now.text)
    last = time.perf_counter()
    first: float | None = None
    fresh = 0
    reason = "" if len(tokens) < request.max_new_tokens else "length"
    while not reason:
        assert context.logits is not None
        position = len(tokens)
        states += [sampler.states] if sampler.states else []
        distribution = sampler.distribution(context.logits, previous)
        uniform = float(numbers.random())
        wanted = request.forced[position] if position < len(request.forced) else None
        token = distribution.draw(uniform) if wanted is None else wanted
        tokens.append(
            scored_token(words, stream, token, context.logits, wanted is not None, distribution.probability(token))
        )
        previous.append(token)
        sampler.advance(token)
        fresh, room = fresh + 1, room - 1
        moment = time.perf_counter()
        first = moment if first is None else first
        if token in ends:
            reason = "eos"
        elif watch.ends(tokens[-1]):
            reason = "stop_sequence"
        elif len(tokens) >= request.max_new_tokens:
            reason = "length"
        elif room <= 0:
            reason = "context"
        if fresh == 1 or moment - last > _REPORT_SECONDS or reason:
            last = moment
            now = replace(
                now,
                tokens=tuple(tokens),
                sampler_states=tuple(states),
                seconds_to_first_token=first - began,
                tokens_per_second=(fresh - 1) / (moment - first) if fresh > 1 else None,
                finish_reason=reason,
            )
            yield now
        if not reason:
            context.step(token)
    if not fresh:
        yield replace(now, finish_reason=reason)


def describe_difference(recipe: Recipe, result: Generation) -> str:
    """How a text differs from its recipe's, and the likely cause; "" if it does not, or the recipe has no text."""
    if not recipe.result:
        return ""
    expected = unpack_ids(recipe.result)
    ids = tuple(token.id for token in result.tokens)
    if ids == expected:
        return ""
    words = vocabulary(load(result.request.model, result.decoder).tokenizer)
    pairs = list(zip(expected, ids, strict=False))
    position = next((i for i, (there, here) in enumerate(pairs) if there != here), len(pairs))
    if position < len(pairs):
        there, here = (words.piece(token) for token in pairs[position])
        difference = say("text.difference.token", position=position + 1, here=here, there=there)
    else:
        difference = say("text.difference.length", here=len(ids), there=len(expected))
    causes = []
    if recipe.weights_sha256 and recipe.weights_sha256 != result.weights_sha256:
        here, there = result.weights_sha256[:8], recipe.weights_sha256[:8]
        causes.append(say("text.difference.weights", here=here, there=there))
    if recipe.settings.get("decoder") not in (None, "auto", result.decoder):
        causes.append(say("text.difference.decoder", here=result.decoder, there=recipe.settings["decoder"]))
    return "; ".join([difference, *(causes or [say("text.difference.rounding")])])
