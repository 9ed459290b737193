"""Uploads: what is kept is bounded, and a failed one leaves nothing."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from coroutines import run
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect

from playground.ui import uploads

HEAD = Headers({"content-type": "multipart/form-data; boundary=XX"})
MOST = 1000


def body(*names: str, content: str = "{}", ends: bool = True) -> bytes:
    """Files of these names, as a form."""
    parts = "".join(
        f'--XX\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n{content}\r\n'
        for name in names
    )
    return (parts + ("--XX--\r\n" if ends else "")).encode()


def parse(folder: Path, content: bytes, leaves: bool = False) -> int:
    """How many files a request has, once they are written to the folder. leaves: the page is left in the middle."""

    async def stream() -> AsyncGenerator[bytes, None]:
        yield content
        if leaves:
            raise ClientDisconnect

    async def read() -> int:
        parser = uploads._Parser(HEAD, stream(), upload_dir=folder, max_file_size=MOST)
        form = await parser.parse()
        for file in form.getlist("files"):
            await file.close()
        return len(form.getlist("files"))

    return run(read())


@pytest.mark.parametrize("name", ["a.png", "", "../../x.json", "x" * 300, "日本.json", " "])
def test_a_file_of_any_name_is_read(tmp_path: Path, name: str) -> None:
    assert parse(tmp_path, body(name, "b.png")) == 2 and len(os.listdir(tmp_path)) == 2


def test_an_upload_that_fails_leaves_nothing(tmp_path: Path) -> None:
    no_file = b'--XX\r\nContent-Disposition: form-data; name="files"\r\n\r\ntext\r\n--XX--\r\n'
    for content in (body("a.png", ".."), no_file, body("a.png", content="x" * (MOST + 1)), b"--XX--\r\n"):
        with pytest.raises(MultiPartException):
            parse(tmp_path, content)
        assert os.listdir(tmp_path) == []


def test_a_page_that_is_left_in_the_middle_of_its_upload_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(MultiPartException):
        parse(tmp_path, body("a.png", content="x" * 500, ends=False), leaves=True)
    assert os.listdir(tmp_path) == []


def test_old_uploads_make_room_for_new_ones_and_fresh_ones_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_KEPT", 250)
    files = [tmp_path / f"{age}.bin" for age in (3000, 2000, 10)]
    for file in files:
        file.write_bytes(bytes(100))
        changed = time.time() - int(file.stem)
        os.utime(file, (changed, changed))
    kept = [*files, tmp_path / "deleted.bin"]
    assert uploads.has_room(kept, tmp_path) and [file.exists() for file in files] == [False, True, True]
    files[2].write_bytes(bytes(300))
    assert not uploads.has_room(kept, tmp_path) and [file.exists() for file in files] == [False, False, True]


def test_a_full_disk_takes_no_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "KEPT_FREE", 1 << 60)
    with pytest.raises(MultiPartException) as raised:
        parse(tmp_path, body("a.png"))
    assert "no room for more files" in raised.value.message and os.listdir(tmp_path) == []


def test_the_empty_files_beside_earlier_uploads_are_deleted(tmp_path: Path) -> None:
    old, fresh, full = (tmp_path / name for name in ("tmpold", "tmpfresh", "tmpfull"))
    for file in (old, fresh, full):
        file.write_bytes(b"x" if file is full else b"")
        changed = time.time() - (0 if file is fresh else 3000)
        os.utime(file, (changed, changed))
    uploads.delete_empty_files(tmp_path)
    assert [file.exists() for file in (old, fresh, full)] == [False, True, True]
