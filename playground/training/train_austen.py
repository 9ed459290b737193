"""The language models that are shipped: one training on Jane Austen's novels, kept at three of its steps.

python -m playground.train austen: killed and started again it goes on from the last half minute. With another --steps
the learning rate falls by that from there on. Each model is a folder that transformers loads, with model.json beside:
how it was made, what it is worth, and the sha256 of every file.
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
from playground.core.errors import PlaygroundError
from playground.core.paths import LANGUAGE_MODELS
from playground.data import bpe
from playground.training import checkpoints, language
from playground.training.language import LanguageCourse
from playground.zoo import model_files
from playground.zoo.fetch import models_dir

NAME = "austen"
#: Which share of the planned steps each was kept at.
STAGES = {"early": 0.03, "middle": 0.2, "late": 1.0}
SETTINGS: dict[str, Any] = {
    "steps": 6000, "vocabulary": 2048, "width": 128, "layers": 4, "context": 256, "batch": 4, "rate": 3e-3,
}  # fmt: skip
OUT = LANGUAGE_MODELS
CHECKPOINT_SECONDS = 30
WINDOWS_AT_ONCE = 8


def train(steps: int | None, minutes: float | None, seed: int, out: Path | None) -> None:
    """Train to the last step, or for so many minutes in all, and publish the three. Raises PlaygroundError."""
    settings = language.read(NAME, {**SETTINGS, **({} if steps is None else {"steps": steps})})
    course = language.open_course(NAME, settings, seed, Path())
    session = Session(course, seed)
    session.go_on(math.inf if minutes is None else 60 * minutes)
    publish(course, session.folder, out or OUT)


class Session:
    """The course with its place on the disk and the time that it took."""

    def __init__(self, course: LanguageCourse, seed: int) -> None:
        """Take it up where its checkpoint left it, or begin. Raises PlaygroundError if that was another one."""
        self.course, self.seed, self.seconds = course, seed, 0.0
        self.folder = models_dir() / "training" / NAME
        self.continued: list[dict[str, int]] = []
        self.folder.mkdir(parents=True, exist_ok=True)
        stored = checkpoints.read(self.folder / "checkpoint.pt")
        if stored is None:
            return
        theirs, mine = stored["course"]["settings"], course.settings
        if {**theirs, "steps": 0} != {**mine, "steps": 0} or stored["seed"] != seed:
            raise PlaygroundError(f"{self.folder} holds a training with other settings: delete it to start anew.")
        course.load_state_dict(stored["course"])
        self.seconds, self.continued = stored["seconds"], stored["continued"]
        self._forget_after(course.step)
        if theirs["steps"] != mine["steps"]:
            self.continued = [*self.continued, {"steps": theirs["steps"], "until": course.step}]

    def _forget_after(self, step: int) -> None:
        """Points of the curve that a kill made void."""
        path = self.folder / "curve.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        kept = [line for line in lines if json.loads(line)[0] <= step]
        path.write_text("".join(line + "\n" for line in kept), "utf-8")

    def go_on(self, most_seconds: float) -> None:
        """Step after step; every stage's weights are kept when it is reached, the last ones at the end."""
        steps = int(self.course.settings["steps"])
        at = {max(1, round(share * steps)): stage for stage, share in STAGES.items() if stage != "late"}
        saved = time.monotonic()
        with tqdm(total=steps, initial=self.course.step, unit="step", desc=NAME) as bar:
            while self.course.step < steps and self.seconds < most_seconds:
                start = time.perf_counter()
                numbers = self.course.advance()
                self.seconds += time.perf_counter() - start
                bar.update()
                bar.set_postfix({name: f"{number:.3f}" for name, number in numbers.items()}, refresh=False)
                if self.course.step % language.HELD_OUT_EVERY == 0:
                    self.note(numbers)
                if self.course.step in at:
                    self.keep(at[self.course.step])
                if time.monotonic() - saved > CHECKPOINT_SECONDS:
                    self.write_checkpoint()
                    saved = time.monotonic()
        self.keep("late")
        self.write_checkpoint()

    def write_checkpoint(self) -> None:
        """All that is needed to go on."""
        checkpoints.write(
            self.folder / "checkpoint.pt",
            {
                "course": self.course.state_dict(),
                "seed": self.seed,
                "seconds": self.seconds,
                "continued": self.continued,
            },
        )

    def note(self, numbers: dict[str, float]) -> None:
        """A point of the curve that the page shows: step, seconds, train, held-out."""
        with (self.folder / "curve.jsonl").open("a", encoding="utf-8") as file:
            row = [self.course.step, round(self.seconds), *(round(number, 4) for number in numbers.values())]
            file.write(json.dumps(row) + "\n")

    def keep(self, stage: str) -> None:
        """The weights of now, and how they came about."""
        checkpoints.write_weights(self.folder / f"{stage}.safetensors", self.course.weights())
        facts = {
            "stage": stage,
            "seed": self.seed,
            "step": self.course.step,
            "seen": self.course.seen,
            "seconds": round(self.seconds),
            "continued": self.continued,
        }
        (self.folder / f"{stage}.json").write_text(json.dumps(facts), "utf-8")


def publish(course: LanguageCourse, kept: Path, out: Path) -> None:
    """Write every stage that was kept as a folder out/austen-STAGE."""
    path = kept / "curve.jsonl"
    curve = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    for stage in STAGES:
        made = kept / f"{stage}.json"
        if made.exists():
            facts = json.loads(made.read_text("utf-8"))
            facts["curve"] = [row for row in curve if row[0] <= facts["step"]]
            publish_one(course, kept / f"{stage}.safetensors", facts, out / f"{NAME}-{stage}")


def publish_one(course: LanguageCourse, weights: Path, made: dict[str, Any], folder: Path) -> None:
    """The folder of one model: safetensors in float16, config, tokenizer, and the record with its measured worth."""
    from safetensors.torch import load_file

    course.net.load_state_dict({name: tensor.float() for name, tensor in load_file(weights).items()}, strict=False)
    corpus, settings = course.text.corpus, course.settings
    numbers = measure(course)
    frame = course.frame()
    with model_files.explained_disk_errors(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copyfile(weights, folder / model_files.WEIGHTS)
        write_tokenizer(folder, course)
        course.net.config.dtype = "float16"
        course.net.config.architectures = ["LlamaForCausalLM"]
        (folder / "config.json").write_text(course.net.config.to_json_string(), "utf-8")
        facts = {
            "name": folder.name,
            "command": f"python -m playground.train {NAME} --steps {settings['steps']} --seed {made['seed']}",
            "config": settings,
            **made,
            "parameters": sum(weight.numel() for weight in course.net.parameters()),
            "licence": "CC0-1.0",
            "data": {"name": corpus.name, "title": corpus.title, "licence": corpus.licence, "origin": corpus.origin,
                     "sha256": corpus.sha256, "held_out": "the last 5 % of each novel"},
            "machine": {"cores": hardware.cores(), "threads": torch.get_num_threads(), "torch": version("torch"),
                        "transformers": version("transformers")},
            "sample": {name: frame[name] for name in ("prompt", "sample", "temperature")},
            "quality": {**numbers, "baselines": list(course.text.baselines), "method": METHOD},
        }  # fmt: skip
        model_files.write_record(folder, model_files.MODEL_RECORD, facts)
    print(folder.name, made["step"], numbers)


METHOD = (
    "held_out_bits_per_character: over the whole held-out text, in windows of the context's length that overlap by "
    "half, each token counted once with at least half a window before it; train_bits_per_character: the same over a "
    "quarter as many tokens from the start of the training text. baselines: Witten-Bell character n-grams of order 1 "
    "to 5 on the same held-out text."
)


def measure(course: LanguageCourse) -> dict[str, float]:
    """Bits per character of the held-out text and of a part of the training text."""
    tokens = course.text.held_out
    return {
        "held_out_bits_per_character": round(_bits(course, tokens), 4),
        "train_bits_per_character": round(_bits(course, course.text.train[: len(tokens) // 4]), 4),
    }


def _bits(course: LanguageCourse, tokens: torch.Tensor) -> float:
    context = int(course.settings["context"])
    half, nats, characters = context // 2, 0.0, 0
    starts = range(0, len(tokens) - context - 1, half)
    with torch.no_grad():
        for first in range(0, len(starts), WINDOWS_AT_ONCE):
            some = starts[first : first + WINDOWS_AT_ONCE]
            windows = torch.stack([tokens[start : start + context + 1] for start in some]).long()
            scores = course.net(input_ids=windows[:, :-1], use_cache=False).logits[:, half:]
            answers = windows[:, half + 1 :]
            loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), answers.flatten(), reduction="sum")
            nats += float(loss)
            characters += int(course.text.characters[answers].sum())
    return nats / math.log(2) / max(1, characters)


def write_tokenizer(folder: Path, course: LanguageCourse) -> None:
    """tokenizer.json and what transformers wants beside it."""
    (folder / "tokenizer.json").write_text(bpe.tokenizer_json(course.text.merges), "utf-8")
    told = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": bpe.END,
        "bos_token": bpe.END,
        "clean_up_tokenization_spaces": False,
        "model_max_length": course.settings["context"],
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
