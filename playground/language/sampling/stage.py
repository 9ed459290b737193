"""What a stage of the sampler is: its settings, its function, and what its function sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from playground.core.catalogue import say
from playground.core.numbers import exact
from playground.core.settings import Setting
from playground.language.sampling.distribution import Logits

#: Where a setting stands on the page: always in view, or folded into a group.
GROUPS = ("main", "structure", "penalties", "cutoffs", "rare")


class TokenTexts(Protocol):
    """What stages may ask of a tokenizer. It is a key of caches, so it must be hashable."""

    def __hash__(self) -> int:
        """By identity will do."""

    def ids_of(self, text: str) -> Sequence[int]:
        """The ids that a text is split into, without special tokens."""

    def has(self, token: int) -> bool:
        """Whether there is a token of this id."""

    def ids_containing(self, characters: str) -> frozenset[int]:
        """The ids of all tokens whose text contains one of the characters."""

    def contents(self) -> Sequence[bytes]:
        """What each token adds to a text, by its id: one for each logit."""

    @property
    def end_ids(self) -> frozenset[int]:
        """The ids that end a text."""

    @property
    def special_ids(self) -> frozenset[int]:
        """The ids of control tokens, which are no text."""


@dataclass(frozen=True)
class SamplingContext:
    """What a stage knows of its position.

    previous: ids before the position, the prompt's included; the last `written` of them were generated.
    coin: a uniform number, 0 to 1, for stages that act by chance.
    states: a number for each stage that remembers something, by the stage's name; a missing one is its first.
    tokens: the model's tokenizer; None where no setting of the stages needs it.
    """

    settings: Any
    previous: Sequence[int] = ()
    written: int = 0
    coin: float = 0.0
    states: Mapping[str, float] = field(default_factory=dict)
    tokens: TokenTexts | None = None

    @property
    def generated(self) -> Sequence[int]:
        """The ids that were generated, the prompt's left out."""
        return self.previous[len(self.previous) - self.written :]


@dataclass(frozen=True)
class SamplerStage:
    """One stage of the sampler. This is all there is to declare; its sentences are [stages.NAME] in sampler.toml.

    name: in the API's answers and in stage_order.  group: see GROUPS.
    settings: the first switches the stage off.  source: the paper or program that it follows.
    apply: the logits after the stage. It returns the same object if it changes nothing.
    numbers: for the sentences that show a token's working: a number, or a number by token id.
    truncates: it cuts unlikely tokens: a stage with replaces_truncation then stands in for it.
    first_state, next_state: for a stage that remembers one number along the text: its first, and the one after a
    token (the logits before the stage, the token's id, the number so far, the settings).
    """

    name: str
    group: str
    settings: tuple[Setting, ...]
    apply: Callable[[Logits, SamplingContext], Logits]
    source: str
    numbers: Callable[[Logits, SamplingContext], Mapping[str, Any]] = lambda logits, at: {}
    truncates: bool = False
    replaces_truncation: bool = False
    first_state: Callable[[Any], float] | None = None
    next_state: Callable[[Logits, int, float, Any], float] | None = None

    def is_off(self, settings: Any) -> bool:
        """Whether these settings switch the stage off."""
        switch = self.settings[0]
        return bool(getattr(settings, switch.name) == switch.off)

    @property
    def label(self) -> str:
        """Its name on the page."""
        return say(f"sampler.stages.{self.name}.label")

    def explanation(self, settings: Any) -> str:
        """What it does under these settings."""
        if self.is_off(settings):
            off = self.settings[0].off
            return say("sampler.stages.empty") if off == "" else say("sampler.stages.off", off=exact(off))
        form = "greedy" if self.name == "temperature" and settings.temperature == 0.0 else "on"
        return say(f"sampler.stages.{self.name}.{form}", **self.values(settings))

    def values(self, settings: Any) -> dict[str, Any]:
        """The values of its own settings, by name."""
        return {item.name: getattr(settings, item.name) for item in self.settings}
