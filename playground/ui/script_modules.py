"""The page's scripts: ES modules, each served by itself below a folder that is named by the content of all of them.

So browsers may cache a module forever, relative imports are found in the same folder, and only the modules of panels
that are opened are fetched. A module is served with the sentences that it names, and without its comments.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from functools import cache

from playground.core.catalogue import sentences_named_in
from playground.core.paths import PACKAGE

#: The module of every page, and the one that holds the sentences; paths below the package.
PAGE, SAY = "ui/page.js", "ui/say.js"
_IMPORT = re.compile(r'^(?:import|export) [^;]*?from "(\.[^"]+)";$|^import "(\.[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:const|let|function|async function|class) (\w+)", re.MULTILINE)
_EXPORT_LIST = re.compile(r"^export \{([^}]*)\};$", re.MULTILINE)
#: Comments that fill their lines. Modules hold no multi-line strings.
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*.*?\*/[ \t]*)$", re.MULTILINE | re.DOTALL)


@cache
def sources() -> Mapping[str, str]:
    """Path of each module below the package -> its source, in order."""
    paths = sorted(path for folder in ("ui", "panels") for path in (PACKAGE / folder).rglob("*.js"))
    return {path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in paths}


def exports(path: str) -> set[str]:
    """The names that a module exports."""
    source = sources()[path]
    listed = [name.split(" as ")[-1].strip() for names in _EXPORT_LIST.findall(source) for name in names.split(",")]
    return {*_EXPORT.findall(source), *filter(None, listed)}


def imports(path: str) -> list[str]:
    """The modules that a module imports, without those that it imports later, by import()."""
    found = ("".join(pair) for pair in _IMPORT.findall(sources()[path]))
    return [posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) for name in found]


def with_imports(paths: Iterable[str]) -> list[str]:
    """The modules, and all that they import, each once."""
    found: dict[str, None] = {}

    def add(path: str) -> None:
        if path not in found:
            found[path] = None
            for name in imports(path):
                add(name)

    for path in paths:
        add(path)
    return list(found)


@cache
def view_modules() -> Mapping[str, str]:
    """Name of each view -> the module that mounts it. Raises ValueError if two modules have the same view."""
    found: dict[str, str] = {}
    for path, source in sources().items():
        for name in re.findall(r"^export const (\w+) = \(\{ element\b", source, re.MULTILINE):
            if found.setdefault(name, path) != path:
                raise ValueError(f"the view {name} is in {found[name]} and in {path}")
    return found


def served(path: str) -> bytes:
    """A module as the page gets it; its lines keep their numbers."""
    source = sources()[path]
    plain = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), source)
    named = sentences_named_in(source) if path != SAY else {}
    if not named:
        return plain.encode()
    say = posixpath.relpath(SAY, posixpath.dirname(path))
    where = say if say.startswith(".") else f"./{say}"
    text = json.dumps(named, ensure_ascii=False, separators=(",", ":"))
    return f'import{{addSentences as $add}}from"{where}";$add({text});{plain}'.encode()


@cache
def folder() -> str:
    """The folder of the modules below the root of the site."""
    content = hashlib.sha256()
    for path in sources():
        content.update(path.encode() + b"\0" + served(path) + b"\0")
    return f"web/{content.hexdigest()[:12]}"


@cache
def served_files() -> Mapping[str, bytes]:
    """Path below the root of the site -> content, for all modules."""
    return {f"{folder()}/{path}": served(path) for path in sources()}


def script_tags(views: Iterable[str] = ()) -> str:
    """The tags of a page. Deferred scripts run in their order: they must come before Gradio's own.

    views: modules that the page will import first. They are fetched ahead with all that they import, so that no request
    waits for the answer to another.
    """
    ahead = [path for path in with_imports([PAGE, *views]) if path != PAGE]
    links = "".join(f'<link rel="modulepreload" href="./{folder()}/{path}">' for path in ahead)
    return f'<script type="module" src="./{folder()}/{PAGE}"></script>{links}'
