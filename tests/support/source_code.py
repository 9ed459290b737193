"""The playground's own source files, and the modules that they import, for tests of the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from app_server import ROOT

PACKAGE = ROOT / "playground"


def sources(package: str = "") -> list[Path]:
    folder = PACKAGE / package
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def read(path: Path) -> str:
    return path.read_text("utf-8")


def package_of(path: Path) -> str:
    """The package that a file's relative imports start from, as a dotted name."""
    return ".".join(path.relative_to(ROOT).parent.parts)


def module_of(path: Path) -> str:
    """A file's own dotted name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


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


@cache
def names_in(code: str, package: str = "playground", at_import_only: bool = False) -> set[str]:
    return set(imported(ast.parse(code), package, at_import_only))


def below(names: Iterable[str], parents: Iterable[str]) -> set[str]:
    """The names that are one of the parents, or a part of one."""
    return {name for name in names for parent in parents if name == parent or name.startswith(parent + ".")}


def below_function(node: ast.AST) -> Iterator[ast.AST]:
    """All that is in a node, without what is in functions of its own."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from below_function(child)
