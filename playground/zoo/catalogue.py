"""Which models there are, by name: the zoo's cards, the bundled ones, those fetched from the Hub or trained here."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Any

from playground.core.errors import PlaygroundError
from playground.core.paths import models_dir
from playground.zoo import fetch, model_files
from playground.zoo.bundled_models import bundled_cards, user_text_card
from playground.zoo.cards import TEXT, HubRepository, ModelCard, models

#: In order of preference on a CPU.
DECODERS = ("fast", "open")


def decoders_of(name: str) -> tuple[str, ...]:
    """The decoders that this model has here, preferred first. A model that is not here yet counts as open only."""
    fast = fetch.folder_of(card_of(name)) / "fast"
    return DECODERS if model_files.is_complete(fast, model_files.FAST_RECORD) else ("open",)


def text_models() -> dict[str, ModelCard]:
    """Every language model that needs no fetching decision: the zoo's, those that come along, those from the Hub."""
    return models_of_kind(TEXT)


def models_of_kind(kind: str) -> dict[str, ModelCard]:
    """Every model of a kind that needs no fetching decision, by name."""
    fetched = sorted((models_dir() / "hub").glob("[!.]*--*/" + model_files.MODEL_RECORD))
    names = [model_files.read_record(path.parent).get("name", "") for path in fetched]
    cards = models() | bundled_cards() | {name: _hub_card(name) for name in names if "/" in name}
    return {name: card for name, card in cards.items() if card.kind == kind}


def card_of(name: str) -> ModelCard:
    """The card of a model by its name or Hub id. Raises PlaygroundError, saying what exists, for any other name."""
    here = models() | bundled_cards()
    if name in here:
        return here[name]
    if "/" in name:
        return _hub_card(name)
    names = list(models() | text_models())
    near = difflib.get_close_matches(name.lower()[:200], names, n=1, cutoff=0.4)
    meant = f' Did you mean "{near[0]}"?' if near else ""
    raise PlaygroundError(
        f'There is no model "{name[:80]}".{meant} There are: {", ".join(names)}. '
        'A model from the Hugging Face Hub is written "owner/name".'
    )


def _hub_card(repo_id: str) -> ModelCard:
    """A card for a Hub model: from its record if it was fetched, else what its id says."""
    record = model_files.read_record(fetch.hub_folder(repo_id))
    if record.get("tuned_from"):
        return _tuned_card(repo_id, record)
    if record.get("trained_here"):
        return user_text_card(record, HubRepository(repo_id))
    url = f"https://huggingface.co/{repo_id}"
    return ModelCard(
        name=repo_id,
        title=repo_id,
        kind=str(record.get("kind") or TEXT),
        licence=record.get("licence") or "see its page",
        licence_url=url,
        size_bytes=record.get("weights_bytes") or record.get("files", {}).get(model_files.WEIGHTS, {}).get("bytes", 0),
        parameters=record.get("parameters", 0),
        source=f"The Hugging Face Hub, {repo_id}.",
        source_url=url,
        trained_on="See its page.",
        notes="",
        origin=HubRepository(repo_id),
    )


def _tuned_card(name: str, record: dict[str, Any]) -> ModelCard:
    """A card for a model that was fine-tuned here: its base's, with its own name and weights."""
    base = card_of(str(record["tuned_from"]))
    return replace(
        base,
        name=name,
        title=name,
        size_bytes=record.get("files", {}).get(model_files.WEIGHTS, {}).get("bytes", 0),
        source=f"Fine-tuned on this machine from {base.title}.",
        trained_on=f"{base.trained_on} Then on a text of a visitor's.",
        origin=HubRepository(name),
    )
