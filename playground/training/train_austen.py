"""Train the bundled language models: one training on Jane Austen's novels, published at three of its steps.

python -m playground.train austen: after a kill the same command resumes from a checkpoint at most half a minute old.
With another --steps the learning rate follows the new number from there. Each model is a folder that transformers
loads, with its record in model.json: how it was trained, its quality, and the sha256 of every file.
"""

from __future__ import annotations

import json
import math
import shutil
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors
from playground.core.paths import LANGUAGE_MODELS, models_dir
from playground.data import bpe
from playground.training import checkpoints, language
from playground.training.language import LanguageTrainer
from playground.zoo import model_files

NAME = "austen"
#: Stage -> the fraction of the planned steps that it is taken at.
STAGES = {"early": 0.03, "middle": 0.2, "late": 1.0}
SETTINGS: dict[str, Any] = {
    "steps": 6000, "vocabulary": 2048, "width": 128, "layers": 4, "context": 256, "batch": 4, "rate": 3e-3,
}  # fmt: skip
OUT = LANGUAGE_MODELS
CHECKPOINT_SECONDS = 30
WINDOWS_AT_ONCE = 8


def train_austen(steps: int | None, minutes: float | None, seed: int, out: Path | None) -> None:
    """Train to the last step, or for so many minutes in all, and publish the stages. Raises PlaygroundError."""
    settings = language.read_settings(NAME, {**SETTINGS, **({} if steps is None else {"steps": steps})})
    trainer = language.open_trainer(NAME, settings, seed, Path())
    training = AustenTraining(trainer, seed)
    training.train(math.inf if minutes is None else 60 * minutes)
    publish_stages(trainer, training.folder, out or OUT)


class AustenTraining:
    """A trainer that resumes from its checkpoint on the disk, with the time it took over all processes."""

    def __init__(self, trainer: LanguageTrainer, seed: int) -> None:
        """Resume from the checkpoint, or begin. Raises PlaygroundError if the checkpoint has other settings or seed."""
        self.trainer, self.seed, self.seconds = trainer, seed, 0.0
        self.folder = models_dir() / "training" / NAME
        self.continued: list[dict[str, int]] = []
        self.folder.mkdir(parents=True, exist_ok=True)
        stored = checkpoints.resume(self.folder / "checkpoint.pt", trainer, self._check)
        if stored is None:
            return
        self.seconds, self.continued = stored["seconds"], stored["continued"]
        self._truncate_curve(trainer.step)
        before = stored[checkpoints.TRAINER]["settings"]["steps"]
        if before != trainer.settings["steps"]:
            self.continued = [*self.continued, {"steps": before, "until": trainer.step}]

    def _check(self, stored: dict[str, Any]) -> None:
        theirs, mine = ({**one, "steps": 0} for one in (stored[checkpoints.TRAINER]["settings"], self.trainer.settings))
        if theirs != mine or stored["seed"] != self.seed:
            raise PlaygroundError(say("train.terminal.other_settings", path=self.folder))

    def _truncate_curve(self, step: int) -> None:
        """Drop the curve's points after a step: a resumed training computes them again."""
        path = self.folder / "curve.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        valid = [line for line in lines if json.loads(line)[0] <= step]
        path.write_text("".join(line + "\n" for line in valid), "utf-8")

    def train(self, most_seconds: float) -> None:
        """Train to the last step or the time limit. Writes the weights of each stage at its step, "late" at the end."""
        steps = int(self.trainer.settings["steps"])
        at = {max(1, round(share * steps)): stage for stage, share in STAGES.items() if stage != "late"}
        saved = time.monotonic()
        with tqdm(total=steps, initial=self.trainer.step, unit="step", desc=NAME) as bar:
            while self.trainer.step < steps and self.seconds < most_seconds:
                start = time.perf_counter()
                numbers = self.trainer.advance()
                self.seconds += time.perf_counter() - start
                bar.update()
                bar.set_postfix({name: f"{number:.3f}" for name, number in numbers.items()}, refresh=False)
                if self.trainer.step % language.HELD_OUT_EVERY == 0:
                    self.log(numbers)
                if self.trainer.step in at:
                    self.write_stage(at[self.trainer.step])
                if time.monotonic() - saved > CHECKPOINT_SECONDS:
                    self.write_checkpoint()
                    saved = time.monotonic()
        self.write_stage("late")
        self.write_checkpoint()

    def write_checkpoint(self) -> None:
        """Write a checkpoint to resume from."""
        checkpoints.write(
            self.folder / "checkpoint.pt",
            {
                checkpoints.TRAINER: self.trainer.state_dict(),
                "seed": self.seed,
                "seconds": self.seconds,
                "continued": self.continued,
            },
        )

    def log(self, numbers: dict[str, float]) -> None:
        """Append a point of the curve that the page draws: step, seconds, train and held-out bits per character."""
        with (self.folder / "curve.jsonl").open("a", encoding="utf-8") as file:
            row = [self.trainer.step, round(self.seconds), *(round(number, 4) for number in numbers.values())]
            file.write(json.dumps(row) + "\n")

    def write_stage(self, stage: str) -> None:
        """Write a stage's weights, and a JSON of its step, times and seed."""
        checkpoints.write_weights(self.folder / f"{stage}.safetensors", self.trainer.weights())
        facts = {
            "stage": stage,
            "seed": self.seed,
            "step": self.trainer.step,
            "seen": self.trainer.seen,
            "seconds": round(self.seconds),
            "continued": self.continued,
        }
        (self.folder / f"{stage}.json").write_text(json.dumps(facts), "utf-8")


def publish_stages(trainer: LanguageTrainer, folder: Path, out: Path) -> None:
    """Publish every stage of a training as a folder out/austen-STAGE. folder: of the training."""
    path = folder / "curve.jsonl"
    curve = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    for stage in STAGES:
        record = folder / f"{stage}.json"
        if record.exists():
            facts = json.loads(record.read_text("utf-8"))
            facts["curve"] = [row for row in curve if row[0] <= facts["step"]]
            publish_stage(trainer, folder / f"{stage}.safetensors", facts, out / f"{NAME}-{stage}")


def publish_stage(trainer: LanguageTrainer, weights: Path, stage: dict[str, Any], folder: Path) -> None:
    """The folder of one model: safetensors in float16, config, tokenizer, and the record with its measured quality."""
    from safetensors.torch import load_file

    trainer.net.load_state_dict({name: tensor.float() for name, tensor in load_file(weights).items()}, strict=False)
    corpus, settings = trainer.text.corpus, trainer.settings
    numbers = measure(trainer)
    frame = trainer.frame()
    with explain_disk_errors(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copyfile(weights, folder / model_files.WEIGHTS)
        write_tokenizer(folder, trainer)
        trainer.net.config.dtype = "float16"
        trainer.net.config.architectures = ["LlamaForCausalLM"]
        (folder / "config.json").write_text(trainer.net.config.to_json_string(), "utf-8")
        facts = {
            "name": folder.name,
            "command": f"python -m playground.train {NAME} --steps {settings['steps']} --seed {stage['seed']}",
            "config": settings,
            **stage,
            "parameters": sum(weight.numel() for weight in trainer.net.parameters()),
            "licence": "CC0-1.0",
            "data": {"name": corpus.name, "title": corpus.title, "licence": corpus.licence, "origin": corpus.origin,
                     "sha256": corpus.sha256, "held_out": "the last 5 % of each novel"},
            "machine": {"cores": hardware.cores(), "threads": torch.get_num_threads(), "torch": version("torch"),
                        "transformers": version("transformers")},
            "sample": {name: frame[name] for name in ("prompt", "sample", "temperature")},
            "quality": {**numbers, "baselines": list(trainer.text.baselines), "method": METHOD},
        }  # fmt: skip
        model_files.write_record(folder, model_files.MODEL_RECORD, facts)
    print(folder.name, stage["step"], numbers)


METHOD = (
    "held_out_bits_per_character: over the whole held-out text, in windows of the context's length that overlap by "
    "half, each token counted once with at least half a window before it; train_bits_per_character: the same over a "
    "quarter as many tokens from the start of the training text. baselines: Witten-Bell character n-grams of order 1 "
    "to 5 on the same held-out text."
)


def measure(trainer: LanguageTrainer) -> dict[str, float]:
    """Bits per character of the held-out text and of a part of the training text."""
    tokens = trainer.text.held_out
    return {
        "held_out_bits_per_character": round(_bits(trainer, tokens), 4),
        "train_bits_per_character": round(_bits(trainer, trainer.text.train[: len(tokens) // 4]), 4),
    }


def _bits(trainer: LanguageTrainer, tokens: torch.Tensor) -> float:
    context = int(trainer.settings["context"])
    half, nats, characters = context // 2, 0.0, 0
    starts = range(0, len(tokens) - context - 1, half)
    with torch.no_grad():
        for first in range(0, len(starts), WINDOWS_AT_ONCE):
            some = starts[first : first + WINDOWS_AT_ONCE]
            windows = torch.stack([tokens[start : start + context + 1] for start in some]).long()
            scores = trainer.net(input_ids=windows[:, :-1], use_cache=False).logits[:, half:]
            answers = windows[:, half + 1 :]
            loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), answers.flatten(), reduction="sum")
            nats += float(loss)
            characters += int(trainer.text.characters[answers].sum())
    return nats / math.log(2) / max(1, characters)


def write_tokenizer(folder: Path, trainer: LanguageTrainer) -> None:
    """Write tokenizer.json and tokenizer_config.json."""
    (folder / "tokenizer.json").write_text(bpe.tokenizer_json(trainer.text.merges), "utf-8")
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": bpe.END,
        "bos_token": bpe.END,
        "clean_up_tokenization_spaces": False,
        "model_max_length": trainer.settings["context"],
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n", "utf-8")
