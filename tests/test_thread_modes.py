"""A mode of torch that belongs to a thread never outlives the step that needs it.

The rule is a function from source text to its breaches, so that a test can show that it bites.
"""

from __future__ import annotations

import ast
import re

from source_code import below_function, module_of, read, sources

#: Context managers of torch whose state belongs to the thread.
THREAD_MODES = {"no_grad", "inference_mode", "enable_grad", "set_grad_enabled", "autocast"}


def modes_across_yields(code: str) -> list[int]:
    """Lines of `with` blocks that set a mode of torch for the thread and yield inside it.

    Whoever continues or ends the generator may do so on another thread: the first one would keep the mode.
    """
    blocks = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.With)]
    return [
        block.lineno for block in blocks
        if any(THREAD_MODES & set(re.findall(r"\w+", ast.unparse(item.context_expr))) for item in block.items)
        and any(isinstance(node, ast.Yield | ast.YieldFrom) for node in below_function(block))
    ]  # fmt: skip


def test_no_generator_yields_in_a_mode_of_torch() -> None:
    found = {module_of(path): modes_across_yields(read(path)) for path in sources()}
    assert not {module: lines for module, lines in found.items() if lines}


def test_the_rule_of_modes_bites() -> None:
    assert modes_across_yields("def f():\n    with torch.no_grad():\n        for x in y:\n            yield x") == [2]
    assert not modes_across_yields("def f():\n    with torch.no_grad():\n        x = 1\n    yield x")
    assert not modes_across_yields("with no_grad():\n    def f():\n        yield 1")
