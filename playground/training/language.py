"""The trainer of small language models from scratch: byte-pair merges, then a Llama of a few layers.

Its loss is reported in bits per character, comparable across vocabularies and with character n-grams
(playground.data.ngrams). A text has many tokenizations and only one is scored, so the model's true bits per character
are slightly fewer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.data import corpora
from playground.training import tokenize_corpus
from playground.training.language_settings import HOT as HOT
from playground.training.language_settings import learning_rate_at, open_optimizer, read_changes
from playground.training.language_settings import read_settings as read_settings

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

    from playground.training.trainer import Frame

#: Tokens of a frame's sample, and words of the held-out text that it continues.
SAMPLE_TOKENS, PROMPT_WORDS = 110, 4
#: Held-out windows, and steps between two measurements on them.
WINDOWS, HELD_OUT_EVERY = 16, 25
HEAD = 32


def open_trainer(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> LanguageTrainer:
    """See trainer.TrainerModule. folder: has own-text.txt, if dataset is a pasted text."""
    text = ""
    if dataset == corpora.USER_TEXT:
        try:
            text = (folder / corpora.OWN_FILE).read_text("utf-8")
        except (OSError, ValueError) as error:
            raise PlaygroundError(say("train.data.no_text")) from error
    return LanguageTrainer(corpora.parse_corpus(dataset, text), settings, seed)


def build(settings: Mapping[str, Any], tokens: int) -> LlamaForCausalLM:
    """The net, weights not yet initialised. tokens: size of the vocabulary."""
    from transformers import LlamaConfig, LlamaForCausalLM

    width = int(settings["width"])
    config = LlamaConfig(
        vocab_size=tokens,
        hidden_size=width,
        intermediate_size=8 * width // 3 // 32 * 32,
        num_hidden_layers=int(settings["layers"]),
        num_attention_heads=width // HEAD,
        max_position_embeddings=int(settings["context"]),
        tie_word_embeddings=True,
        bos_token_id=tokens - 1,
        eos_token_id=tokens - 1,
        attn_implementation="sdpa",
    )
    return LlamaForCausalLM(config)


def draw_weights(net: nn.Module, layers: int, generator: torch.Generator) -> None:
    """Initialise: normal with standard deviation 0.02, smaller for residual outputs; norms 1 (GPT-2, section 2.3)."""
    with torch.no_grad():
        for name, weight in net.named_parameters():
            if weight.ndim < 2:
                weight.fill_(1.0)
                continue
            adds = name.endswith(("o_proj.weight", "down_proj.weight"))
            weight.normal_(0.0, 0.02 / math.sqrt(2 * layers) if adds else 0.02, generator=generator)


class LanguageTrainer:
    """A language model in training: see trainer.Trainer."""

    def __init__(self, corpus: corpora.Corpus, settings: dict[str, Any], seed: int) -> None:
        """Tokenizes the corpus (cached) and initialises the weights. Raises PlaygroundError for a text too short."""
        self.settings, self.step, self.seen = dict(settings), 0, 0
        self.text = tokenize_corpus.tokenize_corpus(corpus, int(settings["vocabulary"]))
        if len(self.text.train) < 2 * int(settings["context"]) or len(self.text.held_out) < 40:
            tokens, context = len(self.text.train), settings["context"]
            raise PlaygroundError(say("train.data.short_text", tokens=tokens, context=context))
        self.generator = torch.Generator().manual_seed(seed)
        self.net = build(settings, self.text.tokens)
        draw_weights(self.net, int(settings["layers"]), self.generator)
        self.optimizer = open_optimizer(self.net, str(settings["optimizer"]), float(settings["rate"]))
        self.last_train = self.last_held_out = float("nan")

    def advance(self) -> dict[str, float]:
        """One step. train: bits per character of its batch before the update; held-out: as last measured."""
        if self.step == 0:
            self.last_held_out = self.held_out()
        rate = learning_rate_at(float(self.settings["rate"]), self.step, int(self.settings["steps"]))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        inputs, targets = self._batch()
        loss = self._loss(inputs, targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.seen += inputs.numel()
        self.last_train = self._bits(float(loss.detach()), targets)
        if self.step % HELD_OUT_EVERY == 0:
            self.last_held_out = self.held_out()
        return {"train": self.last_train, "held-out": self.last_held_out}

    def change(self, settings: Mapping[str, Any]) -> None:
        """See Trainer.change. A new kind of optimizer starts without moments."""
        changed = read_changes(self.settings, settings)
        if changed["optimizer"] != self.settings["optimizer"]:
            self.optimizer = open_optimizer(self.net, str(changed["optimizer"]), float(changed["rate"]))
        self.settings = changed

    def frame(self) -> Frame:
        """A sample that continues the held-out text's first words, and the n-gram baselines.

        held_out: bits per character at this very step, which the curve measures only every HELD_OUT_EVERY steps.
        """
        prompt = self.text.prompt(PROMPT_WORDS)
        is_measured = self.step > 0 and self.step % HELD_OUT_EVERY == 0
        return {
            "prompt": self.text.decode(prompt),
            "sample": self.text.decode(self.sample(prompt, float(self.settings["temperature"]), SAMPLE_TOKENS)),
            "temperature": float(self.settings["temperature"]),
            "rate": learning_rate_at(float(self.settings["rate"]), self.step, int(self.settings["steps"])),
            "held_out": self.last_held_out if is_measured else self.held_out(),
            "baselines": np.asarray(self.text.baselines, np.float32),
            "characters_per_token": self.text.characters_per_token(),
            "parameters": sum(weight.numel() for weight in self.net.parameters()),
            "tokens": len(self.text.train),
        }

    def state_dict(self) -> dict[str, Any]:
        """See Trainer.state_dict."""
        return {
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "settings": self.settings,
            "step": self.step,
            "seen": self.seen,
            "last": [self.last_train, self.last_held_out],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume, bit for bit, with this trainer's own number of steps: a fork may have more than its parent."""
        self.settings = {**state["settings"], "steps": self.settings["steps"]}
        self.net.load_state_dict(state["net"])
        self.optimizer = open_optimizer(self.net, str(self.settings["optimizer"]), float(self.settings["rate"]))
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.step, self.seen = state["step"], state["seen"]
        self.last_train, self.last_held_out = state["last"]

    def weights(self) -> dict[str, Tensor]:
        """Weights by transformers' names, without lm_head, which is tied to the embedding."""
        return {name: weight for name, weight in self.net.state_dict().items() if name != "lm_head.weight"}

    def held_out(self) -> float:
        """Bits per character on up to WINDOWS evenly spaced windows of the held-out text."""
        tokens, context = self.text.held_out, int(self.settings["context"])
        length = min(context, len(tokens) - 1)
        places = np.unique(np.linspace(0, len(tokens) - length - 1, WINDOWS).astype(int))
        windows = torch.stack([tokens[place : place + length + 1] for place in places]).long()
        inputs, targets = windows[:, :-1], windows[:, 1:]
        with torch.no_grad():
            return self._bits(float(self._loss(inputs, targets)), targets)

    def sample(self, prompt: list[int], temperature: float, tokens: int) -> list[int]:
        """Token ids after the prompt, sampled with the same random numbers every time. Temperature 0 is greedy."""
        random, tokens_after = np.random.Generator(np.random.Philox(2024)), []
        inputs = torch.tensor([prompt])
        cache = None
        with torch.no_grad():
            for _ in range(min(tokens, int(self.settings["context"]) - len(prompt))):
                output = self.net(input_ids=inputs, past_key_values=cache, use_cache=True)
                cache, scores = output.past_key_values, output.logits[0, -1].double().numpy()
                token = draw_token(scores, temperature, random.random())
                if token == self.text.tokens - 1:
                    break
                tokens_after.append(token)
                inputs = torch.tensor([[token]])
        return tokens_after

    def _batch(self) -> tuple[Tensor, Tensor]:
        """(inputs, targets) of random windows of the training text: (batch, context) int64 each."""
        context = int(self.settings["context"])
        most = len(self.text.train) - context
        places = torch.randint(most, (int(self.settings["batch"]),), generator=self.generator)
        windows = torch.stack([self.text.train[place : place + context + 1] for place in places.tolist()]).long()
        return windows[:, :-1], windows[:, 1:]

    def _loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """() mean cross-entropy of the next token in nats."""
        scores = self.net(input_ids=inputs, use_cache=False).logits
        return nn.functional.cross_entropy(scores.flatten(0, 1).float(), targets.flatten())

    def _bits(self, nats: float, targets: Tensor) -> float:
        """Bits per character from mean nats per token. targets: the tokens that were scored."""
        characters = int(self.text.characters[targets].sum())
        return nats * targets.numel() / math.log(2) / max(1, characters)


def draw_token(scores: np.ndarray[Any, np.dtype[np.float64]], temperature: float, uniform: float) -> int:
    """Inverse-transform sampling over tokens sorted by probability. scores: (vocabulary,).  uniform: in [0, 1)."""
    if temperature <= 0 or not np.isfinite(scores).all():
        return int(np.nan_to_num(scores, nan=-np.inf).argmax())
    shares = np.exp((scores - scores.max()) / temperature)
    order = np.argsort(-shares, kind="stable")
    reached = np.cumsum(shares[order])
    return int(order[min(np.searchsorted(reached, uniform * reached[-1], side="right"), len(order) - 1)])
