"""The numbers of a training in the words of the page: the titles of their curves."""

from __future__ import annotations

from collections.abc import Collection

from playground.core.catalogue import say, sentences

#: A number that only one kind of training has -> that kind, whose titles are in the catalogue.
_SIGNS = {
    "js": "toy_2d", "told_apart": "gan", "bits": "vae", "v": "diffusion", "held-out": "language",
    "train_nats_per_token": "lora",
}  # fmt: skip


def number_words(name: str, names: Collection[str]) -> str:
    """A number's title, or its name if it has none. names: of all numbers of the training."""
    kind = next((kind for sign, kind in _SIGNS.items() if sign in names), "")
    key = f"train.curves.{kind}.{name.replace('-', '_')}"
    return say(f"train.curves.{kind}.{name.replace('-', '_')}") if key in sentences() else name.replace("_", " ")
