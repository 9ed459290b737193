"""Publish a snapshot of a training: NAME.safetensors and NAME.json, its record, in the weights' folder."""

from __future__ import annotations

import json
import os
import platform
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors, sha256_of
from playground.core.paths import WEIGHTS, models_dir
from playground.data import registry
from playground.data.dataset import Dataset
from playground.training import diffusion, evaluate
from playground.zoo import image_models
from playground.zoo.image_models import ImageModel

_FAMILIES = {"gan": "GAN", "vae": "VAE", "diffusion": "Diffusion", "classifier": "Classifier"}
#: Notes and methods of the published records in assets/weights, which are model cards: not in the catalogue.
_NOTES = {
    "gan": "One pass from noise to picture. The discriminator comes along for its scores.",
    "vae": "Draws are the means of the pixels' distributions, so they are smoother than real pictures.",
    "diffusion": "Predicts v; any scheduler that is made with the schedule in its JSON can drive it.",
    "classifier": "Saw real pictures only; judges whether generated ones show what was asked for.",
}
_METHOD = {
    "classifier": "accuracy: share of right answers on all held-out pictures, mean over the attributes.",
    "gan": "",
    "vae": " elbo: on 2,000 held-out pictures with their conditions, one draw each; psnr: of their reconstructions.",
    "diffusion": " Sampled by 20 steps of DPM-Solver++ with guidance 2.",
}
#: For a net without conditions.
_UNCONDITIONAL = (
    "near_copies: share of 500 drawn pictures nearer to a training picture than all but 1 % of held-out pictures are. "
    "elbo: on 2,000 held-out pictures, one draw each; psnr: of their reconstructions."
)
_GENERATED = (
    "condition_match: share of attributes that the classifier finds as asked, for the conditions of random held-out "
    "pictures; near_copies: share nearer to a training picture than all but 1 % of held-out pictures are."
)


def publish_snapshot(name: str, step: int, out: Path) -> None:
    """Copy a snapshot, write its record, measure its quality. Raises PlaygroundError if there is no such snapshot."""
    snapshot = models_dir() / "training" / name / f"step-{step:07d}.safetensors"
    try:
        snapshot_facts = json.loads(snapshot.with_suffix(".json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        kept = sorted(int(path.stem.split("-")[1]) for path in snapshot.parent.glob("step-*.safetensors"))
        steps = ", ".join(map(str, kept))
        key = "train.terminal.no_snapshot" if kept else "train.terminal.no_snapshots"
        raise PlaygroundError(say(key, name=name, step=step, steps=steps)) from error
    with explain_disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        unfinished = out / f".{name}.{os.getpid()}"
        shutil.copyfile(snapshot, unfinished)
        facts = _facts(snapshot_facts, registry.load(snapshot_facts["config"]["dataset"]), sha256_of(unfinished))
        unfinished.replace(out / f"{name}.safetensors")
        _write_json(out / f"{name}.json", facts)
    write_quality(name, out)


def write_quality(name: str, out: Path) -> None:
    """Measure published weights, and write "parameters" and "quality" into their record."""
    model = image_models.load_image_model(name, out)
    dataset = registry.load(model.card.dataset)
    kind = model.card.kind
    method = _METHOD[kind] if kind == "classifier" else _GENERATED + _METHOD[kind]
    if model.card.facts["config"].get("forget_all", 0.0) >= 1:
        method = _UNCONDITIONAL
    numbers = evaluate.measure_quality(model, _classifier(dataset, out), dataset)
    parameters = sum(weight.numel() for weight in model.net.parameters())
    facts = {**model.card.facts, "parameters": parameters, "quality": {**numbers, "method": method}}
    _write_json(out / f"{name}.json", facts)
    print(json.dumps(facts["quality"], indent=1))


def _classifier(dataset: Dataset, out: Path) -> ImageModel | None:
    name = f"classifier-{dataset.name}"
    for folder in (out, WEIGHTS):
        if name in image_models.image_model_cards(folder):
            return image_models.load_image_model(name, folder)
    return None


def _facts(snapshot_facts: dict[str, Any], dataset: Dataset, sha256: str) -> dict[str, Any]:
    """The record without parameters and quality. snapshot_facts: the JSON beside the snapshot's weights."""
    name, config = snapshot_facts["name"], snapshot_facts["config"]
    kind = name.split("-")[0]
    facts = {
        "name": name,
        "title": f"{_FAMILIES[kind]}, {dataset.name}",
        "kind": kind,
        "dataset": dataset.name,
        "licence": "CC0-1.0" if dataset.licence == "CC0-1.0" else "Apache-2.0",
        "trained_on": f"{len(dataset.train_rows()):,} pictures of {dataset.title} ({dataset.licence}).",
        "notes": _NOTES[kind],
        "sizes": list(dataset.sizes()),
        "shares": dataset.shares(),
        "channels": dataset.images.shape[3],
        "side": dataset.images.shape[1],
        "parameters": 0,
        "config": config,
        "command": f"python -m playground.train {name} --steps {config['steps']} --seed {snapshot_facts['seed']}",
        "seed": snapshot_facts["seed"],
        "step": snapshot_facts["step"],
        "seen": snapshot_facts["step"] * config["batch"],
        "seconds": round(snapshot_facts["seconds"]),
        "cpu_seconds": round(snapshot_facts["cpu_seconds"]),
        "machine": _machine(),
        "data": {"sha256": dataset.sha256(), "licence": dataset.licence, "origin": dataset.origin},
        "sha256": sha256,
        "quality": {},
    }
    if snapshot_facts.get("continued"):
        facts["continued"] = snapshot_facts["continued"]  # earlier --steps, each until a step
    return facts | ({"schedule": diffusion.SCHEDULE} if kind == "diffusion" else {})


def _machine() -> dict[str, Any]:
    """The machine that the times were measured on."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), name)
    except OSError:
        pass
    return {"processor": name, "cores": hardware.cores(), "threads": 1, "torch": version("torch")}


def _write_json(path: Path, facts: dict[str, Any]) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8")
    unfinished.replace(path)
