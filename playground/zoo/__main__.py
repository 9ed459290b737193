"""Fetches, converts and builds models ahead of the first start: python -m playground.zoo [NAME]… Skips what is done."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tqdm import tqdm

from playground.core import hardware
from playground.core.errors import PlaygroundError
from playground.zoo import catalogue, fetch, model_files
from playground.zoo.cards import DEFAULT_MODEL, TEXT, ModelCard, models


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepares each model with a progress bar. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m playground.zoo", description=__doc__)
    names = f"{', '.join(models())} (the first if none is named), or a Hub id owner/name"
    parser.add_argument("names", nargs="*", metavar="name", help=names)
    wanted = parser.parse_args(arguments).names or [DEFAULT_MODEL]
    hardware.prepare_environment()
    try:
        for name in wanted:
            prepare(catalogue.card_of(name))
    except PlaygroundError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def prepare(card: ModelCard) -> None:
    """Prepares a model, and prints what is skipped and what failed."""
    folder = fetch.folder_of(card)
    if model_files.is_complete(folder):
        print(f"{card.title}: the weights are in {folder}, nothing to fetch.")
    if not fetch.is_ready(card):
        _ensure_with_a_bar(card)
    if card.kind != TEXT:
        print(f"{card.title}: ready.")
        return
    print(f"{card.title}: ready. Decoders: {', '.join(catalogue.decoders_of(card.name))}.")
    not_built = model_files.read_record(folder).get("fast_not_built")
    if not_built:
        print(f"The fast decoder could not be built ({not_built['why']}); the open one serves, more slowly.")


def _ensure_with_a_bar(card: ModelCard) -> None:
    with tqdm(total=100, unit="%", bar_format="{bar:30} {percentage:3.0f}% {elapsed}  {desc}", leave=False) as bar:

        def report(doing: str, fraction: float) -> None:
            bar.n = round(100 * fraction)
            bar.set_description_str(doing)

        fetch.ensure(card, report)


if __name__ == "__main__":
    sys.exit(main())
