"""The tables of trainings' settings: what old links and runs count on, and that each entry can be read and shown."""

from __future__ import annotations

from typing import Any

import pytest

from playground.core.catalogue import sentences
from playground.training import image_settings, language_settings, lora_settings, toy_settings, trainer_registry

TABLES = [
    *toy_settings.FIELDS.values(), *image_settings.FIELDS.values(), language_settings.FIELDS, lora_settings.FIELDS,
]  # fmt: skip
NETS = {"loss": "non-saturating", "penalty": 1.0, "d_updates": 1, "g_updates": 1, "d_optimizer": "adam",
        "g_optimizer": "adam", "g_rate": 1e-3}  # fmt: skip
PICTURES = {"batch": 24, "width": 32, "side": 16, "pictures": 0, "labels": False, "wrong_labels": 0.0,
            "grey_noise": 0.0, "missing": 0.0}  # fmt: skip
ADAM = {"optimizer": "adam", "rate": 2e-3, "beta": 1.0}
POINTS = {"steps": 20_000, "width": 64, "brush": []}
TUNED = {"model": "smollm2-135m-instruct", "steps": 60, "rank": 8, "alpha": 16, "rate": 2e-3, "layers": "upper half",
         "look_every": 5, "patience": 3, "prompt": ""}  # fmt: skip
#: As they were before there were tables. A link leaves out what is at its default.
DEFAULTS: list[tuple[str, str, dict[str, Any]]] = [
    ("gan", "ring", {**POINTS, **NETS, "batch": 128, "d_rate": 2e-3}),
    ("vae", "ring", {**POINTS, **ADAM, "batch": 128}),
    ("diffusion", "ring", {**POINTS, "batch": 256, "optimizer": "adam", "rate": 2e-3}),
    ("gan", "avatars", {**PICTURES, **NETS, "steps": 3000, "spread": 0.05, "d_rate": 1e-3}),
    ("vae", "avatars", {**PICTURES, **ADAM, "steps": 2000}),
    ("diffusion", "avatars", {**PICTURES, "steps": 3000, "optimizer": "adamw", "rate": 2e-3}),
    ("language", "austen", {"steps": 1000, "vocabulary": 2048, "width": 192, "layers": 4, "context": 128, "batch": 8,
                            "rate": 2e-3, "optimizer": "adamw", "temperature": 0.8}),
    ("lora", "pasted", {**TUNED, "batch": 2, "length": 64}),
    ("lora", "pairs", {**TUNED, "batch": 4, "length": 96}),
]  # fmt: skip


@pytest.mark.parametrize(("family", "dataset", "defaults"), DEFAULTS)
def test_the_defaults_stay_as_they_were(family: str, dataset: str, defaults: dict[str, Any]) -> None:
    assert trainer_registry.read_settings(family, dataset, {}) == defaults


def test_every_entry_reads_its_default_examples_and_choices_and_has_its_sentences() -> None:
    for table in TABLES:
        for name, setting in table.items():
            assert setting.name == name
            for value in (setting.default, *setting.examples, *setting.choices):
                assert setting.read(value) == value
            assert all(key == "" or key in sentences() for key in (setting.label, setting.info))
            assert setting.label or not setting.hot, "what can change during a run has a control"
            assert all(setting.titles(choice) for choice in setting.choices)
