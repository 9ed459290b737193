"""Language models trained here and bundled: a folder of assets/text each, with its record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playground.core.catalogue import say
from playground.core.paths import ASSETS
from playground.zoo import model_files
from playground.zoo.cards import TEXT, Bundled, HubRepository, ModelCard


def bundled_cards() -> dict[str, ModelCard]:
    """Every bundled language model, by name, the least trained first."""
    records = {}
    for path in (ASSETS / "text").glob(f"*/{model_files.MODEL_RECORD}"):
        record = model_files.read_record(path.parent)
        if record.get("name") == path.parent.name:
            records[record["name"]] = record
    return {name: _card(record) for name, record in sorted(records.items(), key=lambda item: item[1].get("step", 0))}


def folder_of(origin: Bundled) -> Path:
    """The folder of a bundled model."""
    return ASSETS / origin.folder


def user_text_card(record: dict[str, Any], origin: HubRepository) -> ModelCard:
    """The card of a language model that a visitor trained on the page, from its record."""
    data = record["data"]
    licence = data["licence"] or say("models.card.visitor_licence")
    return ModelCard(
        name=record["name"],
        title=record["name"],
        kind=TEXT,
        licence=record["licence"] or say("models.card.visitor_weights_licence"),
        licence_url="",
        size_bytes=record["files"][model_files.WEIGHTS]["bytes"],
        parameters=record["parameters"],
        source=say("models.card.visitor_source", title=record["title"]),
        source_url="",
        trained_on=say("models.card.visitor_data", title=data["title"], licence=licence, tokens=record["seen"]),
        notes=record["notes"],
        origin=origin,
        weights_sha256=record["sha256"],
    )


def _card(record: dict[str, Any]) -> ModelCard:
    data, quality = record["data"], record["quality"]
    bits, best = quality["held_out_bits_per_character"], min(quality["baselines"])
    return ModelCard(
        name=record["name"],
        title=say("models.card.austen_title", stage=record["stage"]),
        kind=TEXT,
        licence=record["licence"],
        licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
        size_bytes=record["files"][model_files.WEIGHTS]["bytes"],
        parameters=record["parameters"],
        source=say("models.card.austen_source", command=record["command"], step=record["step"]),
        source_url="https://github.com/juliasilge/janeaustenr",
        trained_on=say(
            "models.card.austen_data",
            title=data["title"],
            licence=data["licence"],
            held_out=data["held_out"],
            tokens=record["seen"],
        ),
        notes=say("models.card.austen_notes", bits=bits, best=best, context=record["config"]["context"]),
        origin=Bundled(f"text/{record['name']}"),
        weights_sha256=record["sha256"],
    )
