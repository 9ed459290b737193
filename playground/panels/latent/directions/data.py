"""What the panel Directions shows: sliders with a line about each direction, their method, and the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playground.core.catalogue import say
from playground.images.model_menu import image_model_facts
from playground.latent import entanglement
from playground.latent.directions import Direction, Directions
from playground.latent.gan_samples import classifier_accuracy


def levers(directions: Directions) -> list[dict[str, Any]]:
    """A slider for each component and for each label, whose words share one."""
    by_name: dict[str, dict[str, Any]] = {}
    for direction in directions.by_key.values():
        is_component = direction.group == "component"
        name = direction.key if is_component else direction.group
        title = direction.title if is_component else direction.group.capitalize()
        lever = by_name.setdefault(name, {"group": direction.group, "title": title, "choices": []})
        word = direction.title.partition(": ")[2]
        lever["choices"].append({"key": direction.key, "word": word, "caption": caption(direction)})
    return list(by_name.values())


def remark(directions: Directions, moves: Mapping[str, float], labels: Mapping[str, tuple[str, str]]) -> str:
    """What changed besides what was moved; "" without a move or a classifier.

    labels: attribute -> (word before, word after).
    """
    moved = list(dict.fromkeys(directions.direction(key).group for key in moves))
    changed = [name for name, (before, after) in labels.items() if before != after]
    if not moved or not labels:
        return ""
    if not changed:
        return say("latent.directions.remark.nothing")
    names = {"changed": ", ".join(changed), "moved": ", ".join(name for name in moved if name != "component")}
    if not names["moved"]:
        return say("latent.directions.remark.component", **names)
    beside = [name for name in changed if name not in moved]
    if not beside:
        return say("latent.directions.remark.alone", **names)
    key = "instead" if len(beside) == len(changed) else "beside"
    return say(f"latent.directions.remark.{key}", moved=names["moved"], beside=", ".join(beside))


def caption(direction: Direction) -> str:
    """A line about a direction, with its own numbers."""
    if direction.correlation is not None:
        values = {"share": direction.share, "correlation": direction.correlation}
        return say("latent.directions.variance_gan", **values)
    accuracy, z_alone = direction.accuracy, direction.z_alone
    if accuracy is None:
        return say("latent.directions.variance", share=direction.share)
    interval = {"value": accuracy.value, "low": accuracy.low, "high": accuracy.high}
    if z_alone is None and direction.best is not None:
        return say("latent.directions.accuracy", **interval, best=direction.best)
    assert z_alone is not None
    sentence = "latent.directions.accuracy_chance" if z_alone.low <= 0.5 else "latent.directions.accuracy_gan"
    return say(sentence, **interval, alone=z_alone.value)


def about(directions: Directions) -> str:
    """What is particular about a GAN's directions, in Markdown with its own numbers; "" for a VAE."""
    facts = image_model_facts(directions.model)
    if facts.kind != "gan":
        return ""
    if not directions.values:
        with_condition, without = "latent.directions.about_components_condition", "latent.directions.about_components"
        return say(with_condition if facts.attributes else without, model=facts.title)
    accuracy = _accuracy_sentence(directions.dataset)
    if not facts.attributes:
        return say("latent.directions.about_unconditional", accuracy=accuracy)
    alone = [one.z_alone for one in directions.by_key.values() if one.z_alone is not None]
    counts = {"better": sum(one.low > 0.5 for one in alone), "count": len(alone), "chance": 0.025 * len(alone)}
    return say("latent.directions.about_conditional", **counts, accuracy=accuracy)


def _accuracy_sentence(dataset: str) -> str:
    accuracy = classifier_accuracy(dataset)
    mean = sum(accuracy.values()) / len(accuracy)
    if len(accuracy) == 1:
        return say("latent.directions.classifier_accuracy", mean=mean)
    worst = min(accuracy, key=lambda name: accuracy[name])
    return say("latent.directions.classifier_accuracies", mean=mean, worst=worst, lowest=accuracy[worst])


def explanation(directions: Directions) -> str:
    """How the directions are found, in Markdown."""
    if image_model_facts(directions.model).kind != "gan":
        names = ["vae_labels", "accuracy", "vae"]
    elif directions.values:
        names = ["gan_labels", "accuracy", "gan", "gan_components"]
    else:
        names = ["gan_components"]
    return method_sentences(*names)


def method_sentences(*names: str) -> str:
    """Sentences of the method, in Markdown. names: in the catalogue."""
    return " ".join(say(f"latent.directions.method.{name}") for name in names)


def first_keys(directions: Directions) -> list[str]:
    """The directions in the table at first: the first word of every label, and three components."""
    labels = [lever["choices"][0]["key"] for lever in levers(directions) if lever["group"] != "component"]
    if len(labels) == 1:
        labels = [key for key, direction in directions.by_key.items() if direction.group != "component"]
    return [*labels, *[key for key in directions.by_key if key.startswith("pc")][:3]]


def no_matrix() -> dict[str, Any]:
    """In place of the table, if no classifier reads the pictures."""
    return {"columns": [], "rows": [], "corner": "", "words": say("latent.directions.by_eye")}


def matrix_value(directions: Directions, keys: Sequence[str], strength: float, condition: str) -> dict[str, Any]:
    """A value for the table's view, counted now. Raises PlaygroundError if no classifier reads the pictures."""
    result = entanglement.measure_entanglement(directions, keys, strength, condition)
    rows = []
    for r, key in enumerate(result.keys):
        cells = []
        for c, column in enumerate(result.columns):
            share = result.shares[r][c]
            values = {"column": column, "share": share.value, "low": share.low, "high": share.high}
            if result.before is None:
                words = say("latent.directions.cell", **values)
            else:
                words = say("latent.directions.cell_word", **values, before=result.before[r, c])
            cells.append({"share": share.value, "words": words})
        rows.append({"title": directions.direction(key).title, "own": result.intended[r], "cells": cells})
    sentence = "latent.directions.table_changed" if result.before is None else "latent.directions.table_word"
    sentences = [say(sentence, pictures=result.pictures, strength=strength)]
    if image_model_facts(directions.model).kind == "gan":
        sentences.append(say("latent.directions.table_drawn"))
    return {
        "columns": list(result.columns),
        "rows": rows,
        "corner": say("latent.directions.corner", strength=strength),
        "words": " ".join([*sentences, say("latent.directions.table_meaning")]),
    }
