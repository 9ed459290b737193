"""What the documents say of the tree is true: files, folders, commands and endpoints that they name exist."""

from __future__ import annotations

import re
import subprocess

import pytest
from app_server import ROOT

DOCUMENTS = ("README.md", "CONTRIBUTING.md")
_CODE = re.compile(r"`([^`\n]+)`")
#: Placeholders in capitals, options and patterns are no files.
_NO_FILE = re.compile(r"[A-Z]{3,}|[*<>{}$ ]|^-")


def named_files(text: str) -> set[str]:
    """Paths in code that end like a file of the tree."""
    spans = {span for span in _CODE.findall(text) if not _NO_FILE.search(span)}
    return {span for span in spans if re.fullmatch(r"[\w./-]+\.(py|js|css|md|toml|json|sh|txt)", span)}


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return listed.stdout.splitlines()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_exists(document: str) -> None:
    files = [f"/{path}" for path in tracked()]
    generated = {"commands.jsonl", "events.jsonl", "worker.lock"}
    named = named_files((ROOT / document).read_text("utf-8")) - generated
    assert not {name for name in named if not any(path.endswith(f"/{name}") for path in files)}


def test_contributing_names_every_package_once() -> None:
    house = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("```")[1]
    for folder in sorted(path.name for path in (ROOT / "playground").iterdir() if (path / "__init__.py").exists()):
        assert len(re.findall(rf"\b{folder}/", house)) == 1, folder


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_module_that_a_document_runs_exists(document: str) -> None:
    for module in re.findall(r"python -m ((?:playground|benchmarks)[\w.]*)", (ROOT / document).read_text("utf-8")):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_the_rule_of_files_bites() -> None:
    assert named_files("see `ui/view.py`, `panels/TAB/tab.py`, `call`, `a b.py`") == {"ui/view.py"}
