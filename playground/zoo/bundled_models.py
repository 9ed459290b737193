"""Language models trained here that are part of the repository: a folder of assets/text each, with its record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playground.core.paths import ASSETS
from playground.zoo import model_files
from playground.zoo.cards import TEXT, Bundled, HubRepository, ModelCard


def bundled_cards() -> dict[str, ModelCard]:
    """Every such model, by name, the least trained first."""
    found = {}
    for path in (ASSETS / "text").glob(f"*/{model_files.MODEL_RECORD}"):
        record = model_files.read_record(path.parent)
        if record.get("name") == path.parent.name:
            found[record["name"]] = record
    return {name: _card(record) for name, record in sorted(found.items(), key=lambda item: item[1].get("step", 0))}


def folder_of(origin: Bundled) -> Path:
    """The folder of a bundled model."""
    return ASSETS / origin.folder


def user_text_card(record: dict[str, Any], origin: HubRepository) -> ModelCard:
    """The card of a language model that a visitor trained on the page, from its record."""
    data = record["data"]
    known = data["licence"] or "the visitor's own"
    return ModelCard(
        name=record["name"],
        title=record["name"],
        kind=TEXT,
        licence=record["licence"] or "see the text's own",
        licence_url="",
        size_bytes=record["files"][model_files.WEIGHTS]["bytes"],
        parameters=record["parameters"],
        source=f"A visitor trained it on this page: {record['title']}.",
        source_url="",
        trained_on=f"{data['title']} ({known}): {record['seen']:,} tokens read, repeats counted.",
        notes=record["notes"],
        origin=origin,
        weights_sha256=record["sha256"],
    )


def _card(record: dict[str, Any]) -> ModelCard:
    data, quality = record["data"], record["quality"]
    bits, best = quality["held_out_bits_per_character"], min(quality["baselines"])
    return ModelCard(
        name=record["name"],
        title=f"Austen, {record['stage']} in its training",
        kind=TEXT,
        licence=record["licence"],
        licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
        size_bytes=record["files"][model_files.WEIGHTS]["bytes"],
        parameters=record["parameters"],
        source=f"Trained here: {record['command']}, step {record['step']:,}.",
        source_url="https://github.com/juliasilge/janeaustenr",
        trained_on=(
            f"{data['title']} ({data['licence']}), without {data['held_out']}: {record['seen']:,} tokens read, "
            "repeats counted."
        ),
        notes=(
            f"{bits:.2f} bits per character on the held-out text; counting five characters at a time reaches "
            f"{best:.2f}. It knows nothing but these novels and their time, class and manners among it; "
            f"at most {record['config']['context']} tokens of text."
        ),
        origin=Bundled(f"text/{record['name']}"),
        weights_sha256=record["sha256"],
    )
