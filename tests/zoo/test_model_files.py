from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors
from playground.zoo import model_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole folder of two files."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"weights" * 1000)
    (tmp_path / "model" / "config.json").write_text("{}")
    model_files.write_record(tmp_path / "model", model_files.MODEL_RECORD, {"name": "model"})
    return tmp_path / "model"


def change_one_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_recorded_folder_is_complete_and_undamaged(folder: Path) -> None:
    assert model_files.is_complete(folder)
    assert model_files.damaged_file(folder) is None
    assert set(model_files.read_record(folder)["files"]) == {"model.safetensors", "config.json"}


def test_a_folder_without_its_record_is_not_complete(folder: Path) -> None:
    (folder / model_files.MODEL_RECORD).unlink()
    assert not model_files.is_complete(folder)
    assert model_files.damaged_file(folder) == model_files.MODEL_RECORD


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "model"}', '{"files": {}}', '{"files": []}', "\0"])
def test_a_folder_with_a_broken_record_is_not_complete(folder: Path, text: str) -> None:
    (folder / model_files.MODEL_RECORD).write_text(text)
    assert not model_files.is_complete(folder)
    assert model_files.damaged_file(folder) == model_files.MODEL_RECORD


def test_a_missing_file_is_detected_without_reading(folder: Path) -> None:
    (folder / "config.json").unlink()
    assert not model_files.is_complete(folder)
    assert model_files.damaged_file(folder) == "config.json"


def test_a_truncated_file_is_detected_without_reading(folder: Path) -> None:
    with (folder / "model.safetensors").open("r+b") as file:
        file.truncate(6999)
    assert not model_files.is_complete(folder)
    assert model_files.damaged_file(folder) == "model.safetensors"


def test_one_changed_byte_is_detected_by_sha256(folder: Path) -> None:
    change_one_byte(folder / "model.safetensors")
    assert model_files.is_complete(folder)
    assert model_files.damaged_file(folder) == "model.safetensors"
    assert model_files.damaged_file(folder, without=["model.safetensors"]) is None


def test_a_file_that_changes_after_it_was_right_is_read_again(folder: Path) -> None:
    assert model_files.damaged_file(folder) is None
    change_one_byte(folder / "model.safetensors")
    assert model_files.damaged_file(folder) == "model.safetensors"


def test_a_file_with_reset_times_is_detected_when_read_afresh(folder: Path) -> None:
    path = folder / "model.safetensors"
    assert model_files.damaged_file(folder) is None
    before = path.stat()
    with path.open("r+b") as file:
        file.write(b"W")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert model_files.damaged_file(folder, afresh=True) == "model.safetensors"


def test_replace_folder_replaces_an_existing_one(folder: Path) -> None:
    unfinished = model_files.new_unfinished_folder(folder)
    (unfinished / "new").write_text("new")
    model_files.replace_folder(unfinished, folder)
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_leftovers_of_a_killed_process_are_deleted(folder: Path) -> None:
    left = folder.with_name(f".{folder.name}.unfinished-1")
    left.mkdir()
    (left / "model.safetensors").write_text("half")
    model_files.new_unfinished_folder(folder)
    assert not left.exists()


def test_facts_are_added_to_a_record_that_keeps_the_rest(folder: Path) -> None:
    model_files.update_record(folder, model_files.MODEL_RECORD, {"more": 1})
    record = json.loads((folder / model_files.MODEL_RECORD).read_text())
    assert record["more"] == 1 and record["name"] == "model" and record["files"]


def test_a_full_device_is_explained(tmp_path: Path) -> None:
    with pytest.raises(PlaygroundError, match="disk of"):
        with explain_disk_errors(tmp_path), open("/dev/full", "wb", buffering=0) as file:
            file.write(b"x")


def test_a_read_only_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(PlaygroundError, match="not writable.*--models-dir"):
        with explain_disk_errors(tmp_path):
            raise PermissionError(errno.EACCES, "Permission denied")


def test_other_errors_are_not_changed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ours"), explain_disk_errors(tmp_path):
        raise ValueError("ours")
