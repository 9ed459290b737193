"""A small language model from nothing: byte-pair merges, then a Llama of a few layers that predicts the next token.

Its loss is told in bits per character, so that it can be compared with other vocabularies and with what counting alone
predicts (playground.data.ngrams). A text can be cut into tokens in many ways and only one is counted, so the model's
true bits per character are a little fewer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from playground.core.errors import PlaygroundError
from playground.data import corpora
from playground.training import tokenize_corpus
from playground.training.language_settings import HOT as HOT
from playground.training.language_settings import learning_rate_at, open_optimizer, read_changes
from playground.training.language_settings import read_settings as read_settings

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM

    from playground.training.trainer import Frame

#: Tokens of a frame's sample, and those of the held-out text that it goes on from.
SAMPLE_TOKENS, PROMPT_WORDS = 110, 4
#: Held-out windows, and after how many steps they are read again.
WINDOWS, HELD_OUT_EVERY = 16, 25
HEAD = 32


def open_trainer(dataset: str, settings: dict[str, Any], seed: int, folder: Path) -> LanguageTrainer:
    """The trainer at step 0. folder: of a pasted text, where own-text.txt lies. Raises PlaygroundError."""
    text = ""
    if dataset == corpora.USER_TEXT:
        try:
            text = (folder / corpora.OWN_FILE).read_text("utf-8")
        except (OSError, ValueError) as error:
            raise PlaygroundError("There is no pasted text to learn from: paste one, and start again.") from error
    return LanguageTrainer(corpora.parse_corpus(dataset, text), settings, seed)


def build(settings: Mapping[str, Any], tokens: int) -> LlamaForCausalLM:
    """The net, its weights not yet drawn. tokens: of the vocabulary."""
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
    """Normal with 0.02, smaller where a layer adds to what it was given; norms at 1. Source: GPT-2, section 2.3."""
    with torch.no_grad():
        for name, weight in net.named_parameters():
            if weight.ndim < 2:
                weight.fill_(1.0)
                continue
            adds = name.endswith(("o_proj.weight", "down_proj.weight"))
            weight.normal_(0.0, 0.02 / math.sqrt(2 * layers) if adds else 0.02, generator=generator)


class LanguageTrainer:
    """See playground.training.trainer.Trainer."""

    def __init__(self, corpus: corpora.Corpus, settings: dict[str, Any], seed: int) -> None:
        """Learns the merges, counts the baselines (both kept from the last time), and draws the weights."""
        self.settings, self.step, self.seen = dict(settings), 0, 0
        self.text = tokenize_corpus.tokenize_corpus(corpus, int(settings["vocabulary"]))
        if len(self.text.train) < 2 * int(settings["context"]) or len(self.text.held_out) < 40:
            raise PlaygroundError(
                f"This text is {len(self.text.train):,} tokens long, too short for a context of {settings['context']}: "
                "paste a longer one, or choose a smaller context or vocabulary."
            )
        self.generator = torch.Generator().manual_seed(seed)
        self.net = build(settings, self.text.tokens)
        draw_weights(self.net, int(settings["layers"]), self.generator)
        self.optimizer = open_optimizer(self.net, str(settings["optimizer"]), float(settings["rate"]))
        self.last_train = self.last_held_out = float("nan")

    def advance(self) -> dict[str, float]:
        """One step. train: bits per character of its batch, before it; held-out: as last measured."""
        if self.step == 0:
            self.last_held_out = self.held_out()
        rate = learning_rate_at(float(self.settings["rate"]), self.step, int(self.settings["steps"]))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        asked, answers = self._batch()
        loss = self._loss(asked, answers)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.seen += asked.numel()
        self.last_train = self._bits(float(loss.detach()), answers)
        if self.step % HELD_OUT_EVERY == 0:
            self.last_held_out = self.held_out()
        return {"train": self.last_train, "held-out": self.last_held_out}

    def change(self, settings: Mapping[str, Any]) -> None:
        """Rate, optimizer, batch or temperature, from the next step on. Another optimizer begins without memory."""
        changed = read_changes(self.settings, settings)
        if changed["optimizer"] != self.settings["optimizer"]:
            self.optimizer = open_optimizer(self.net, str(changed["optimizer"]), float(changed["rate"]))
        self.settings = changed

    def frame(self) -> Frame:
        """A sample that goes on from the held-out text's first words, and what the curve is compared with."""
        prompt = self.text.prompt(PROMPT_WORDS)
        return {
            "prompt": self.text.decode(prompt),
            "sample": self.text.decode(self.sample(prompt, float(self.settings["temperature"]), SAMPLE_TOKENS)),
            "temperature": float(self.settings["temperature"]),
            "rate": learning_rate_at(float(self.settings["rate"]), self.step, int(self.settings["steps"])),
            "held_out": 0.0 if math.isnan(self.last_held_out) else self.last_held_out,
            "baselines": np.asarray(self.text.baselines, np.float32),
            "characters_per_token": self.text.characters_per_token(),
            "parameters": sum(weight.numel() for weight in self.net.parameters()),
            "tokens": len(self.text.train),
        }

    def state_dict(self) -> dict[str, Any]:
        """Weights, optimizer, generator, settings and counters."""
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
        """Go on from there, to the last bit. The number of steps stays this trainer's own."""
        self.settings = {**state["settings"], "steps": self.settings["steps"]}
        self.net.load_state_dict(state["net"])
        self.optimizer = open_optimizer(self.net, str(self.settings["optimizer"]), float(self.settings["rate"]))
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.step, self.seen = state["step"], state["seen"]
        self.last_train, self.last_held_out = state["last"]

    def weights(self) -> dict[str, Tensor]:
        """The net's, by transformers' names; the last layer is the first one's own and is left out."""
        return {name: weight for name, weight in self.net.state_dict().items() if name != "lm_head.weight"}

    def held_out(self) -> float:
        """Bits per character on up to WINDOWS windows spread over the held-out text."""
        tokens, context = self.text.held_out, int(self.settings["context"])
        length = min(context, len(tokens) - 1)
        places = np.unique(np.linspace(0, len(tokens) - length - 1, WINDOWS).astype(int))
        windows = torch.stack([tokens[place : place + length + 1] for place in places]).long()
        asked, answers = windows[:, :-1], windows[:, 1:]
        with torch.no_grad():
            return self._bits(float(self._loss(asked, answers)), answers)

    def sample(self, prompt: list[int], temperature: float, tokens: int) -> list[int]:
        """What comes after the prompt; always drawn with the same random numbers. Temperature 0: the likeliest."""
        drawn, found = np.random.Generator(np.random.Philox(2024)), []
        asked = torch.tensor([prompt])
        memory = None
        with torch.no_grad():
            for _ in range(min(tokens, int(self.settings["context"]) - len(prompt))):
                answer = self.net(input_ids=asked, past_key_values=memory, use_cache=True)
                memory, scores = answer.past_key_values, answer.logits[0, -1].double().numpy()
                chosen = draw_token(scores, temperature, drawn.random())
                if chosen == self.text.tokens - 1:
                    break
                found.append(chosen)
                asked = torch.tensor([[chosen]])
        return found

    def _batch(self) -> tuple[Tensor, Tensor]:
        """Windows from anywhere in the training text, and the same one token later. (batch, context) int64."""
        context = int(self.settings["context"])
        most = len(self.text.train) - context
        places = torch.randint(most, (int(self.settings["batch"]),), generator=self.generator)
        windows = torch.stack([self.text.train[place : place + context + 1] for place in places.tolist()]).long()
        return windows[:, :-1], windows[:, 1:]

    def _loss(self, asked: Tensor, answers: Tensor) -> Tensor:
        """Mean −ln p of the next token."""
        scores = self.net(input_ids=asked, use_cache=False).logits
        return nn.functional.cross_entropy(scores.flatten(0, 1).float(), answers.flatten())

    def _bits(self, nats: float, answers: Tensor) -> float:
        """Bits per character from mean nats per token."""
        characters = int(self.text.characters[answers].sum())
        return nats * answers.numel() / math.log(2) / max(1, characters)


def draw_token(scores: np.ndarray[Any, np.dtype[np.float64]], temperature: float, uniform: float) -> int:
    """The token at `uniform` of the tokens' probabilities laid end to end, the likeliest first."""
    if temperature <= 0 or not np.isfinite(scores).all():
        return int(np.nan_to_num(scores, nan=-np.inf).argmax())
    shares = np.exp((scores - scores.max()) / temperature)
    order = np.argsort(-shares, kind="stable")
    reached = np.cumsum(shares[order])
    return int(order[min(np.searchsorted(reached, uniform * reached[-1], side="right"), len(order) - 1)])
