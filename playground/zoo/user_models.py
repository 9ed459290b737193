"""What visitors trained on the page and put into the menus: where it lies, whose it is, how much there may be.

Of pictures: own/pictures/NAME.safetensors with NAME.json, NAME beginning with "own-". Language models: folders beside
those of the Hub, "own/…" if learned from nothing, "tuned/…" if fine-tuned. own/owners/ holds a file for each, with the
SHA-256 of the token of the browser that put it there: everybody may use it, only that browser may take it away.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors, file_lock
from playground.core.paths import models_dir
from playground.zoo import fetch

PICTURES, TEXT, TUNED = "own-", fetch.OWN, fetch.TUNED
#: How many one browser may have in the menus, and all of them together, and the bytes of all.
MOST_EACH, MOST = 8, 64
BYTES = 4 << 30
_NAMES = 90


@dataclass(frozen=True)
class UserModel:
    """A model in the menus. bytes: on the disk.  created: seconds since 1970.  title: for people."""

    name: str
    title: str
    bytes: int
    created: float


def is_user_model(name: str) -> bool:
    """Whether a name is one that such models have."""
    return name.startswith((PICTURES, TEXT, TUNED))


def pictures_dir() -> Path:
    """Where those of pictures lie. May not exist yet."""
    return models_dir() / "own" / "pictures"


def slug(words: str, longest: int = 40) -> str:
    """Words as a part of a name: small ASCII letters and digits, hyphens between; "model" if none are left."""
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in words.lower())
    return "-".join(part for part in kept.split("-") if part)[:longest].strip("-") or "model"


def bytes_allowed() -> int:
    """What all of them may take: PLAYGROUND_OWN_BYTES, or BYTES."""
    asked = os.environ.get("PLAYGROUND_OWN_BYTES", "")
    return int(asked) if asked.isdigit() else BYTES


def menu_lock() -> AbstractContextManager[None]:
    """One model goes into the menus at a time: what was found to fit still does when it is written."""
    return file_lock(_notes_dir() / "door")


def check_room(owner: str, size_bytes: int) -> None:
    """Raises PlaygroundError, saying what to do, if this browser cannot put so many bytes more into the menus."""
    if not owner:
        raise PlaygroundError("The page is still loading, and does not know yet whose model this is: press again.")
    here = _noted()
    mine = [note for note in here if note["owner"] == _hashed(owner)]
    if len(mine) >= MOST_EACH:
        raise PlaygroundError(
            f"You have {len(mine)} models in the menus, and more than {MOST_EACH} are not kept: take one out first, in "
            "Train, panel Runs, under “Models in the menus”."
        )
    used = sum(_bytes(note["name"]) for note in here)
    if len(here) >= MOST or used + size_bytes > bytes_allowed():
        raise PlaygroundError(
            f"The {len(here)} models that visitors put into the menus take all the room there is "
            f"({used / 1e6:,.0f} of {bytes_allowed() / 1e6:,.0f} MB): take one of yours out first, in Train, panel "
            "Runs."
        )


def record_owner(name: str, title: str, owner: str) -> None:
    """Write down whose a model is; the first to put it there keeps it."""
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
    """What this browser put into the menus, the newest first."""
    mine = [note for note in _noted() if owner and note["owner"] == _hashed(owner)]
    found = [UserModel(note["name"], note["title"], _bytes(note["name"]), note["created"]) for note in mine]
    return sorted(found, key=lambda one: -one.created)


def delete_model(name: str, owner: str) -> str:
    """Delete a model. Returns its title. Raises PlaygroundError if it is gone, or another browser's."""
    note = _read(_note_path(name)) if is_user_model(name) and len(name) <= _NAMES and ".." not in name else None
    if note is None:
        raise PlaygroundError("There is no such model in the menus any more: somebody, perhaps you, took it out.")
    if not owner or note["owner"] != _hashed(owner):
        raise PlaygroundError("Another browser put this model into the menus: only that one can take it out.")
    if name.startswith(PICTURES):
        for suffix in (".json", ".safetensors"):
            (pictures_dir() / f"{name}{suffix}").unlink(missing_ok=True)
        for kept in ("codes", "maps"):  # what the Latent tab worked out for it
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
    """The error to raise for a model that is not there any more."""
    return PlaygroundError(
        f"“{name[:_NAMES]}” was trained on this page, and is not in the menus any more: choose another model."
    )


def _noted() -> list[dict[str, Any]]:
    """The notes of those that are there."""
    found = [_read(path) for path in sorted(_notes_dir().glob("*.json"))]
    return [note for note in found if note is not None and _bytes(note["name"])]


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
    """0 if it is not there."""
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
