"""The house's rules, read from the code itself: who may import whom, and what is written nowhere."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import ROOT

PACKAGE = ROOT / "playground"
HEAVY = ("torch", "transformers", "diffusers", "onnxruntime")
#: Folder below playground -> what nothing in it may import, not even inside a function.
FORBIDDEN = {
    "tabs": (*HEAVY, "playground.engines", "playground.zoo", "playground.models"),
    "views": (
        *HEAVY,
        "playground.engines",
        "playground.zoo",
        "playground.models",
        "playground.labs",
        "playground.tabs",
    ),
    "labs": ("gradio", "playground.tabs", "playground.views", "playground.page"),
    "engines": ("gradio", "playground.labs", "playground.tabs", "playground.views", "playground.zoo"),
    "zoo": ("gradio", "playground.labs", "playground.tabs", "playground.views"),
    "models": ("gradio", "transformers", "playground"),
}
#: These load nothing heavy when they are imported.
LIGHT = ("tabs", "views", "labs", "page.py", "recipe.py", "hardware.py")


def sources(folder: str = "") -> list[Path]:
    place = PACKAGE / folder
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def imported(tree: ast.AST, at_import_only: bool = False) -> Iterator[str]:
    """Names of the modules that code imports; at_import_only leaves out functions and TYPE_CHECKING."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif at_import_only and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        elif at_import_only and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        else:
            yield from imported(node, at_import_only)


def breaches(code: str, forbidden: tuple[str, ...], at_import_only: bool = False) -> set[str]:
    names = set(imported(ast.parse(code), at_import_only))
    return {name for name in names for rule in forbidden if name == rule or name.startswith(rule + ".")}


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_run_one_way(folder: str) -> None:
    for path in sources(folder):
        assert not breaches(path.read_text("utf-8"), FORBIDDEN[folder]), path


@pytest.mark.parametrize("folder", LIGHT)
def test_nothing_heavy_is_imported_before_it_is_needed(folder: str) -> None:
    for path in sources(folder):
        assert not breaches(path.read_text("utf-8"), HEAVY, at_import_only=True), path
    assert not breaches((ROOT / "app.py").read_text("utf-8"), (*HEAVY, "gradio"), at_import_only=True)


def test_a_tab_never_imports_a_tab() -> None:
    for path in sources("tabs"):
        own = path.relative_to(PACKAGE / "tabs").parts[0].removesuffix(".py")
        others = [name for name in imported(ast.parse(path.read_text("utf-8"))) if name.startswith("playground.tabs.")]
        assert all(name.split(".")[2] == own for name in others), path


def test_the_import_rules_bite() -> None:
    code = "def f():\n    import torch.nn\nfrom playground.zoo import loader\n"
    assert breaches(code, FORBIDDEN["tabs"]) == {"torch.nn", "playground.zoo", "playground.zoo.loader"}
    assert breaches(code, HEAVY, at_import_only=True) == set()
    assert breaches("class A:\n    import torch", HEAVY, at_import_only=True) == {"torch"}


def test_the_page_is_imported_without_a_model_library() -> None:
    code = f"import sys\nimport playground.page\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip().splitlines()[-1] == "[]"


def test_files_stay_small() -> None:
    assert len((ROOT / "app.py").read_text("utf-8").splitlines()) < 80
    for path in sources():
        assert len(path.read_text("utf-8").splitlines()) <= 350, path


#: What is written nowhere in the package -> a line that breaks the rule.
NOWHERE = {
    r"\b(torch\.manual_seed|np\.random\.seed|numpy\.random\.seed|random\.seed)\(": "torch.manual_seed(0)",
    r"^\s*(import pickle|from pickle import (?!UnpicklingError$))": "import pickle",
    r"trust_remote_code=True": "f(trust_remote_code=True)",
    r"torch\.load\((?!.*weights_only=True)": "torch.load(path)",
    r"\beval\(|\bexec\(|os\.system\(|shell=True": "eval(text)",
    r"(?<![\w.])/(work|tmp|root|home)/": "open('/tmp/x')",
}


@pytest.mark.parametrize("pattern", NOWHERE)
def test_some_things_are_written_nowhere(pattern: str) -> None:
    rule = re.compile(pattern, re.MULTILINE)
    assert rule.search(NOWHERE[pattern])
    for path in [*sources(), ROOT / "app.py"]:
        assert not rule.search(path.read_text("utf-8").replace(".eval()", "")), path


_UNSAFE = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")


def test_scripts_draw_data_as_text_only() -> None:
    assert _UNSAFE.search("a.innerHTML = b")
    for path in (ROOT / "assets" / "web").glob("*.js"):
        assert not _UNSAFE.search(path.read_text("utf-8")), path


def test_templates_of_views_hold_no_placeholder() -> None:
    for path in sources("views"):
        strings = [
            node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)
        ]
        for text in strings:
            if isinstance(text, str) and text.lstrip().startswith("<"):
                assert "{{" not in text and "${" not in text, path


def test_no_machine_path_is_written_down() -> None:
    paths = [*ROOT.glob("*.md"), *(ROOT / "assets").rglob("*.*"), *(ROOT / "benchmarks").rglob("*.*")]
    for path in paths:
        if path.suffix in (".md", ".js", ".css", ".json", ".py", ".txt"):
            assert not re.search(r"(?<![\w.~:/])/(work|tmp|root)/", path.read_text("utf-8")), path
