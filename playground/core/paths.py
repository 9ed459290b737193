"""Where files are: the repository's, relative to this one, and the models' folder, PLAYGROUND_MODELS_DIR."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "playground"
ASSETS = REPOSITORY / "assets"
#: Image models trained here: NAME.safetensors beside NAME.json, which says how it was trained.
WEIGHTS = ASSETS / "weights"
#: Bundled data sets and benchmarks.
DATA = ASSETS / "data"
#: Stored results that panels show at first.
EXAMPLES = ASSETS / "examples"
#: Language models trained here, a folder each.
LANGUAGE_MODELS = ASSETS / "text"


def models_dir() -> Path:
    """The models' folder: PLAYGROUND_MODELS_DIR, or generative-playground in the user's cache. It may not exist yet."""
    chosen = os.environ.get("PLAYGROUND_MODELS_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute()
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache).expanduser() if cache else Path.home() / ".cache") / "generative-playground"
