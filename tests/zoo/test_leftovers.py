"""What killed processes have left unfinished is deleted at a start, but for what another process works at."""

from __future__ import annotations

from pathlib import Path

from playground.core.files import file_lock
from playground.zoo.leftovers import delete_leftovers
from playground.zoo.model_files import new_unfinished_folder

PLACES = ("tiny", "hub/owner--name", "tuned/mine", "own/net")


def leave(folder: Path) -> Path:
    unfinished = new_unfinished_folder(folder)
    (unfinished / "model.safetensors").write_bytes(b"half")
    return unfinished


def test_unfinished_folders_are_deleted_and_nothing_else(models_dir: Path) -> None:
    left = [leave(models_dir / place) for place in PLACES]
    left += [leave(models_dir / "tiny" / "fast"), leave(models_dir / ".downloads" / "tiny" / "wheel")]
    (models_dir / ".tiny.replaced-7").mkdir()
    kept = [models_dir / "tiny" / "model.json", models_dir / ".downloads" / "tiny" / "tiny.gguf", models_dir / ".note"]
    for path in kept:
        path.write_text("{}")
    assert set(delete_leftovers()) == {*left, models_dir / ".tiny.replaced-7"}
    assert not [path for path in models_dir.rglob("*.unfinished-*")] and all(path.exists() for path in kept)
    assert delete_leftovers() == []


def test_what_another_process_works_at_stays(models_dir: Path) -> None:
    with file_lock(models_dir / "tiny"):
        working, left = leave(models_dir / "tiny"), leave(models_dir / "other")
        assert delete_leftovers() == [left] and working.exists() and not left.exists()


def test_a_first_start_has_nothing_to_delete(models_dir: Path) -> None:
    assert delete_leftovers() == []
