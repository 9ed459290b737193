"""What the panel Directions shows: sliders with a line about each direction, how it was found, the matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playground.images.model_menu import image_model_facts
from playground.latent import entanglement
from playground.latent.directions import Direction, Directions
from playground.latent.gan_samples import classifier_accuracy

_TELLS = (
    "Strength 1 is the whole step. **Tells … apart**: how many of 2,000 unseen pictures a straight cut across that "
    "step tells right (the mean over those with and without the word, so guessing is 50 %), its 95 % "
    "interval, then the same "
)
_OF_VAE = (
    "The encoder places 10,000 training pictures. **From labels**: the step from the mean place of the pictures "
    f"without a word to the mean place of those with it. {_TELLS}for the best straight cut (Fisher's discriminant). "
    "What reads a label best is not what moves it best: the best cut may hang on tiny details that change no picture "
    "much. **Principal components**: the directions in which the places vary most; strength 1 is one standard "
    "deviation. After the attribute vectors of Larsen et al. 2016, arXiv:1512.09300."
)
_COMPONENTS_OF_GAN = (
    "**Principal components**: z is drawn from N(0, I), alike in every direction, so z has none of its own. GANSpace "
    "(Härkönen et al. 2020, arXiv:2004.02546) takes those of an early layer of the net, here the first after z, over "
    "2,000 pairs of draws that are told the same, and finds by regression which direction of z goes with each; *r* "
    "says how closely. Strength 1 is one standard deviation of z."
)
_WORDS_OF_GAN = (
    "A GAN has no encoder, and nobody labelled what it draws. So 12,000 seeds are drawn as Draw draws them, and the "
    "classifier reads them. **From labels**: the step from the mean input of the pictures that it reads without a "
    "word to the mean input of those with it. The input is z and, for each value that the net can be told, how much "
    f"there is of it. {_TELLS}from z alone. z's part of a step stays only where it is more than chance. "
)


def levers(found: Directions) -> list[dict[str, Any]]:
    """A slider for each component and for each label, whose words share one."""
    made: dict[str, dict[str, Any]] = {}
    for one in found.by_key.values():
        name = one.key if one.group == "component" else one.group
        title = one.title if one.group == "component" else one.group.capitalize()
        lever = made.setdefault(name, {"group": one.group, "title": title, "choices": []})
        lever["choices"].append({"key": one.key, "word": one.title.partition(": ")[2], "caption": caption(one)})
    return list(made.values())


def caption(one: Direction) -> str:
    """A line about a direction, with its own numbers."""
    if one.correlation is not None:
        return f"{one.share:.1%} of the first layer's variance; z goes with it, r = {one.correlation:.2f}"
    if one.accuracy is None or one.best is None:
        return f"{one.share:.1%} of all variance"
    tells = f"Tells {one.accuracy.value:.0%} apart ({one.accuracy.low:.0%} to {one.accuracy.high:.0%})"
    if one.z_alone is None:
        return f"{tells}; the best straight cut {one.best:.0%}"
    guess = ", no better than guessing" if one.z_alone.low <= 0.5 else ""
    return f"{tells}; z alone {one.z_alone.value:.0%}{guess}"


def about(found: Directions) -> str:
    """What is particular about this model's directions, in Markdown with its own numbers; "" for a VAE."""
    facts = image_model_facts(found.model)
    if facts.kind != "gan":
        return ""
    if not found.values:
        told = "its eyes' colour is told to it, on the left" if facts.attributes else "it is told nothing"
        return (
            f"**{facts.title} has components only.** No classifier here reads its pictures, so no word has a direction "
            f"and nothing is counted below; {told}. What a component changes, your eye must say."
        )
    right = classifier_accuracy(found.dataset)
    lowest = min(right, key=lambda name: right[name])
    how_right = f"{sum(right.values()) / len(right):.0%} of the time on real, unseen pictures"
    if len(right) > 1:
        how_right += f" (least for {lowest}, {right[lowest]:.0%})"
    if not facts.attributes:
        return (
            "**This GAN is told nothing: all that its pictures show, it takes from z.** The labels are the "
            f"classifier's; it is right {how_right}."
        )
    alone = [one.z_alone for one in found.by_key.values() if one.z_alone is not None]
    better = sum(one.low > 0.5 for one in alone)
    return (
        f"**This GAN is told what to draw, and z holds only what that leaves open.** Of {len(alone)} words z alone "
        f"tells {better} better than guessing (chance would give about {0.025 * len(alone):.0f}). So a word's slider "
        "moves the whole input: what the net is told, and z where it matters. The labels are the classifier's; it is "
        f"right {how_right}."
    )


def explanation(found: Directions) -> str:
    """How the directions are found, in Markdown."""
    if image_model_facts(found.model).kind != "gan":
        return _OF_VAE
    return (_WORDS_OF_GAN if found.values else "") + _COMPONENTS_OF_GAN


def first_keys(found: Directions) -> list[str]:
    """The directions of the table at first: the first word of every label, and three components."""
    labels = [lever["choices"][0]["key"] for lever in levers(found) if lever["group"] != "component"]
    if len(labels) == 1:
        labels = [key for key, one in found.by_key.items() if one.group != "component"]
    return [*labels, *[key for key in found.by_key if key.startswith("pc")][:3]]


def no_matrix() -> dict[str, Any]:
    """In place of the table, where no classifier reads the pictures."""
    words = "No classifier here reads these pictures: what else moves, your eye must say."
    return {"columns": [], "rows": [], "corner": "", "words": words}


def matrix_value(found: Directions, keys: Sequence[str], strength: float, condition: str) -> dict[str, Any]:
    """A value for the matrix view, counted now. Raises PlaygroundError where no classifier reads the pictures."""
    made = entanglement.measure_entanglement(found, keys, strength, condition)
    rows = []
    for r, key in enumerate(made.keys):
        cells = []
        for c, column in enumerate(made.columns):
            share = made.shares[r][c]
            was = f"; {made.before[r, c]:.0%} before the move" if made.before is not None else ""
            words = f"{column}: {share.value:.0%}, 95 % interval {share.low:.0%} to {share.high:.0%}{was}"
            cells.append({"share": share.value, "words": words})
        rows.append({"title": found.direction(key).title, "own": made.intended[r], "cells": cells})
    what = "as this word" if made.before is not None else "otherwise than before"
    drawn = ", drawn of anything," if image_model_facts(found.model).kind == "gan" else ""
    return {
        "columns": list(made.columns),
        "rows": rows,
        "corner": f"Moved by {strength:g} ↓",
        "words": (
            f"How many of {made.pictures} unseen pictures{drawn} the classifier reads {what}, once they are moved by "
            f"{strength:g}. The framed cell is what the row is meant to change; all else in the row came along: "
            "that is entanglement. A word's row starts from pictures without the word."
        ),
    }
