"""Before and after a fine-tuning: losses on new and on general text, next-token probabilities, continuations.

Both sides are the same float32 model, with its adapter off and on, sampled with the same random numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.validation import parse_seed, parse_text
from playground.experiments.finetune_request import FAMILY
from playground.experiments.finetune_scores import HeldOutScore, score
from playground.language import sampling
from playground.language.sampling import SamplerSettings
from playground.language.token_display import Vocabulary

if TYPE_CHECKING:
    from playground.runs.store import RunSpec
    from playground.training.lora_adapter import LoraAdapter

#: Most bytes of an uploaded adapter.
LARGEST_FILE = 100_000_000
LONGEST_PROMPT = 2_000
CONTINUED_TOKENS = 32
MOST_MOVED = 8
SAMPLER = SamplerSettings(temperature=0.7, top_k=50, top_p=0.95)


@dataclass(frozen=True)
class TokenShift:
    """A token's probability as the next one, before and after."""

    text: str
    before: float
    after: float


@dataclass(frozen=True)
class FinetuneComparison:
    """The results so far; None and () for missing ones.

    doing: the current step, in a sentence, "" at the end.  new, old: (before, after) on the held-out text and on
    general text.  rose, fell: tokens whose probability after the prompt changed most, largest first.  apart: total
    variation distance of the two distributions, 0 to 1.  texts: continuations of the prompt, before and after.
    The after of new, old and texts may be None.
    """

    prompt: str
    doing: str = ""
    new: tuple[HeldOutScore, HeldOutScore | None] | None = None
    old: tuple[HeldOutScore, HeldOutScore | None] | None = None
    rose: tuple[TokenShift, ...] = ()
    fell: tuple[TokenShift, ...] = ()
    apart: float | None = None
    vocabulary: int = 0
    texts: tuple[str, str | None] | None = None


@dataclass(frozen=True)
class AdapterSource:
    """An adapter and its data. dataset: "pasted" or "pairs".  content: the text or the pairs.  name: of the run."""

    adapter: LoraAdapter
    dataset: str
    content: bytes
    name: str


def check_owner(run: str, owner: str) -> None:
    """Raises PlaygroundError if the run is another visitor's."""
    from playground.runs import store

    store.owned_run(run, owner)


def adapter_of_run(run: str) -> AdapterSource:
    """The best adapter of a run so far. Raises PlaygroundError for another family, or without a checkpoint."""
    from playground.data.user_text import example
    from playground.runs import store
    from playground.training import checkpoints
    from playground.training.lora_adapter import LoraAdapter, peft_names

    folder, spec = store.run_dir(run), store.spec_of(run)
    if spec.family != FAMILY:
        raise PlaygroundError(say("train.fine_tuning.before_after.not_finetuned", name=spec.name))
    stored = checkpoints.read(folder / "latest.pt")
    if stored is None or not stored["course"]["best"]["adapter"]:
        raise PlaygroundError(say("train.run.no_checkpoint", name=spec.name))
    best = stored["course"]["best"]
    kind = "pairs" if spec.dataset == "pairs" else "text"
    own = folder / f"own-{kind}.txt"
    content = own.read_bytes() if own.exists() else example(kind).encode()
    settings = spec.settings
    adapter = LoraAdapter(
        peft_names(best["adapter"]), settings["model"], settings["rank"], float(settings["alpha"]), _facts(spec, best)
    )
    return AdapterSource(adapter, spec.dataset, content, spec.name)


def _facts(spec: RunSpec, best: dict[str, Any]) -> dict[str, Any]:
    """The record of an adapter's training for its file."""
    from playground.zoo import fetch, model_files
    from playground.zoo.catalogue import card_of

    record = model_files.read_record(fetch.folder_of(card_of(spec.settings["model"])))
    return {
        "name": spec.name, "dataset": spec.dataset, "settings": spec.settings, "seed": spec.seed,
        "base": spec.settings["model"], "base_sha256": record.get("sha256", ""), "step": best["step"],
        "held_out_nats_per_token": best["loss"],
    }  # fmt: skip


def adapter_of_file(content: bytes, dataset: str, text: str) -> AdapterSource:
    """An uploaded adapter, to be evaluated on a text. Raises PlaygroundError for any other file."""
    from playground.training.lora_adapter import from_zip
    from playground.zoo.catalogue import base_of_adapter

    adapter = from_zip(content)
    name = str(adapter.facts.get("name") or say("train.fine_tuning.before_after.unnamed"))[:40]
    base = base_of_adapter(adapter.base)
    if not base:
        raise PlaygroundError(
            say(
                "train.fine_tuning.before_after.other_base",
                base=adapter.base[:60] or say("train.fine_tuning.before_after.no_base"),
            )
        )
    return AdapterSource(replace(adapter, base=base), dataset, text.encode("utf-8", "replace"), name)


def adapter_zip(source: AdapterSource) -> tuple[str, bytes]:
    """(name, content) of the adapter's ZIP."""
    from playground.training.lora_adapter import to_zip

    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in source.name.lower()).strip("-")
    return f"adapter-{plain or 'tuned'}.zip", to_zip(source.adapter)


def compare(source: AdapterSource, prompt: str, seed: int = 0) -> Iterator[FinetuneComparison]:
    """Yield the comparison after each measurement. prompt: "" for the beginning of the held-out part.

    Raises PlaygroundError if the prompt is too long or the adapter does not fit.
    """
    from playground.data.user_text import example
    from playground.training import lora
    from playground.training.lora_adapter import apply_adapter
    from playground.training.lora_batches import prompt_tokens, split_windows, tokenize_rows

    prompt, seed = parse_text(prompt, "prompt", may_be_empty=True).strip(), parse_seed(seed)
    if len(prompt) > LONGEST_PROMPT:
        raise PlaygroundError(
            say("train.fine_tuning.before_after.too_long", characters=len(prompt), most=LONGEST_PROMPT)
        )
    yield FinetuneComparison(prompt, say("shared.loading_model"))
    base, tokenizer = lora.open_base(source.adapter.base)
    data = tokenize_rows(source.dataset, source.content, tokenizer, 256, prompt[:LONGEST_PROMPT])
    ids = prompt_tokens(tokenizer, data.prompt) if source.dataset == "pairs" else list(data.prompt_ids)
    ends = lora.end_tokens(base, tokenizer)
    sides = _Sides(apply_adapter(source.adapter, base))
    now = FinetuneComparison(data.prompt, say("train.fine_tuning.before_after.next_token"))
    yield now
    before, after = (_next_token_probabilities(model, ids) for model in sides)
    words = Vocabulary(tokenizer)
    now = replace(now, **token_shifts(before, after, words.piece), doing=say("train.fine_tuning.before_after.writing"))
    yield now
    texts: list[str] = []
    for model in sides:
        written = lora.continue_tokens(model, ids, CONTINUED_TOKENS, _token_sampler(ids, seed), ends)
        texts.append(str(tokenizer.decode(written, skip_special_tokens=True)))
        now = replace(now, texts=(texts[0], texts[1] if len(texts) > 1 else None))
        yield now
    now = replace(now, doing=say("train.fine_tuning.before_after.new_text"))
    for new in _scores(sides, data.held_out):
        now = replace(now, new=new)
        yield now
    now = replace(now, doing=say("train.fine_tuning.before_after.everyday_text"))
    for old in _scores(sides, split_windows(example("general").strip(), tokenizer)):
        now = replace(now, old=old)
        yield now
    yield replace(now, doing="")


def recorded_comparison() -> FinetuneComparison:
    """That of the fine-tuning that the panel opens on: see recorder.py."""
    from playground.runs import recordings

    values = dict(recordings.read(recordings.run_id("fine_tuning")).comparison)
    for name in ("new", "old"):
        before, after = (HeldOutScore(**score) for score in values[name])
        values[name] = (before, after)
    for name in ("rose", "fell"):
        values[name] = tuple(TokenShift(**shift) for shift in values[name])
    return FinetuneComparison(**{**values, "texts": tuple(values["texts"])})


def _scores(sides: _Sides, rows: Sequence[Any]) -> Iterator[tuple[HeldOutScore, HeldOutScore | None]]:
    """Yield (before, None), then (before, after)."""
    scores: list[HeldOutScore] = []
    for model in sides:
        scores.append(score(model, rows))
        yield scores[0], scores[1] if len(scores) > 1 else None


class _Sides:
    """Iterate over the same model twice: with its adapter off, then on."""

    def __init__(self, tuned: Any) -> None:
        self._tuned = tuned

    def __iter__(self) -> Iterator[Any]:
        with self._tuned.disable_adapter():
            yield self._tuned
        yield self._tuned


def _next_token_probabilities(model: Any, ids: list[int]) -> NDArray[np.float64]:
    """(vocabulary,) float64 probabilities of the token after ids, without sampler stages."""
    import torch

    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1]
    return sampling.probabilities(logits.float().numpy())


def token_shifts(before: NDArray[np.float64], after: NDArray[np.float64], name: Any) -> dict[str, Any]:
    """Fields rose, fell, apart and vocabulary of a FinetuneComparison. name: token id → text."""
    change = after - before
    order = np.argsort(change, kind="stable")

    def shifts(indices: NDArray[np.int64]) -> tuple[TokenShift, ...]:
        return tuple(TokenShift(name(int(i)), float(before[i]), float(after[i])) for i in indices)

    up = order[::-1][:MOST_MOVED]
    down = order[:MOST_MOVED]
    return {
        "rose": shifts(up[change[up] > 0]),
        "fell": shifts(down[change[down] < 0]),
        "apart": float(np.abs(change).sum() / 2),
        "vocabulary": int(change.size),
    }


def _token_sampler(ids: list[int], seed: int) -> Any:
    """A sampler as in the Text tab: position n gets the seed's n-th uniform number, whatever the model."""
    numbers, previous = sampling.uniform_stream(seed), list(ids)

    def choose(logits: Any) -> int:
        left = sampling.sampling_distribution(logits.numpy(), previous, SAMPLER)
        token = left.draw(float(numbers.random()))
        previous.append(token)
        return token

    return choose


def menu_name(source: AdapterSource) -> str:
    """The merged model's name in the menus, which contains a part of the adapter's sha256."""
    import hashlib

    from playground.zoo import user_models

    _, content = adapter_zip(source)
    return f"{user_models.TUNED}{user_models.slug(source.name)}-{hashlib.sha256(content).hexdigest()[:8]}"


def add_to_menu(source: AdapterSource, owner: str) -> str:
    """Merge the adapter into its base model and add that to the menus of language models. Returns its name.

    owner: token of the browser that may remove it. Raises PlaygroundError if it does not fit, or if the owner has too
    many models.
    """
    from playground.training import merge_lora

    name = menu_name(source)
    merge_lora.merge_into_menu(source.adapter, name, menu_title(source), owner)
    return name


def menu_title(source: AdapterSource) -> str:
    """The merged model's title in the menus."""
    from playground.zoo.catalogue import card_of

    return say("train.runs.models.tuned_title", name=source.name, base=card_of(source.adapter.base).title)
