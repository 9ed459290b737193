"""The WEAT battery: all ten tests of one embedding, with Holm-corrected p-values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playground.bias.multiple_testing import holm
from playground.bias.session_log import ALPHA, CANNOT_TELL, CONSISTENT, DEPENDS
from playground.bias.target_embedding import TargetEmbedding, load_embedding
from playground.bias.weat_request import NAME, WeatRequest, WeatResult, run_weat
from playground.bias.weat_sets import weat_tests
from playground.core.catalogue import say
from playground.core.recipe import Recipe


@dataclass(frozen=True, eq=False)
class WeatBattery:
    """The tests finished so far. results: in the order of their numbers."""

    results: tuple[WeatResult, ...]

    @property
    def adjusted(self) -> list[float]:
        """Holm's p-values, in the order of results."""
        return holm([one.p for one in self.results])

    def robust_tests(self) -> list[WeatResult]:
        """The tests that are significant after Holm's correction and whose interval excludes 0."""
        both = zip(self.results, self.adjusted, strict=True)
        return [one for one, p in both if p <= ALPHA and one.verdict() == CONSISTENT]

    def summary(self) -> str:
        """The table in one or two sentences, the second about tests that pass."""
        passed = sum(p <= ALPHA for p in self.adjusted)
        robust = self.robust_tests()
        summary = say("bias.weat.ten.summary", count=passed, total=len(self.results))
        if not passed:
            return summary
        if not robust:
            return f"{summary} {say('bias.weat.ten.summary_none_robust')}"
        numbers = ", ".join(str(one.request.test.number) for one in robust if one.request.test)
        return f"{summary} {say('bias.weat.ten.summary_robust', numbers=numbers, count=len(robust))}"

    def verdict(self) -> str:
        """Cannot tell if no test passes, consistent if all are robust, else depends on wording."""
        passed = sum(p <= ALPHA for p in self.adjusted)
        return CANNOT_TELL if not passed else CONSISTENT if len(self.robust_tests()) == len(self.results) else DEPENDS

    def recipe(self) -> Recipe:
        """The recipe of the battery; its fingerprint is every d."""
        first = self.results[0]
        settings = {"panel": NAME, "part": "ten", "alternative": first.request.alternative}
        result = " ".join(f"{one.association.d:.2f}" for one in self.results)
        return Recipe("bias", first.request.embedding, first.weights_sha256, 0, settings, result)


def run_weat_battery(
    name: str, alternative: str = "greater", loaded: TargetEmbedding | None = None
) -> Iterator[WeatBattery | float]:
    """Yields the share done, 0 to 1, and after each test the battery so far."""
    space = loaded or load_embedding(name)
    results: list[WeatResult] = []
    for number, test in weat_tests().items():
        for step in run_weat(WeatRequest(test, test.lists(), name, alternative), space):
            if isinstance(step, WeatResult):
                results.append(step)
                yield WeatBattery(tuple(results))
            else:
                yield (number - 1 + step) / len(weat_tests())
