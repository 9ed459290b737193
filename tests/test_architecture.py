"""Who may import whom: the arrow of imports, libraries where they belong, no circles, one folder a panel.

Each rule is a function from source text to its breaches, so that a test can show that it bites.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache

import pytest
from app_server import ROOT
from source_code import PACKAGE, below, module_of, names_in, package_of, read, sources

#: As CONTRIBUTING draws it; ALLOWED says the same for each package.
ARROW = "panels → ui, capabilities → runs → training, engines → zoo, data, metrics → models, core"
CAPABILITIES = ("language", "images", "latent", "bias", "experiments")
_MODELS = ("models", "core")
_TRAINING = ("zoo", "data", "metrics", *_MODELS)
_RUNS = ("training", "engines", *_TRAINING)
_CAPABILITY = ("runs", *_RUNS)
#: Package (or module) right below playground -> which others it may import: anywhere in it, also inside a function or
#: for annotations only. Among the capabilities, latent and bias build on language and images, experiments on language.
ALLOWED: dict[str, tuple[str, ...]] = {
    "core": (),
    "models": (),
    "metrics": _MODELS,
    "data": ("core",),
    "zoo": _MODELS,
    "engines": _TRAINING,
    "training": _TRAINING,
    "runs": _RUNS,
    "language": _CAPABILITY,
    "images": _CAPABILITY,
    "latent": ("language", "images", *_CAPABILITY),
    "bias": ("language", "images", *_CAPABILITY),
    "experiments": ("language", *_CAPABILITY),
    "ui": ("core",),
    "panels": ("ui", *CAPABILITIES, "data", "metrics", "core"),
    "page": ("panels", "ui", "core"),
    "train": ("training", *_TRAINING),
    "third_party": ("zoo", "data", "core"),
    "stored_results": ("page", "panels", "ui", *CAPABILITIES, "core"),
    "documents": ("page", "panels", "ui", *CAPABILITIES, "core"),
}
HEAVY = ("torch", "transformers", "diffusers", "onnxruntime", "onnxruntime_genai")
#: Library -> the packages that may import it, anywhere in them.
ALLOWED_LIBRARIES: dict[str, tuple[str, ...]] = {
    "gradio": ("ui", "panels", "page"),
    **dict.fromkeys(HEAVY, ("zoo", "engines", "metrics", "training", "train", "runs", *CAPABILITIES)),
    "torch": ("models", "core", "zoo", "engines", "metrics", "training", "train", "runs", *CAPABILITIES),
}
#: Their modules import no heavy library when they are imported, so that the page opens soon.
LIGHT = ("core", "data", "zoo", "runs", *CAPABILITIES, "ui", "panels", "train", "third_party", "page")


# The arrow of imports


def arrow_breaches(code: str, owner: str, package: str) -> set[str]:
    """Modules of other packages that a file of the package `owner` must not import."""
    ours = {name for name in names_in(code, package) if name.startswith("playground.")}
    allowed = [f"playground.{name}" for name in (owner, *ALLOWED[owner])]
    return ours - below(ours, allowed)


def library_breaches(code: str, owner: str) -> set[str]:
    forbidden = [library for library, owners in ALLOWED_LIBRARIES.items() if owner not in owners]
    return below(names_in(code), forbidden)


def early_imports(code: str) -> set[str]:
    """The heavy libraries that a module imports when it is imported."""
    return below(names_in(code, at_import_only=True), HEAVY)


def test_every_package_has_its_place_in_the_arrow() -> None:
    assert {
        path.stem for path in PACKAGE.iterdir() if (path.is_dir() and [*path.glob("*.py")]) or path.suffix == ".py"
    } == {
        *ALLOWED,
        "__init__",
    }
    for package in ALLOWED:
        assert sources(package) and all(path.is_file() for path in sources(package)), package


def test_the_arrow_has_no_circle() -> None:
    assert not circles(ALLOWED)


def test_contributing_draws_the_arrow() -> None:
    assert ARROW in read(ROOT / "CONTRIBUTING.md")


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_run_one_way(package: str) -> None:
    found = {module_of(path): arrow_breaches(read(path), package, package_of(path)) for path in sources(package)}
    assert not {module: sorted(names) for module, names in found.items() if names}


@pytest.mark.parametrize("package", ALLOWED)
def test_libraries_are_imported_where_they_belong(package: str) -> None:
    found = {module_of(path): library_breaches(read(path), package) for path in sources(package)}
    assert not {module: sorted(names) for module, names in found.items() if names}


@pytest.mark.parametrize("package", LIGHT)
def test_no_heavy_library_is_imported_before_it_is_needed(package: str) -> None:
    found = {module_of(path): early_imports(read(path)) for path in sources(package)}
    assert not {module: sorted(names) for module, names in found.items() if names}


def test_the_app_imports_nothing_heavy_before_its_environment_is_prepared() -> None:
    early = names_in(read(ROOT / "app.py"), at_import_only=True)
    assert not below(early, (*HEAVY, "gradio", "playground.page"))


def ways_to_import(name: str) -> list[str]:
    """Code that imports a module, in each way that Python has."""
    parent, _, last = name.rpartition(".")
    ways = [f"import {name}", f"import {name}.inner as x", f"def f():\n    from {name} import x"]
    ways += [f"from {parent} import {last}", f"from ..{last} import x", f"from .. import {last}"] if parent else []
    ways += [f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import {name}"]
    return [*ways, f"import importlib\nx = importlib.import_module('{name}')"]


@pytest.mark.parametrize("package", ALLOWED)
def test_the_rule_of_the_arrow_bites(package: str) -> None:
    for other in ALLOWED:
        for code in ways_to_import(f"playground.{other}"):
            breaches = arrow_breaches(code, package, f"playground.{package}")
            assert bool(breaches) == (other not in (package, *ALLOWED[package])), (other, code)
    assert not arrow_breaches("import json\nfrom . import x", package, f"playground.{package}")


@pytest.mark.parametrize("library", ALLOWED_LIBRARIES)
def test_the_rule_of_libraries_bites(library: str) -> None:
    for package in ALLOWED:
        for code in ways_to_import(library):
            assert bool(library_breaches(code, package)) == (package not in ALLOWED_LIBRARIES[library]), code
    assert not library_breaches(f"import {library}_like", "core")


@pytest.mark.parametrize("name", HEAVY)
def test_the_rule_of_late_imports_bites(name: str) -> None:
    early = ["import {}", "class A:\n    import {}.inner", "try:\n    from {} import x\nexcept ImportError:\n    pass"]
    early += ["if not TYPE_CHECKING:\n    import {}", "if TYPE_CHECKING:\n    pass\nelse:\n    import {}"]
    for code in early:
        assert early_imports(code.format(name)), code
    late = [
        "def f():\n    import {}",
        "if TYPE_CHECKING:\n    import {}",
        "class A:\n    def f(self):\n        import {}",
    ]
    for code in late:
        assert not early_imports(code.format(name)), code


def third_party(code: str) -> set[str]:
    """Top-level names of the libraries that code imports beside Python's own and the playground."""
    return {name.split(".")[0] for name in names_in(code)} - sys.stdlib_module_names - {"playground", ""}


def test_models_import_torch_alone() -> None:
    assert third_party("import numpy as np\nfrom torch import nn\nimport math") == {"numpy", "torch"}
    for path in sources("models"):
        assert third_party(read(path)) <= {"torch"}, path


def test_models_do_not_import_one_another() -> None:
    for path in sources("models"):
        assert not below(names_in(read(path), package_of(path)), ["playground"]), path


# Circles among modules


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Strongly connected components of two nodes or more, and nodes that point to themselves, each sorted.

    Source: Tarjan 1972, doi:10.1137/0201010.
    """
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        for target in graph.get(node, ()):
            if target not in order:
                visit(target)
            if target in stack:
                lowest[node] = min(lowest[node], lowest[target])
        if lowest[node] == order[node]:
            component = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(component) > 1 or node in graph.get(node, ()):
                found.append(sorted(component))

    for node in graph:
        if node not in order:
            visit(node)
    return found


@cache
def module_graph() -> dict[str, set[str]]:
    """Module -> the modules of the playground that it imports: at its top, in functions, or for annotations only."""
    modules = {module_of(path): path for path in sources()}
    graph = {}
    for module, path in modules.items():
        names = names_in(read(path), package_of(path))
        # `from package import module` names both: the package counts only where nothing inside it is meant.
        targets = {name for name in names if name in modules}
        targets -= {name for name in targets if any(other.startswith(name + ".") for other in targets)}
        graph[module] = targets - {module}
    return graph


def test_no_modules_import_one_another_in_a_circle() -> None:
    assert circles(module_graph()) == []


def test_the_graph_of_modules_holds_late_imports_too() -> None:
    graph = module_graph()
    assert "playground.models.marian" in graph["playground.zoo.translators"], "imported inside a function"
    assert "playground.core.errors" in graph["playground.core.recipe"]


def test_the_rule_of_circles_bites() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}) == [["a", "b", "c"]]
    assert circles({"a": ["a"]}) == [["a"]]
    assert circles({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}) == []
    assert sorted(circles({"a": ["b"], "b": ["a", "c"], "c": ["d"], "d": ["c"]})) == [["a", "b"], ["c", "d"]]


# One folder a panel


def panel_folders() -> set[str]:
    """Dotted names of the panels: playground.panels.TAB.PANEL."""
    return {module_of(path).removesuffix(".panel") for path in (PACKAGE / "panels").glob("*/*/panel.py")}


def panel_breaches(code: str, module: str, package: str, panels: Iterable[str], wiring: Iterable[str] = ()) -> set[str]:
    """Modules of other tabs that a module below playground.panels imports; of a panel's module, other panels too.

    wiring: modules beside the panels that import panels, such as a tab's tab.py. Panels must not import those either.
    """
    tab = ".".join(module.split(".")[:3])
    own = {panel for panel in panels if below([module], [panel])}
    names = {name for name in names_in(code, package) if name.startswith("playground.panels.")}
    other_tabs = names - below(names, [tab])
    return other_tabs | (below(names, {*panels, *wiring} - own) if own else set())


def test_no_panel_imports_another_panel_or_tab() -> None:
    panels = panel_folders()
    assert len(panels) > 10
    files = {module_of(path): path for path in sources("panels") if path.parent != PACKAGE / "panels"}
    outside = {module: path for module, path in files.items() if not below([module], panels)}
    wiring = {module for module, path in outside.items() if below(names_in(read(path), package_of(path)), panels)}
    assert wiring >= {f"playground.panels.{tab}.tab" for tab in ("text", "images", "latent", "bias", "train")}
    found = {
        module: panel_breaches(read(path), module, package_of(path), panels, wiring) for module, path in files.items()
    }
    assert not {module: sorted(names) for module, names in found.items() if names}


def test_the_rule_of_panels_bites() -> None:
    panels = ["playground.panels.text.generate", "playground.panels.text.score"]
    wiring = ["playground.panels.text.tab"]
    inside, beside = "playground.panels.text.generate.panel", "playground.panels.text.controls"
    for code in (
        "from playground.panels.text.score import view",
        "from playground.panels.text import score",
        "def f():\n    from ..score.api import x",
        "import playground.panels.images.tab",
        "from playground.panels.images import controls",
        "from playground.panels.text.tab import build",
    ):
        assert panel_breaches(code, inside, "playground.panels.text.generate", panels, wiring), code
    for code in ("from playground.panels.text.generate.api import x", "from . import api", "from ..controls import x"):
        assert not panel_breaches(code, inside, "playground.panels.text.generate", panels, wiring), code
    assert panel_breaches("from playground.panels.images import tab", beside, "playground.panels.text", panels)
    assert not panel_breaches("from .score import panel", wiring[0], "playground.panels.text", panels)


# Start-up


def loaded_by(code: str) -> list[str]:
    """Which of the heavy libraries a new process has loaded after running code."""
    code += f"\nimport sys\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return ast.literal_eval(done.stdout.strip().splitlines()[-1])


@pytest.mark.slow
def test_the_page_is_imported_without_a_model_library() -> None:
    assert loaded_by("import playground.page") == []
    assert loaded_by("import onnxruntime") == ["onnxruntime"], "and the test would notice"
