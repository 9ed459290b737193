"""All ten tests of one embedding at once: a table of d with intervals, the p-values corrected for being ten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playground.bias.multiple_testing import holm
from playground.bias.session_log import ALPHA, CANNOT_TELL, CONSISTENT, DEPENDS
from playground.bias.target_embedding import Embedding, embedding
from playground.bias.weat_request import PANEL, AssociationFound, AssociationRequest, measuring
from playground.bias.weat_sets import tests
from playground.core.recipe import Recipe


@dataclass(frozen=True, eq=False)
class AllTests:
    """found: by number.  adjusted: Holm's p-values over the tests found so far, in their order."""

    found: tuple[AssociationFound, ...]

    @property
    def adjusted(self) -> list[float]:
        """Holm's p-values, in the order of found."""
        return holm([one.p for one in self.found])

    def hold(self) -> list[AssociationFound]:
        """Those that pass after the correction and whose interval holds no 0."""
        both = zip(self.found, self.adjusted, strict=True)
        return [one for one, p in both if p <= ALPHA and one.verdict() == CONSISTENT]

    def words(self) -> str:
        """The table in two sentences."""
        passed = sum(p <= ALPHA for p in self.adjusted)
        hold = self.hold()
        numbers = ", ".join(str(one.request.test.number) for one in hold if one.request.test)
        return (
            f"After Holm's correction {passed} of {len(self.found)} tests pass p ≤ 0.05; of these, {len(hold)} also "
            f"have an interval without 0, so that other words for the same ideas would very likely agree"
            f"{f' (tests {numbers})' if numbers else ''}."
        )

    def verdict(self) -> str:
        """Of all ten together."""
        passed = sum(p <= ALPHA for p in self.adjusted)
        return CANNOT_TELL if not passed else CONSISTENT if len(self.hold()) == len(self.found) else DEPENDS

    def recipe(self) -> Recipe:
        """What made it."""
        first = self.found[0]
        settings = {"panel": PANEL, "part": "ten", "alternative": first.request.alternative}
        result = " ".join(f"{one.found.d:.2f}" for one in self.found)
        return Recipe("bias", first.request.embedding, first.weights_sha256, 0, settings, result)


def all_tests(name: str, alternative: str = "greater", loaded: Embedding | None = None) -> Iterator[AllTests | float]:
    """Yields shares done, 0 to 1, and after each test all that is found so far."""
    space = loaded or embedding(name)
    found: list[AssociationFound] = []
    for number, test in tests().items():
        for step in measuring(AssociationRequest(test, test.lists(), name, alternative), space):
            if isinstance(step, AssociationFound):
                found.append(step)
                yield AllTests(tuple(found))
            else:
                yield (number - 1 + step) / len(tests())
