"""The Generative Playground: flags, page, launch."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

from playground.core import hardware


def flags(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line's flags."""
    parser = argparse.ArgumentParser(description="Understand generative AI by using it, on your own machine.")
    parser.add_argument(
        "--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"), help="address to listen on"
    )
    parser.add_argument("--port", type=int, default=int(os.environ.get("GRADIO_SERVER_PORT", "7860")))
    parser.add_argument("--share", action="store_true", help="also make a public link, through Gradio's tunnel")
    parser.add_argument("--auth", metavar="USER:PASSWORD", help="ask visitors for this name and password")
    parser.add_argument("--allowed-hosts", metavar="NAMES", help="names it also answers as, such as play.example.org")
    parser.add_argument("--embed", metavar="SITES", help="sites that may show it in a frame: https://example.org, or *")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto")
    parser.add_argument("--dtype", choices=["auto", "float32", "bfloat16", "float16"], default="auto")
    parser.add_argument("--models-dir", metavar="FOLDER", help="where models are stored")
    parser.add_argument("--tabs", help="only these tabs, such as text,images for a lesson")
    values = parser.parse_args(arguments)
    if values.auth is not None and not all(values.auth.partition(":")[::2]):
        parser.error("--auth takes USER:PASSWORD, neither of them empty")
    return values


def listed(values: str | None) -> list[str]:
    """The parts of a list with commas."""
    return [value.strip() for value in (values or "").split(",") if value.strip()]


def main() -> int:
    """Fetches what is missing, opens the page, serves it until it is interrupted."""
    values = flags()
    # A service is ended like a terminal's: the page closes, and the trainings' workers end.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    environment = {"DEVICE": values.device, "DTYPE": values.dtype, "MODELS_DIR": values.models_dir}
    os.environ.update({f"PLAYGROUND_{name}": value for name, value in environment.items() if value})
    hardware.prepare_environment()
    from playground.core.errors import PlaygroundError
    from playground.experiments.run_control import resume_runs
    from playground.language.model_menu import fetch_default, warm_up
    from playground.page import LANGUAGE_TABS, build_page, chosen_tabs, launch
    from playground.ui.hosts import hosts_of
    from playground.zoo.leftovers import delete_leftovers

    delete_leftovers()
    try:
        tabs = chosen_tabs(values.tabs)
        print(hardware.detect().sentence(), flush=True)
        needs_language_model = any(tab in LANGUAGE_TABS for tab in tabs)
        if needs_language_model:
            fetch_default()
    except PlaygroundError as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 1
    if needs_language_model:
        threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    resume_runs()
    hosts = hosts_of([values.host, *listed(values.allowed_hosts)], values.share, listed(values.embed))
    return launch(build_page(tabs), values.host, values.port, values.share, values.auth, hosts)


if __name__ == "__main__":
    sys.exit(main())
