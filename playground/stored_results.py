"""Runs the results that panels open with, and stores them: `python -m playground.stored_results [text.compare ...]`."""

from __future__ import annotations

import sys
import time

from playground.core import hardware


def main(names: list[str]) -> int:
    """names: TAB.PANEL of the results to run; none: all. Prints each with its size and time.

    Recorded runs (experiments/recorder.py) come first: train.toy_2d and so on.
    """
    hardware.prepare_environment()
    from playground.experiments import recorder
    from playground.experiments.recorded import NAMES

    for recorded in NAMES:
        if not names or f"train.{recorded}" in names:
            start = time.perf_counter()
            size = recorder.record(recorded)
            print(f"train.{recorded}: {size:,} bytes, {time.perf_counter() - start:.1f} s", flush=True)
    if names and all(name.removeprefix("train.") in NAMES for name in names):
        return 0
    from playground.language.model_menu import fetch_default, warm_up
    from playground.page import build_page
    from playground.ui.stored_results import stored_results, write_stored

    fetch_default()
    warm_up()  # the first text's time is not that of loading
    for example in stored_results(build_page()):
        name = example.file_name.removesuffix(".json")
        if not names or name in names:
            start = time.perf_counter()
            size = write_stored(example)
            print(f"{name}: {size:,} characters, {time.perf_counter() - start:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
