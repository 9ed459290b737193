"""All models by name: the zoo's, the bundled ones, and those fetched from the Hub or trained here."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.paths import models_dir
from playground.zoo import fetch, model_files
from playground.zoo.bundled_models import bundled_cards, user_text_card
from playground.zoo.cards import TEXT, HubRepository, ModelCard, models
from playground.zoo.hub_client import LOCAL, local_path

_HUB = "https://huggingface.co/"
#: In order of preference on a CPU.
DECODERS = ("fast", "open")


def decoders_of(name: str) -> tuple[str, ...]:
    """The decoders of a model on this machine, preferred first. A model that is not here yet has only "open"."""
    fast = fetch.folder_of(card_of(name)) / "fast"
    return DECODERS if model_files.is_complete(fast, model_files.FAST_RECORD) else ("open",)


def text_models() -> dict[str, ModelCard]:
    """Language models that need no decision to fetch: the zoo's, the bundled ones, and fetched or trained ones."""
    return models_of_kind(TEXT)


def models_of_kind(kind: str) -> dict[str, ModelCard]:
    """Models of a kind that need no decision to fetch, by name."""
    fetched = sorted((models_dir() / "hub").glob("[!.]*--*/" + model_files.MODEL_RECORD))
    names = [model_files.read_record(path.parent).get("name", "") for path in fetched]
    cards = models() | bundled_cards() | {name: _hub_card(name) for name in names if "/" in name and _has_source(name)}
    return {name: card for name, card in cards.items() if card.kind == kind}


def _has_source(name: str) -> bool:
    """False for a local model whose folder was removed."""
    return not name.startswith(LOCAL) or local_path(name).exists()


def card_of(name: str, kind: str = "") -> ModelCard:
    """The card of a model by its name or Hub id. Raises PlaygroundError, with the known names, for any other.

    kind: of the models that the error names; "" for all.
    """
    here = models() | bundled_cards()
    if name in here:
        return here[name]
    if "/" in name:
        return _hub_card(name)
    names = list(models_of_kind(kind) if kind else models() | text_models())
    near = difflib.get_close_matches(name.lower()[:200], names, n=1, cutoff=0.4)
    wrong, known = name[:80], ", ".join(names)
    if near:
        raise PlaygroundError(say("models.names.no_model_did_you_mean", name=wrong, near=near[0], names=known))
    raise PlaygroundError(say("models.names.no_model", name=wrong, names=known))


def hub_id_of(name: str) -> str:
    """The Hub id of a language model, by which other programs find it: that of its card's source, or its own name."""
    card = text_models().get(name)
    _, found, address = card.source_url.partition(_HUB) if card is not None else ("", "", "")
    return address if found and address.count("/") == 1 else name


def base_of_adapter(base: str) -> str:
    """The language model here that an adapter's file calls its base, by its name or its Hub id; "" if there is none."""
    here = list(text_models())
    return base if base in here else next((name for name in here if hub_id_of(name) == base), "")


def _hub_card(repo_id: str) -> ModelCard:
    """A card for a Hub model: from its record if it was fetched, else from its id."""
    record = model_files.read_record(fetch.hub_folder(repo_id))
    if record.get("tuned_from"):
        return _tuned_card(repo_id, record)
    if record.get("trained_here"):
        return user_text_card(record, HubRepository(repo_id))
    if repo_id.startswith(LOCAL):
        return _local_card(repo_id, record)
    address, _, revision = repo_id.partition("@")
    url = f"https://huggingface.co/{address}" + (f"/tree/{revision}" if revision else "")
    return ModelCard(
        name=repo_id,
        title=repo_id,
        kind=str(record.get("kind") or TEXT),
        licence=record.get("licence") or say("models.card.hub_licence"),
        licence_url=url,
        size_bytes=record.get("weights_bytes") or record.get("files", {}).get(model_files.WEIGHTS, {}).get("bytes", 0),
        parameters=record.get("parameters", 0),
        source=say("models.card.hub_source", id=repo_id),
        source_url=url,
        trained_on=say("models.card.hub_data"),
        notes=say("models.card.adapter", base=record["adapter_of"]) if "adapter_of" in record else "",
        origin=HubRepository(repo_id),
    )


def _local_card(name: str, record: dict[str, Any]) -> ModelCard:
    """A card for a model that somebody put into the models' folder."""
    notes = [say("models.card.adapter", base=record["adapter_of"])] if "adapter_of" in record else []
    notes += [say("models.card.gguf", file=record["converted_from"])] if "converted_from" in record else []
    return ModelCard(
        name=name,
        title=name,
        kind=str(record.get("kind") or TEXT),
        licence="",
        licence_url="",
        size_bytes=record.get("weights_bytes") or record.get("files", {}).get(model_files.WEIGHTS, {}).get("bytes", 0),
        parameters=record.get("parameters", 0),
        source=say("models.card.local_source", folder=local_path(name)),
        source_url="",
        trained_on=say("models.card.local_data"),
        notes=" ".join(notes),
        origin=HubRepository(name),
    )


def _tuned_card(name: str, record: dict[str, Any]) -> ModelCard:
    """A card for a model that was fine-tuned here: its base's, with its own name and weights."""
    base = card_of(str(record["tuned_from"]))
    return replace(
        base,
        name=name,
        title=name,
        size_bytes=record.get("files", {}).get(model_files.WEIGHTS, {}).get("bytes", 0),
        source=say("models.card.tuned_source", title=base.title),
        trained_on=say("models.card.tuned_data", data=base.trained_on),
        origin=HubRepository(name),
    )
