"""Where files are: the repository's own, found from this one, and the folder of models, PLAYGROUND_MODELS_DIR."""

from __future__ import annotations

import os
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


def models_dir() -> Path:
    """Where models are kept: PLAYGROUND_MODELS_DIR, or generative-playground in the user's cache. May not exist yet."""
    chosen = os.environ.get("PLAYGROUND_MODELS_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute()
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache).expanduser() if cache else Path.home() / ".cache") / "generative-playground"
