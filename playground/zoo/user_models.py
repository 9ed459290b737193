"""Models that visitors trained on the page and put into the menus: their files, owners and limits.

Picture models: own/pictures/NAME.safetensors with NAME.json, where NAME begins with "own-". Language models: folders
beside those of the Hub, "own/…" if trained from scratch, "tuned/…" if fine-tuned. own/owners/ has a file for each, with
the SHA-256 of the token of the browser that put it there: anyone may use a model, only that browser may take it out.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors, file_lock
from playground.core.paths import models_dir
from playground.zoo import fetch

PICTURES, TEXT, TUNED = "own-", fetch.OWN, fetch.TUNED
#: Limits: models of one browser, models of all, and bytes of all.
MOST_EACH, MOST = 8, 64
BYTES = 4 << 30
_LONGEST_NAME = 90


@dataclass(frozen=True)
class UserModel:
    """A model in the menus. bytes: on the disk.  created: seconds since 1970.  title: for people."""

    name: str
    title: str
    bytes: int
    created: float


def is_user_model(name: str) -> bool:
    """Whether a name has the form of a visitor's model."""
    return isinstance(name, str) and name.startswith((PICTURES, TEXT, TUNED))


def pictures_dir() -> Path:
    """The folder of visitors' picture models. It may not exist yet."""
    return models_dir() / "own" / "pictures"


def slug(words: str, longest: int = 40) -> str:
    """Words as part of a name: lower-case ASCII letters and digits, joined by hyphens; "model" if none remain."""
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in words.lower())
    return "-".join(part for part in kept.split("-") if part)[:longest].strip("-") or "model"


def bytes_allowed() -> int:
    """The limit of all together: PLAYGROUND_OWN_BYTES, or BYTES."""
    limit = os.environ.get("PLAYGROUND_OWN_BYTES", "")
    return int(limit) if limit.isdigit() else BYTES


def menu_lock() -> AbstractContextManager[None]:
    """The lock for putting a model into the menus: room that was checked is still there when it is written."""
    return file_lock(_notes_dir() / "door")


def check_room(owner: str, size_bytes: int) -> None:
    """Raises PlaygroundError if this browser may not put another model of that size into the menus."""
    if not owner:
        raise PlaygroundError(say("models.menu.still_loading"))
    here = _notes()
    mine = [note for note in here if note["owner"] == _hashed(owner)]
    if len(mine) >= MOST_EACH:
        raise PlaygroundError(say("models.menu.too_many", count=len(mine), most=MOST_EACH))
    used = sum(_bytes(note["name"]) for note in here)
    if len(here) >= MOST or used + size_bytes > bytes_allowed():
        raise PlaygroundError(say("models.menu.full", count=len(here), used=used, most=bytes_allowed()))


def record_owner(name: str, title: str, owner: str) -> None:
    """Records the owner of a model; the first to put it there stays its owner."""
    path = _note_path(name)
    if path.exists() and _bytes(name):
        return
    with explain_disk_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        note = {"name": name, "title": title, "owner": _hashed(owner), "created": time.time()}
        unfinished.write_text(json.dumps(note, ensure_ascii=False), "utf-8")
        unfinished.replace(path)


def models_of_owner(owner: str) -> list[UserModel]:
    """This browser's models in the menus, the newest first."""
    mine = [note for note in _notes() if owner and note["owner"] == _hashed(owner)]
    own = [UserModel(note["name"], note["title"], _bytes(note["name"]), note["created"]) for note in mine]
    return sorted(own, key=lambda one: -one.created)


def titles() -> dict[str, str]:
    """Name -> title of every visitor's model in the menus; of several with one title, with the end of each name."""
    named = {str(note["name"]): str(note["title"]) for note in _notes()}
    shared = Counter(named.values())
    return {
        name: title if shared[title] == 1 else f"{title} ({name.rpartition('-')[2]})" for name, title in named.items()
    }


def delete_model(name: str, owner: str) -> str:
    """Deletes a model and returns its title. Raises PlaygroundError if it is gone, or another browser's."""
    note = _read(_note_path(name)) if is_user_model(name) and len(name) <= _LONGEST_NAME and ".." not in name else None
    if note is None:
        raise PlaygroundError(say("models.menu.gone"))
    if not owner or note["owner"] != _hashed(owner):
        raise PlaygroundError(say("models.menu.others"))
    if name.startswith(PICTURES):
        for suffix in (".json", ".safetensors"):
            (pictures_dir() / f"{name}{suffix}").unlink(missing_ok=True)
        for kept in ("codes", "maps"):  # computed by the Latent tab
            for path in (models_dir() / kept).glob(f"{name}-*"):
                path.unlink(missing_ok=True)
    else:
        folder = fetch.hub_folder(name)
        with file_lock(folder):
            gone = folder.with_name(f".gone-{folder.name}-{secrets.token_hex(4)}")
            if folder.exists():
                folder.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)
        folder.with_name(f".{folder.name}.lock").unlink(missing_ok=True)
    _note_path(name).unlink(missing_ok=True)
    return str(note["title"])


def missing_model_error(name: str) -> PlaygroundError:
    """The error for a visitor's model that is no longer there."""
    return PlaygroundError(say("models.names.no_longer_in_menus", name=name[:_LONGEST_NAME]))


def _notes() -> list[dict[str, Any]]:
    """The owners' notes of models that still exist."""
    notes = [_read(path) for path in sorted(_notes_dir().glob("*.json"))]
    return [note for note in notes if note is not None and _bytes(note["name"])]


def _read(path: Path) -> dict[str, Any] | None:
    try:
        note = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    whole = (
        isinstance(note, dict)
        and {"name", "title", "owner", "created"} <= note.keys()
        and is_user_model(str(note["name"]))
    )
    return note if whole else None


def _bytes(name: str) -> int:
    """Bytes of a model on disk; 0 if it does not exist."""
    if name.startswith(PICTURES):
        paths = [pictures_dir() / f"{name}{suffix}" for suffix in (".json", ".safetensors")]
    else:
        paths = list(fetch.hub_folder(name).glob("*"))
    total = 0
    for path in paths:
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total


def _notes_dir() -> Path:
    return models_dir() / "own" / "owners"


def _note_path(name: str) -> Path:
    return _notes_dir() / f"{name.replace('/', '--')}.json"


def _hashed(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()
