"""Where things are: the repository's own files, found from this one."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "playground"
ASSETS = REPOSITORY / "assets"
#: Image models trained here: NAME.safetensors beside NAME.json, which says how it was trained.
WEIGHTS = ASSETS / "weights"
#: Data sets and benchmarks that come with the playground.
DATA = ASSETS / "data"
#: Results computed before, on which panels open.
EXAMPLES = ASSETS / "examples"
#: Language models trained here, a folder each.
LANGUAGE_MODELS = ASSETS / "text"
