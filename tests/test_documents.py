"""The documents are true: files, folders, links, commands and endpoints that they name exist."""

from __future__ import annotations

import re
import subprocess

import pytest
from app_server import ROOT

from playground import documents

DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
)
_CODE = re.compile(r"`([^`\n]+)`")
#: Placeholders in capitals, options and patterns are not files.
_NO_FILE = re.compile(r"[A-Z]{3,}|[*<>{}$ ]|^-")


def named_files(text: str) -> set[str]:
    """Paths in code that end like a file of the tree."""
    spans = {span for span in _CODE.findall(text) if not _NO_FILE.search(span)}
    return {span for span in spans if re.fullmatch(r"[\w./-]+\.(py|js|css|md|toml|json|sh|txt)", span)}


def tracked() -> list[str]:
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return listing.stdout.splitlines()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_exists(document: str) -> None:
    files = [f"/{path}" for path in tracked()]
    generated = {"commands.jsonl", "events.jsonl", "worker.lock"}
    named = named_files((ROOT / document).read_text("utf-8")) - generated
    assert not {name for name in named if not any(path.endswith(f"/{name}") for path in files)}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_and_picture_of_a_document_exists(document: str) -> None:
    path = ROOT / document
    for link in re.findall(r"(?:\]\(|src=\")((?!http)[\w./-]+)", path.read_text("utf-8")):
        assert (path.parent / link).exists(), link


def test_readme_is_short_and_links_to_every_document() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) < 200
    assert not [document for document in DOCUMENTS if document != "README.md" and f"({document})" not in text]


@pytest.mark.parametrize("document", sorted({document for document, _ in documents.PARTS}))
def test_what_follows_from_tables_is_as_they_are(document: str) -> None:
    assert documents.written(document) == (ROOT / document).read_text("utf-8"), "run python -m playground.documents"


@pytest.mark.parametrize("document", ["README.md", "docs/api.md"])
def test_every_endpoint_is_documented(document: str) -> None:
    sources = (path.read_text("utf-8") for path in (ROOT / "playground").rglob("*.py"))
    endpoints = {name for source in sources for name in re.findall(r'^@endpoint\("(\w+)"', source, re.M)}
    rows = [line for line in (ROOT / document).read_text("utf-8").splitlines() if line.startswith("|")]
    assert {name for row in rows for name in re.findall(r"`/(\w+)`", row)} - {"images", "latent"} == endpoints


def test_the_limits_of_a_server_are_documented() -> None:
    text = (ROOT / "docs" / "train.md").read_text("utf-8") + (ROOT / "docs" / "serving.md").read_text("utf-8")
    for variable in ("PLAYGROUND_OWN_BYTES", "PLAYGROUND_RUNS_BYTES", "PLAYGROUND_RUNS", "PLAYGROUND_FASHION_DIR"):
        assert f"`{variable}`" in text


def test_contributing_names_every_package_once() -> None:
    layout = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("```")[1]
    for folder in sorted(path.name for path in (ROOT / "playground").iterdir() if (path / "__init__.py").exists()):
        assert len(re.findall(rf"\b{folder}/", layout)) == 1, folder


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_module_that_a_document_runs_exists(document: str) -> None:
    for module in re.findall(r"python -m ((?:playground|benchmarks)[\w.]*)", (ROOT / document).read_text("utf-8")):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_the_rule_of_files_bites() -> None:
    assert named_files("see `ui/view.py`, `panels/TAB/tab.py`, `call`, `a b.py`") == {"ui/view.py"}
