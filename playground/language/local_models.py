"""Models that somebody put into the folder "local" of the models' folder.

They are examined like those of the Hub, and are then in the menus. Each folder there is a model of transformers, a
pipeline of diffusers or an adapter; a GGUF file may also be there alone.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

_SUFFIXES = (".gguf", ".safetensors", ".ckpt")
_working = threading.Lock()
#: Name -> (stamp of its files, why they were refused): they are tried again when they change.
_refused: dict[str, tuple[str, str]] = {}


def refusals() -> dict[str, str]:
    """Name -> the sentence that says why, of local models that cannot be used."""
    return {name: sentence for name, (_, sentence) in _refused.items()}


def new_names() -> Iterator[str]:
    """Names, "local/…", of models that were put there or changed since they were last examined."""
    from playground.core.paths import models_dir
    from playground.zoo import fetch, model_files
    from playground.zoo.hub_client import LOCAL, local_stamp

    place = models_dir() / LOCAL.rstrip("/")
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        name = f"{LOCAL}{path.name}"
        if path.name.startswith(".") or not (path.is_dir() or path.suffix.lower() in _SUFFIXES):
            continue
        stamp = local_stamp(name)
        if not stamp or _refused.get(name, ("", ""))[0] == stamp:
            continue
        try:
            record = model_files.read_record(fetch.hub_folder(name))
        except PlaygroundError:
            _refuse(name, stamp, say("models.local.bad_name", name=path.name))
            continue
        if record.get("revision") != stamp:
            yield name


def examine_new() -> None:
    """Examines the new models, one after another; those that can be used are then in the menus."""
    with _working:
        for name in list(new_names()):
            _examine(name)


def start_examining() -> None:
    """Examines new models in the background, unless that is happening already."""
    if not _working.locked() and next(new_names(), None) is not None:
        threading.Thread(target=examine_new, name="local models", daemon=True).start()


def _examine(name: str) -> None:
    from dataclasses import replace

    from playground.engines.text_model import fetch_text, forget
    from playground.zoo import fetch
    from playground.zoo.cards import TEXT, TEXT_TO_IMAGE
    from playground.zoo.catalogue import card_of
    from playground.zoo.diffusers_pipeline import load_text_to_image
    from playground.zoo.hub_client import local_path, local_stamp

    stamp = local_stamp(name)
    is_pipeline = (local_path(name) / "model_index.json").is_file()
    card = replace(card_of(name), kind=TEXT_TO_IMAGE if is_pipeline else TEXT)
    forget(fetch.folder_of(card))
    fetch.delete_from_hub(card)  # of earlier files under this name
    try:
        if is_pipeline:
            load_text_to_image(name)
        else:
            fetch_text(card)
    except PlaygroundError as error:
        _refuse(name, stamp, str(error))


def _refuse(name: str, stamp: str, sentence: str) -> None:
    _refused[name] = (stamp, sentence)
    print(say("models.local.refused", error=sentence), file=sys.stderr, flush=True)
