"""What source files must not hold: unsafe calls, data as HTML, machine paths, too many lines; what of them is served.

Each rule is a function from source text to its breaches, so that a test can show that it bites.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_server import ROOT
from source_code import PACKAGE, read, sources

from playground.ui import bundles, script_modules

APP_LINES, FILE_LINES = 79, 350


def file_serving(code: str) -> set[str]:
    """Calls and keywords by which Gradio would serve files from the disk."""
    nodes = list(ast.walk(ast.parse(code)))
    calls = {ast.unparse(node.func).rpartition(".")[2] for node in nodes if isinstance(node, ast.Call)}
    keywords = {str(node.arg) for node in nodes if isinstance(node, ast.keyword)}
    return (calls | keywords) & {"set_static_paths", "allowed_paths", "StaticFiles", "FileResponse"}


def test_of_the_package_only_scripts_and_styles_are_served() -> None:
    assert set(bundles.MEDIA_TYPES) == {".js", ".css"}
    styles = [path.relative_to(PACKAGE).as_posix() for path in bundles.style_files()]
    for names, suffix in ((styles, ".css"), (list(script_modules.sources()), ".js")):
        assert names and {Path(name).suffix for name in names} == {suffix}
        assert {name.partition("/")[0] for name in names} == {"ui", "panels"}


def test_gradio_serves_no_folder() -> None:
    for path in [*sources(), ROOT / "app.py"]:
        assert not file_serving(read(path)), path


def test_the_rule_of_serving_bites() -> None:
    assert file_serving("gr.set_static_paths(['playground'])")
    assert file_serving("page.launch(allowed_paths=['.'])")
    assert file_serving("from starlette.staticfiles import StaticFiles\nStaticFiles(directory='.')")
    assert not file_serving("page.launch(show_api=False)")


def too_long(text: str, most: int) -> bool:
    return len(text.splitlines()) > most


def test_files_stay_small() -> None:
    assert too_long("\n" * 80, APP_LINES) and not too_long("\n" * 79, APP_LINES)
    assert not too_long(read(ROOT / "app.py"), APP_LINES)
    assert {path.name for path in sources() if too_long(read(path), FILE_LINES)} == set()


GLOBAL_SEED = re.compile(r"(torch|torch\.cuda|np\.random|numpy\.random|random)\.(manual_seed|manual_seed_all|seed)")
PICKLES = ("pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal")


def is_false(call: ast.Call, name: str) -> bool:
    """Whether a call leaves a keyword out or sets it to False."""
    return all(ast.unparse(word.value) == "False" for word in call.keywords if word.arg == name)


def is_true(call: ast.Call, name: str) -> bool:
    return any(word.arg == name and ast.unparse(word.value) == "True" for word in call.keywords)


def unsafe(code: str) -> set[str]:
    """Calls that disturb other visitors' random draws, or run what a file or a visitor supplies."""
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
            bad = bad or (name == "torch.load" and not is_true(node, "weights_only"))
            bad = bad or not all(is_false(node, word) for word in ("trust_remote_code", "allow_pickle", "shell"))
            found |= {name} if bad else set()
        elif isinstance(node, ast.Dict):
            found |= {"trust_remote_code" for key in node.keys if key and ast.unparse(key) == "'trust_remote_code'"}
    return found


@pytest.mark.slow
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
def test_safe_calls_pass(code: str) -> None:
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
    """Strings of HTML with a placeholder that Gradio would fill, or run."""
    strings = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    html = [text for text in strings if isinstance(text, str) and re.search(r"</?[a-z]", text)]
    return [text for text in html if "{{" in text or "${" in text]


def test_templates_of_views_hold_no_placeholder() -> None:
    paths = [*sources("ui"), *sources("panels")]
    assert any(path.name == "view.py" for path in paths)
    for path in paths:
        assert not placeholders(read(path)), path


def test_the_rule_of_templates_bites() -> None:
    assert placeholders("_TEMPLATE = '''\n<p class=\"a\">{{value}}</p>\n'''")
    assert placeholders("view('a', 'Text first: <b>${value}</b>')")
    assert placeholders("f'<p>{{{{value}}}}</p>'"), "in an f-string"
    assert not placeholders("_TEMPLATE = '<p>{ }</p>'\nname = '{{value}}'")


_MACHINE_PATH = re.compile(r"(?<![\w.~:/}])/(work|tmp|root|home)/|(?<!\w)[A-Z]:\\Users\\|(?<![\w.])/Users/")
_TEXT = (".py", ".js", ".css", ".html", ".json", ".md", ".txt", ".toml", ".svg", ".yml", ".sh")


def text_files() -> Iterator[Path]:
    """Every text file that a visitor or a reader may see."""
    yield from [*ROOT.glob("*.md"), ROOT / "app.py", ROOT / "pyproject.toml", ROOT / "Makefile"]
    for folder in ("playground", "assets", "benchmarks"):
        yield from (path for path in sorted((ROOT / folder).rglob("*")) if path.suffix in _TEXT)


def test_no_text_file_holds_a_machine_path() -> None:
    for path in text_files():
        assert not _MACHINE_PATH.search(read(path)), path


@pytest.mark.parametrize("folder", ["work", "tmp", "root", "home"])
def test_the_rule_of_machine_paths_bites(folder: str) -> None:
    path = f"/{folder}/main"
    for text in (path, f"open('{path}')", f"see {path}/x.md", f"`{path}`", f"({path})", f'"{path}"', f"={path}"):
        assert _MACHINE_PATH.search(text), text
    for text in (f"https://site.org{path}", f"models{path}", f"~{path}", f"./{folder}/x", f"{{folder}}{path}"):
        assert not _MACHINE_PATH.search(text), text
