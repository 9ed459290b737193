"""Export a trainer's weights, bit for bit, to the model menus of all tabs, with a record of their training.

An image model becomes NAME.safetensors with NAME.json, for zoo/image_models.py; a language model becomes a folder for
transformers. Of the training data only the vocabulary is exported, in the tokenizer.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors, file_lock, sha256_of
from playground.core.paths import models_dir
from playground.training import diffusion, train_austen
from playground.training.image_trainer import ImageTrainer
from playground.training.language import LanguageTrainer
from playground.zoo import fetch, model_files, user_models

#: A visitor's own data -> its title in a model's title.
_OWN_DATA = {"folder": "train.runs.record.visitor_pictures", "pasted": "train.runs.record.visitor_text"}


def data_title(dataset: str) -> str:
    """The data in a model's title: its name, or words for a visitor's own."""
    return say(_OWN_DATA[dataset]) if dataset in _OWN_DATA else dataset


@dataclasses.dataclass(frozen=True)
class ModelOrigin:
    """The run of a model. name: the run's.  title: in the menu.  seconds, cpu_seconds: of training."""

    name: str
    title: str
    family: str
    dataset: str
    seed: int
    seconds: float
    cpu_seconds: float


def export_images(trainer: ImageTrainer, origin: ModelOrigin, owner: str) -> str:
    """Add an image model to the menus. Returns its name, which contains a part of the weights' sha256.

    owner: token of the browser that may remove it. Raises PlaygroundError for NaN or infinite weights, if the owner has
    too many models, and if the disk is full.
    """
    weights = finite_weights(_fill_any_rows(trainer.weights(), trainer), origin.name)
    folder = user_models.pictures_dir()
    with explain_disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{os.getpid()}-{id(trainer)}"
        try:
            save_file(weights, unfinished)
            sha256 = sha256_of(unfinished)
            name = (
                f"{user_models.PICTURES}{origin.family}-{origin.dataset}-{user_models.slug(origin.name)}-{sha256[:8]}"
            )
            if (folder / f"{name}.json").exists():
                return name
            facts = _image_facts(trainer, origin, weights) | {"name": name, "sha256": sha256}
            with user_models.menu_lock():
                user_models.check_room(owner, unfinished.stat().st_size)
                user_models.record_owner(name, origin.title, owner)
                unfinished.replace(folder / f"{name}.safetensors")
                _write_json(folder / f"{name}.json", facts)
        finally:
            unfinished.unlink(missing_ok=True)
    return name


def finite_weights(weights: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """Copies of the weights for a file. Raises PlaygroundError if one is NaN or infinite."""
    if not all(bool(torch.isfinite(tensor).all()) for tensor in weights.values()):
        raise PlaygroundError(say("train.runs.models.not_finite", name=name))
    return {key: tensor.detach().contiguous().clone() for key, tensor in weights.items()}


def _fill_any_rows(weights: dict[str, Tensor], trainer: ImageTrainer) -> dict[str, Tensor]:
    """The weights with each embedding of "any" set to the mean over the values, weighted by their frequencies.

    The image trainers never drop conditions, so that row is untrained. A net without conditions has one value only.
    """
    shares = [torch.tensor(some) for some in trainer.data.shares().values()]
    filled = dict(weights)
    for name, tensor in weights.items():
        if ".tables." not in name:
            continue
        share = shares[int(name.split(".tables.")[1].split(".")[0])]
        filled[name] = tensor.clone()
        filled[name][-1] = (share / share.sum()) @ tensor[:-1].float()
    return filled


def _image_facts(trainer: ImageTrainer, origin: ModelOrigin, weights: Mapping[str, Tensor]) -> dict[str, Any]:
    """The record in NAME.json, without name and sha256."""
    data, is_conditional = trainer.data, bool(trainer.settings["labels"])
    config = dataclasses.asdict(trainer.state.config) | {"dataset": origin.dataset}
    if origin.family == "vae":
        config["components"] = len(weights["mixture.log_weights"])
    net = {"gan": "generator.", "vae": "vae.", "diffusion": "denoiser."}[origin.family]
    condition = ("conditional" if is_conditional else "unconditional") + "_diffusion" * (origin.family == "diffusion")
    notes = [
        say("train.runs.record.steps", count=trainer.step), say(f"train.runs.record.{origin.family}"),
        say(f"train.runs.record.{condition}", label=next(iter(data.values))),
    ]  # fmt: skip
    facts = {
        "title": origin.title,
        "kind": origin.family,
        "dataset": origin.dataset,
        "licence": {"avatars": "CC0-1.0", "fashion": "Apache-2.0"}.get(
            origin.dataset, say("train.runs.record.visitor_licence")
        ),
        "trained_on": _trained_on(trainer, origin),
        "notes": " ".join(notes),
        "sizes": list(data.sizes()),
        "shares": data.shares() if is_conditional else {},
        "channels": data.images.shape[3],
        "side": data.images.shape[1],
        "parameters": sum(tensor.numel() for name, tensor in weights.items() if name.startswith(net)),
        "config": config,
        "settings": trainer.settings,
        "seed": origin.seed,
        "step": trainer.step,
        "seen": trainer.seen,
        "seconds": round(origin.seconds, 1),
        "cpu_seconds": round(origin.cpu_seconds, 1),
        "quality": {},
    }
    return facts | ({"schedule": diffusion.SCHEDULE} if origin.family == "diffusion" else {})


def _trained_on(trainer: ImageTrainer, origin: ModelOrigin) -> str:
    """A sentence on the data, with its deliberate corruptions."""
    count = len(trainer.data.train_rows())
    if origin.dataset == "folder":
        return say("train.runs.record.trained_on_own", count=count)
    settings = {name: trainer.settings[name] for name in ("wrong_labels", "grey_noise", "missing")}
    faults = ", ".join(say(f"train.runs.record.{name}", share=share) for name, share in settings.items() if share)
    key = "train.runs.record.trained_on_corrupted" if faults else "train.runs.record.trained_on"
    return say(key, count=count, data=trainer.data.title, licence=trainer.data.licence, faults=faults)


def export_language(trainer: LanguageTrainer, origin: ModelOrigin, owner: str) -> str:
    """Add a language model to the menus, in float32. Returns its name. Raises as export_images does."""
    weights = finite_weights(trainer.weights(), origin.name)
    size = sum(tensor.numel() * tensor.element_size() for tensor in weights.values())
    unnamed = models_dir() / "hub" / f".own-{os.getpid()}-{id(trainer)}"
    with explain_disk_errors(unnamed):
        try:
            unnamed.mkdir(parents=True)
            save_file(weights, unnamed / model_files.WEIGHTS, metadata={"format": "pt"})
            sha256 = sha256_of(unnamed / model_files.WEIGHTS)
            name = f"{user_models.TEXT}{origin.dataset}-{user_models.slug(origin.name)}-{sha256[:8]}"
            folder = fetch.hub_folder(name)
            if model_files.is_complete(folder):
                return name
            _write_language_files(unnamed, trainer, origin, name)
            with user_models.menu_lock(), file_lock(folder):
                user_models.check_room(owner, size)
                user_models.record_owner(name, origin.title, owner)
                model_files.replace_folder(unnamed, folder)
        finally:
            shutil.rmtree(unnamed, ignore_errors=True)
    return name


def _write_language_files(folder: Path, trainer: LanguageTrainer, origin: ModelOrigin, name: str) -> None:
    """Write the files beside the weights: config, tokenizer, record."""
    train_austen.write_tokenizer(folder, trainer)
    config = trainer.net.config.to_dict() | {"dtype": "float32", "architectures": ["LlamaForCausalLM"]}
    (folder / "config.json").write_text(json.dumps(config, indent=1, default=str), "utf-8")
    corpus, pasted = trainer.text.corpus, origin.dataset == "pasted"
    bits, best = trainer.held_out(), min(trainer.text.baselines)
    measured = say(f"train.runs.record.language_{'bits' if math.isfinite(bits) else 'unknown'}", bits=bits)
    notes = say(
        "train.runs.record.language", steps=trainer.step, measured=measured, counting=best,
        context=trainer.settings["context"],
    )  # fmt: skip
    model_files.write_record(folder, model_files.MODEL_RECORD, {
        "name": name,
        "title": origin.title,
        "trained_here": True,
        "licence": say("train.runs.record.visitor_licence") if pasted else "CC0-1.0",
        "parameters": sum(weight.numel() for weight in trainer.net.parameters()),
        "config": trainer.settings,
        "seed": origin.seed,
        "step": trainer.step,
        "seen": trainer.seen,
        "seconds": round(origin.seconds, 1),
        "data": {
            "name": corpus.name, "title": say("train.runs.record.pasted_text") if pasted else corpus.title,
            "licence": corpus.licence, "sha256": "" if pasted else corpus.sha256,
        },
        "versions": {library: version(library) for library in ("torch", "transformers")},
        "quality": {"held_out_bits_per_character": bits, "baselines": list(trainer.text.baselines)},
        "notes": notes,
    })  # fmt: skip


def _write_json(path: Path, facts: Mapping[str, Any]) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8")
    unfinished.replace(path)
