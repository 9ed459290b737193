"""The house's rules, read from the code itself: who may import whom, and what is written nowhere.

Each rule is a function from text to its breaches, so that a test can show that it bites.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_server import ROOT

PACKAGE = ROOT / "playground"
HEAVY = ("torch", "transformers", "diffusers", "onnxruntime", "onnxruntime_genai")
#: Folder below playground -> what nothing in it may import, not even inside a function.
FORBIDDEN = {
    "tabs": (*HEAVY, "playground.engines", "playground.zoo", "playground.models"),
    "views": (
        *HEAVY,
        "playground.engines",
        "playground.zoo",
        "playground.models",
        "playground.language",
        "playground.panels",
    ),
    "labs": ("gradio", "playground.panels", "playground.ui", "playground.page"),
    "engines": ("gradio", "playground.language", "playground.panels", "playground.ui", "playground.zoo"),
    "zoo": ("gradio", "playground.language", "playground.panels", "playground.ui"),
    "models": ("gradio", "transformers", "playground"),
    "data": (*HEAVY, "gradio", "playground.language", "playground.panels", "playground.ui", "playground.models"),
    "training": ("gradio", "playground.language", "playground.panels", "playground.ui", "playground.engines"),
    "runs": ("gradio", "playground.language", "playground.panels", "playground.ui", "playground.engines"),
}
#: These load nothing heavy when they are imported.
LIGHT = ("tabs", "views", "labs", "data", "zoo", "runs", "train.py", "page.py", "recipe.py", "hardware.py", "errors.py")
APP_LINES, FILE_LINES = 79, 350


def sources(folder: str = "") -> list[Path]:
    place = PACKAGE / folder
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def read(path: Path) -> str:
    return path.read_text("utf-8")


def module_of(path: Path) -> str:
    """The package that a file's relative imports start from, as a dotted name."""
    return ".".join(path.relative_to(ROOT).parent.parts)


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def imported(tree: ast.AST, package: str = "playground", at_import_only: bool = False) -> Iterator[str]:
    """Names of the modules that code imports; at_import_only leaves out functions and TYPE_CHECKING.

    package: where relative imports start.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*parts, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{name.name}" for name in node.names)
        elif at_import_only and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        elif at_import_only and is_type_checking(node):
            assert isinstance(node, ast.If)
            yield from imported(ast.Module(node.orelse, []), package, at_import_only)
        else:
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
                yield from (argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant))
            yield from imported(node, package, at_import_only)


def breaches(
    code: str, forbidden: tuple[str, ...], at_import_only: bool = False, package: str = "playground"
) -> set[str]:
    """Imports of a forbidden module, or of one inside it."""
    names = set(imported(ast.parse(code), package, at_import_only))
    return {name for name in names for rule in forbidden if name == rule or name.startswith(rule + ".")}


def other_tabs(code: str, path: Path) -> set[str]:
    """Tabs that a tab imports beside itself; a tab is a module or a package right below playground.panels."""
    own = path.relative_to(PACKAGE / "tabs").parts[0].removesuffix(".py")
    names = imported(ast.parse(code), module_of(path))
    return {name for name in names if name.startswith("playground.panels.") and name.split(".")[2] != own}


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_run_one_way(folder: str) -> None:
    for path in sources(folder):
        assert not breaches(read(path), FORBIDDEN[folder], package=module_of(path)), path


@pytest.mark.parametrize("folder", ["tabs", "views", "labs", "engines", "zoo", "models", "data", "training", "runs"])
def test_the_rules_are_about_files_that_exist(folder: str) -> None:
    assert len(sources(folder)) > 1


@pytest.mark.parametrize("folder", LIGHT)
def test_nothing_heavy_is_imported_before_it_is_needed(folder: str) -> None:
    assert sources(folder)
    for path in sources(folder):
        assert not breaches(read(path), HEAVY, at_import_only=True, package=module_of(path)), path


def test_the_app_imports_nothing_heavy_before_its_environment_is_prepared() -> None:
    assert not breaches(read(ROOT / "app.py"), (*HEAVY, "gradio", "playground.page"), at_import_only=True)


def test_a_tab_never_imports_a_tab() -> None:
    for path in sources("tabs"):
        if path.parent != PACKAGE / "tabs" or path.name != "__init__.py":
            assert not other_tabs(read(path), path), path


@pytest.mark.parametrize(("folder", "rule"), [(folder, rule) for folder, rules in FORBIDDEN.items() for rule in rules])
def test_each_import_rule_bites(folder: str, rule: str) -> None:
    parent, _, name = rule.rpartition(".")
    planted = [f"import {rule}", f"import {rule}.inner as x", f"def f():\n    from {rule} import x"]
    planted += [f"from {parent} import {name}", f"from ..{name} import x", f"from .. import {name}"] if parent else []
    planted += [f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import {rule}"]
    planted += [f"import importlib\nx = importlib.import_module('{rule}')"]
    for code in planted:
        assert breaches(code, FORBIDDEN[folder], package=f"playground.{folder}"), code
    assert not breaches(f"import {rule}_like\nimport json", FORBIDDEN[folder])


@pytest.mark.parametrize("name", HEAVY)
def test_the_rule_of_late_imports_bites(name: str) -> None:
    early = ["import {}", "class A:\n    import {}.inner", "try:\n    from {} import x\nexcept ImportError:\n    pass"]
    early += ["if not TYPE_CHECKING:\n    import {}", "if TYPE_CHECKING:\n    pass\nelse:\n    import {}"]
    for code in early:
        assert breaches(code.format(name), HEAVY, at_import_only=True), code
    late = [
        "def f():\n    import {}",
        "if TYPE_CHECKING:\n    import {}",
        "class A:\n    def f(self):\n        import {}",
    ]
    for code in late:
        assert not breaches(code.format(name), HEAVY, at_import_only=True), code


def test_the_rule_of_tabs_bites() -> None:
    inside, alone = PACKAGE / "tabs" / "text" / "generate.py", PACKAGE / "tabs" / "image.py"
    for code in (
        "from playground.panels import image",
        "from ..image import build",
        "import playground.panels.image.x",
    ):
        assert other_tabs(code, inside), code
    for code in ("from playground.panels.text import api", "from . import text", "from .text.api import x"):
        assert other_tabs(code, alone), code
    for code in ("from playground.panels.text import api", "from . import api", "from .api import x"):
        assert not other_tabs(code, inside), code


def loaded_by(code: str) -> list[str]:
    """Which of the heavy libraries a new process has loaded after running code."""
    code += f"\nimport sys\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return ast.literal_eval(told.stdout.strip().splitlines()[-1])


def test_the_page_is_imported_without_a_model_library() -> None:
    assert loaded_by("import playground.page") == []
    assert loaded_by("import onnxruntime") == ["onnxruntime"], "and the test would notice"


def too_long(text: str, most: int) -> bool:
    return len(text.splitlines()) > most


def test_files_stay_small() -> None:
    assert too_long("\n" * 80, APP_LINES) and not too_long("\n" * 79, APP_LINES)
    assert not too_long(read(ROOT / "app.py"), APP_LINES)
    assert {path.name for path in sources() if too_long(read(path), FILE_LINES)} == set()


GLOBAL_SEED = re.compile(r"(torch|torch\.cuda|np\.random|numpy\.random|random)\.(manual_seed|manual_seed_all|seed)")
PICKLES = ("pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal")


def is_false(call: ast.Call, name: str) -> bool:
    """Whether a call leaves out a keyword or says False."""
    return all(ast.unparse(word.value) == "False" for word in call.keywords if word.arg == name)


def says_true(call: ast.Call, name: str) -> bool:
    return any(word.arg == name and ast.unparse(word.value) == "True" for word in call.keywords)


def unsafe(code: str) -> set[str]:
    """What disturbs other visitors' draws, or runs what a file or a visitor says."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names if name.name.split(".")[0] in PICKLES}
        elif isinstance(node, ast.ImportFrom):
            names = {name.name for name in node.names}
            if node.module in PICKLES and names != {"UnpicklingError"}:
                found.add(str(node.module))
            if node.module in ("torch", "random", "numpy.random", "transformers"):
                found |= names & {"seed", "manual_seed", "set_seed", *(["load"] if node.module == "torch" else [])}
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            bad = GLOBAL_SEED.fullmatch(name) or name.rpartition(".")[2] == "set_seed"
            bad = bad or name in ("eval", "exec", "os.system")
            bad = bad or (name == "torch.load" and not says_true(node, "weights_only"))
            bad = bad or not all(is_false(node, word) for word in ("trust_remote_code", "allow_pickle", "shell"))
            found |= {name} if bad else set()
        elif isinstance(node, ast.Dict):
            found |= {"trust_remote_code" for key in node.keys if key and ast.unparse(key) == "'trust_remote_code'"}
    return found


def test_nothing_unsafe_is_called() -> None:
    for path in [*sources(), ROOT / "app.py"]:
        assert not unsafe(read(path)), path


@pytest.mark.parametrize(
    "code",
    [
        "torch.manual_seed(0)",
        "torch.cuda.manual_seed_all(0)",
        "np.random.seed(0)",
        "random.seed(0)",
        "from random import seed",
        "transformers.set_seed(1)",
        "import pickle",
        "def f():\n    from pickle import loads",
        "from pickle import UnpicklingError, load",
        "import joblib.numpy_pickle",
        "torch.load(path)",
        "from torch import load",
        "torch.load(\n    path,\n    weights_only=False,\n)",
        "model(path, trust_remote_code=True)",
        "model(path, trust_remote_code=asked)",
        "model(path, **{'trust_remote_code': True})",
        "np.load(path, allow_pickle=True)",
        "eval(text)",
        "subprocess.run(text, shell=True)",
    ],
)
def test_the_rule_of_unsafe_calls_bites(code: str) -> None:
    assert unsafe(code)


@pytest.mark.parametrize(
    "code",
    [
        "generator = torch.Generator().manual_seed(0)",
        "generator = np.random.default_rng(0)",
        "torch.load(\n    path,\n    weights_only=True,\n)",
        "model(path, trust_remote_code=False).eval()",
        "from pickle import UnpicklingError",
    ],
)
def test_what_is_safe_is_let_through(code: str) -> None:
    assert not unsafe(code)


_AS_HTML = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|document\s*\.\s*write"
    r"|\beval\s*\(|new\s+Function"
)


def test_scripts_draw_data_as_text_only() -> None:
    scripts = sorted(PACKAGE.rglob("*.js"))
    assert scripts
    for path in scripts:
        assert not _AS_HTML.search(read(path)), path


@pytest.mark.parametrize(
    "script",
    [
        "a.innerHTML = b",
        "a.outerHTML += b",
        "a.insertAdjacentHTML('beforeend', b)",
        "document.write(b)",
        "document.writeln(b)",
        "eval(b)",
        "new Function(b)",
    ],
)
def test_the_rule_of_scripts_bites(script: str) -> None:
    assert _AS_HTML.search(script)
    assert not _AS_HTML.search("a.textContent = b; retrieval(b)")


def placeholders(code: str) -> list[str]:
    """Strings with HTML in which Gradio would put data, or run it."""
    strings = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    html = [text for text in strings if isinstance(text, str) and re.search(r"</?[a-z]", text)]
    return [text for text in html if "{{" in text or "${" in text]


def test_templates_of_views_hold_no_placeholder() -> None:
    for path in sources("views"):
        assert not placeholders(read(path)), path


def test_the_rule_of_templates_bites() -> None:
    assert placeholders("_TEMPLATE = '''\n<p class=\"a\">{{value}}</p>\n'''")
    assert placeholders("view('a', 'Text first: <b>${value}</b>')")
    assert placeholders("f'<p>{{{{value}}}}</p>'"), "in an f-string"
    assert not placeholders("_TEMPLATE = '<p>{ }</p>'\nname = '{{value}}'")


_MACHINE_PATH = re.compile(r"(?<![\w.~:/}])/(work|tmp|root|home)/|(?<!\w)[A-Z]:\\Users\\|(?<![\w.])/Users/")
_TEXT = (".py", ".js", ".css", ".html", ".json", ".md", ".txt", ".toml", ".svg", ".yml", ".sh")


def written() -> Iterator[Path]:
    """Every text file that a visitor or a reader may get to see."""
    yield from [*ROOT.glob("*.md"), ROOT / "app.py", ROOT / "pyproject.toml", ROOT / "Makefile"]
    for folder in ("playground", "assets", "benchmarks"):
        yield from (path for path in sorted((ROOT / folder).rglob("*")) if path.suffix in _TEXT)


def test_no_machine_path_is_written_down() -> None:
    for path in written():
        assert not _MACHINE_PATH.search(read(path)), path


@pytest.mark.parametrize("folder", ["work", "tmp", "root", "home"])
def test_the_rule_of_machine_paths_bites(folder: str) -> None:
    path = f"/{folder}/main"
    for text in (path, f"open('{path}')", f"see {path}/x.md", f"`{path}`", f"({path})", f'"{path}"', f"={path}"):
        assert _MACHINE_PATH.search(text), text
    for text in (f"https://site.org{path}", f"models{path}", f"~{path}", f"./{folder}/x", f"{{folder}}{path}"):
        assert not _MACHINE_PATH.search(text), text
