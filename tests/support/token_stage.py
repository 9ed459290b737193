"""A page that shows given tokens and a given tree of endings without any model, and records the views' events."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from calls import Calls
from playwright.sync_api import Locator, Page, expect


def token(text: str, probability: float | None = 0.6, rank: int = 1, **more: Any) -> dict[str, Any]:
    """A token as the labs give it, with ten alternatives; the token is among them when its rank says so."""
    if probability is None:
        none = dict.fromkeys(("probability", "sampled_probability", "rank", "surprisal_bits"))
        return {"id": 1000, "text": text, "forced": False, "special": False, "alternatives": [], **none, **more}
    others = [{"id": place, "text": f" other{place}", "probability": 0.5 / place} for place in range(1, 11)]
    if rank <= 10:
        others[rank - 1] = {"id": 1000, "text": text, "probability": probability}
    judged = {
        "probability": probability,
        "sampled_probability": probability,
        "rank": rank,
        "surprisal_bits": -math.log2(probability),
        "alternatives": others,
    }
    return {"id": 1000, "text": text, "forced": False, "special": False, **judged, **more}


def value(tokens: list[dict[str, Any]], run: str = "one", **more: Any) -> dict[str, Any]:
    return {"run": run, "start": 0, "tokens": tokens, "done": True, "scale": "probability", "empty": "Nothing.", **more}


FIRST = value([token(" Hello"), token(" world", 0.3, 2)], prompt=[token("Once", None), token(" upon", 0.001, 1073)])
ROOT_BRANCH = {
    "id": 0, "parent": None, "part": "output", "fork": None, "word": "", "text": " a sea", "count": 2,
    "current": False, "finish_reason": "length",
}  # fmt: skip
BRANCHES = {
    "branches": [
        ROOT_BRANCH,
        ROOT_BRANCH | {"id": 1, "parent": 0, "fork": 7, "word": " <b>", "text": " <b> hill", "count": 1},
        ROOT_BRANCH | {"id": 2, "parent": 1, "fork": 9, "word": "\n", "text": "\nend", "current": True},
        ROOT_BRANCH | {"id": 3, "parent": 0, "part": "prompt", "fork": 1, "word": " the", "finish_reason": "eos"},
    ]
}


@dataclass
class Stage:
    """A page that shows given values, and records the views' events."""

    address: str = ""
    next: dict[str, Any] = field(default_factory=dict)
    heard: Calls = field(default_factory=Calls)


@dataclass
class Shown:
    """The stage, open in a browser."""

    page: Page
    stage: Stage

    def show(self, given: dict[str, Any], drawn: int | None = None) -> None:
        """Sends a value, and waits until so many tokens of the output are drawn; by default those up to its end."""
        self.stage.next = given
        self.page.locator("#show").dispatch_event("click")  # as Python does: the focus stays where it is
        if given.get("tokens"):
            count = given["start"] + len(given["tokens"]) if drawn is None else drawn
            expect(self.chips()).to_have_count(count)

    def chips(self, part: str = "output") -> Locator:
        return self.page.locator(f"#tokens .pg-{part} > .pg-chip")

    @property
    def card(self) -> Locator:
        return self.page.locator("#tokens .pg-card")

    def heard(self, count: int) -> list[tuple[str, Any]]:
        self.stage.heard.wait_for(count)
        return self.stage.heard
