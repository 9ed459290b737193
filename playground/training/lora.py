"""The trainer for fine-tuning: low-rank adapters (LoRA, by PEFT) on pasted text, or on pairs of prompt and answer.

The base model is frozen, in float32, which trains faster on processors without bfloat16. Only the adapters learn, by
default in the upper half of the blocks: backpropagation stops below them. Source: Hu et al. 2021,
arXiv:2106.09685. With SmolLM2 135M, rank 8, 128 tokens a step and both cores of a small machine, a step took 2.8 s;
the example's held-out loss fell from 4.17 to 3.00 nats per token in 20 steps (1 minute), and rose again after.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from playground.core import hardware
from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.data.user_text import example
from playground.training.lora_adapter import add_adapters, peft_names
from playground.training.lora_batches import TokenRow, TokenRows, tokenize_rows
from playground.training.lora_settings import FIELDS, LoraSettings
from playground.training.lora_settings import HOT as HOT
from playground.training.lora_settings import read_settings as read_settings
from playground.training.settings import apply_changes
from playground.training.trainer import Frame
from playground.zoo import fetch, model_files
from playground.zoo.catalogue import card_of

CONTINUED_TOKENS = 24
#: Steps of linear warm-up; the norm that gradients are clipped to.
_WARM_UP, _LONGEST_GRADIENT = 5, 1.0
_MOST_EVALUATIONS = 64


def open_trainer(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> LoraTrainer:
    """See trainer.TrainerModule. folder: may have own-text.txt or own-pairs.txt; without it, the example is learned."""
    name = "text" if dataset == "pasted" else "pairs"
    own = folder / f"own-{name}.txt"
    content = own.read_bytes() if own.exists() else example(name).encode()
    return LoraTrainer(dataset, LoraSettings(**settings), seed, content)


def open_base(name: str) -> tuple[Any, Any]:
    """(model, tokenizer) of the zoo: a new copy in float32 without gradients.

    Raises PlaygroundError if its files are damaged or the memory is too small.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    card = card_of(name)
    folder = fetch.ensure(card)
    damaged = model_files.damaged_file(folder)
    if damaged is not None:
        raise PlaygroundError(say("train.adapter.damaged_base", file=damaged, title=card.title, name=name))
    needed, free = 4 * card.parameters, hardware.detect().available_memory_bytes
    if needed > free:
        raise PlaygroundError(say("train.adapter.memory", title=card.title, needed=needed, free=free))
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True, use_safetensors=True, trust_remote_code=False
    )
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return model.eval().requires_grad_(False), tokenizer


def summed_nats(model: Any, rows: Sequence[TokenRow]) -> tuple[Tensor, int, int]:
    """(summed surprisal of the scored tokens in nats, their number, their characters). Rows are padded at the end."""
    logits, tokens = _scored_logits(model, rows)
    total = torch.nn.functional.cross_entropy(logits, tokens, reduction="sum")
    return total, len(tokens), scored_characters(rows)


def token_nats(model: Any, rows: TokenRows) -> list[float]:
    """The surprisal of each scored token in nats, computed one row at a time."""
    with torch.inference_mode():
        parts = [torch.nn.functional.cross_entropy(*_scored_logits(model, [row]), reduction="none") for row in rows]
    return [float(one) for part in parts for one in part]


def scored_characters(rows: Sequence[TokenRow]) -> int:
    """The characters of the scored tokens."""
    return sum(sum(row.characters[row.first :]) for row in rows)


def _scored_logits(model: Any, rows: Sequence[TokenRow]) -> tuple[Tensor, Tensor]:
    """((N, vocabulary) float32 logits of the scored tokens, (N,) their ids)."""
    longest = max(len(row.ids) for row in rows)
    ids, mask = torch.zeros(len(rows), longest, dtype=torch.long), torch.zeros(len(rows), longest, dtype=torch.long)
    scored = torch.zeros(len(rows), longest, dtype=torch.bool)
    for index, row in enumerate(rows):
        ids[index, : len(row.ids)] = torch.tensor(row.ids)
        mask[index, : len(row.ids)] = 1
        scored[index, row.first : len(row.ids)] = True
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1]  # (rows, longest - 1, vocab)
    targets = scored[:, 1:]
    return logits[targets].float(), ids[:, 1:][targets]


def held_out_loss(model: Any, rows: TokenRows) -> tuple[float, float]:
    """(nats per token, bits per character) of the rows, computed one row at a time."""
    total, tokens, characters = 0.0, 0, 0
    with torch.inference_mode():
        for row in rows:
            own, count, letters = summed_nats(model, [row])
            total, tokens, characters = total + float(own), tokens + count, characters + letters
    return total / tokens, total / math.log(2) / max(1, characters)


def continue_tokens(
    model: Any, ids: Sequence[int], most: int, choose: Callable[[Tensor], int], ends: frozenset[int] = frozenset()
) -> list[int]:
    """Generate up to `most` token ids after ids. choose: (vocabulary,) logits → id.  ends: ids that stop it."""
    written: list[int] = []
    with torch.inference_mode():
        output = model(input_ids=torch.tensor([list(ids)]), use_cache=True)
        while len(written) < most:
            token = choose(output.logits[0, -1].float())
            if token in ends:
                break
            written.append(token)
            if len(written) < most:
                output = model(
                    input_ids=torch.tensor([[token]]), past_key_values=output.past_key_values, use_cache=True
                )
    return written


def end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """The token ids that end a text."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    ids = configured if isinstance(configured, list) else [configured]
    return frozenset(int(one) for one in [*ids, tokenizer.eos_token_id] if one is not None)


def greedy(logits: Tensor) -> int:
    """The most probable token, the lowest id among equals."""
    return int(logits.argmax())


class LoraTrainer:
    """A fine-tuning: see trainer.Trainer."""

    def __init__(self, dataset: str, settings: LoraSettings, seed: int, content: bytes) -> None:
        """At step 0. content: the text or pairs. Raises PlaygroundError if they are too short."""
        self.dataset, self.settings = dataset, settings
        model, self.tokenizer = open_base(settings.model)
        self.ends = end_tokens(model, self.tokenizer)
        self.data = tokenize_rows(dataset, content, self.tokenizer, settings.length, settings.prompt)
        count = int(model.config.num_hidden_layers)
        self.blocks = list(range(count // 2 if settings.layers == "upper half" else 0, count))
        self.model = add_adapters(model, settings.rank, settings.alpha, self.blocks)
        self.adapter_parameters = {name: part for name, part in self.model.named_parameters() if "lora_" in name}
        self.generator = torch.Generator().manual_seed(seed)
        self._initialise()
        self.optimizer = torch.optim.AdamW(self.adapter_parameters.values(), lr=settings.rate, weight_decay=0.0)
        self.step = self.seen = 0
        self.train = (0.0, 0.0)
        #: (step, held-out nats per token, bits per character, continuation) of each evaluation.
        self.evaluations: list[tuple[int, float, float, str]] = []
        self.best: dict[str, Any] = {"step": 0, "loss": math.inf, "stale": 0, "adapter": {}}

    def _initialise(self) -> None:
        """Initialise A as PEFT does (Kaiming uniform, a = sqrt 5), from the trainer's generator; B with zeros."""
        with torch.no_grad():
            for name, part in self.adapter_parameters.items():
                part.requires_grad_(True)
                if "lora_A" in name:
                    bound = 1 / math.sqrt(part.shape[1])
                    part.uniform_(-bound, bound, generator=self.generator)
                else:
                    part.zero_()

    def advance(self) -> dict[str, float]:
        """One step, and an evaluation on the held-out part when one is due. See Trainer.advance."""
        if not self.evaluations:
            self._evaluate()
        rows = self.data.draw(self.settings.batch, self.generator)
        total, tokens, characters = summed_nats(self.model, rows)
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.rate * min(1.0, (self.step + 1) / _WARM_UP)
        self.optimizer.zero_grad(set_to_none=True)
        (total / tokens).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.adapter_parameters.values(), _LONGEST_GRADIENT)
        self.optimizer.step()
        self.step, self.seen = self.step + 1, self.seen + tokens
        self.train = (float(total.detach()) / tokens, float(total.detach()) / math.log(2) / max(1, characters))
        if self.step % self.settings.look_every == 0:
            self._evaluate()
        return {
            "train_nats_per_token": self.train[0],
            "held_out_nats_per_token": self.evaluations[-1][1],
            "train_bits_per_character": self.train[1],
            "held_out_bits_per_character": self.evaluations[-1][2],
            "looks_without_gain": float(self.best["stale"]),
        }

    def _evaluate(self) -> None:
        """Measure the held-out loss, continue the prompt, and store the adapter if it is the best so far."""
        loss, bits = held_out_loss(self.model, self.data.held_out)
        if self.best["loss"] > loss:
            self.best = {"step": self.step, "loss": loss, "stale": 0, "adapter": self._adapter()}
        else:
            self.best["stale"] += 1
        ids = continue_tokens(self.model, self.data.prompt_ids, CONTINUED_TOKENS, greedy, self.ends)
        self.evaluations.append((self.step, loss, bits, str(self.tokenizer.decode(ids, skip_special_tokens=True))))
        if len(self.evaluations) > _MOST_EVALUATIONS:
            last, best = len(self.evaluations) - 1, self.best["step"]
            self.evaluations = [
                look for i, look in enumerate(self.evaluations) if i % 2 == 0 or i == last or look[0] == best
            ]

    @property
    def finished(self) -> str:
        """Early stopping: a sentence after `patience` evaluations without a lower held-out loss, else ""."""
        patience = self.settings.patience
        if not patience or self.best["stale"] < patience:
            return ""
        best = {"count": self.best["stale"], "loss": self.best["loss"] / math.log(2), "step": self.best["step"]}
        return say("train.fine_tuning.run.stopped_early", **best)

    def change(self, settings: Mapping[str, Any]) -> None:
        """See Trainer.change."""
        self.settings = LoraSettings(**apply_changes(FIELDS, vars(self.settings), settings))

    def frame(self) -> Frame:
        """See Trainer.frame. The latest evaluation: a frame costs nothing. "looks": all evaluations in JSON."""
        if not self.evaluations:
            self._evaluate()
        step, loss, bits, text = self.evaluations[-1]
        return {
            "prompt": self.data.prompt,
            "looked_at": step,
            "held_out": loss,
            "held_out_bits": bits,
            "train": self.train[0],
            "continuation": text,
            "best_step": int(self.best["step"]),
            "best": float(self.best["loss"]),
            "finished": self.finished,
            "looks": json.dumps(
                [[at, round(own, 4), words] for at, own, _, words in self.evaluations], ensure_ascii=False
            ),
            "rule": self.data.rule,
        }

    def state_dict(self) -> dict[str, Any]:
        """See Trainer.state_dict: adapter, optimizer and generator, without the base model.

        The best adapter is stored once if it is the present one.
        """
        adapter, best = self._adapter(), dict(self.best)
        if best["adapter"] and all(torch.equal(part, adapter[name]) for name, part in best["adapter"].items()):
            best["adapter"] = adapter
        return {
            "step": self.step,
            "seen": self.seen,
            "settings": dict(vars(self.settings)),
            "adapter": adapter,
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "train": list(self.train),
            "looks": [list(look) for look in self.evaluations],
            "best": best,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """See Trainer.load_state_dict."""
        self.step, self.seen = int(state["step"]), int(state["seen"])
        self.settings = LoraSettings(**state["settings"])
        with torch.no_grad():
            for name, part in self.adapter_parameters.items():
                part.copy_(state["adapter"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.train = (float(state["train"][0]), float(state["train"][1]))
        self.evaluations = [
            (int(step), float(loss), float(bits), str(text)) for step, loss, bits, text in state["looks"]
        ]
        self.best = dict(state["best"])

    def weights(self) -> dict[str, Tensor]:
        """The adapter with the lowest held-out loss so far, by PEFT's names; see lora_adapter.py for its file."""
        return peft_names(self.best["adapter"] or self._adapter())

    def _adapter(self) -> dict[str, Tensor]:
        return {name: part.detach().clone() for name, part in self.adapter_parameters.items()}
