"""Memorable names for runs: an adjective and an animal."""

from __future__ import annotations

import random
from collections.abc import Collection

_FIRST = (
    "amber brave calm clever curious dapper eager early fair fleet gentle glad golden happy hidden humble keen kind "
    "late lively lucky mellow merry misty nimble noble patient plucky proud quick quiet rapid ruby shy silver sleepy "
    "sly smart steady sunny swift tidy tiny vivid warm wild wise witty young zesty"
).split()
_SECOND = (
    "badger beaver bison crane dove eagle falcon ferret finch fox gecko goose hare hawk hedgehog heron ibis jackal jay "
    "koala lark lemur lion llama lynx magpie marten mole moose newt otter owl panda parrot pelican puffin quail rabbit "
    "raven robin seal shrew sparrow squirrel stork swan tapir tern toad trout turtle vole walrus whale wolf wren zebra"
).split()


def new_name(taken: Collection[str]) -> str:
    """A name not in `taken`, with a number appended after 200 failed tries."""
    chooser = random.SystemRandom()
    for _ in range(200):
        name = f"{chooser.choice(_FIRST)} {chooser.choice(_SECOND)}"
        if name not in taken:
            return name
    return f"{name} {len(taken) + 1}"
