"""The Generative Playground: flags, page, launch."""

from __future__ import annotations

import argparse
import os
import sys
import threading

from playground.core import hardware


def flags(arguments: list[str] | None = None) -> argparse.Namespace:
    """What was asked on the command line."""
    parser = argparse.ArgumentParser(description="Understand generative AI by using it, on your own machine.")
    parser.add_argument(
        "--host", default=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"), help="address to listen on"
    )
    parser.add_argument("--port", type=int, default=int(os.environ.get("GRADIO_SERVER_PORT", "7860")))
    parser.add_argument("--share", action="store_true", help="also make a public link, through Gradio's tunnel")
    parser.add_argument("--auth", metavar="USER:PASSWORD", help="ask visitors for this name and password")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto")
    parser.add_argument("--dtype", choices=["auto", "float32", "bfloat16", "float16"], default="auto")
    parser.add_argument("--models-dir", metavar="FOLDER", help="where models are kept")
    parser.add_argument("--tabs", help="these tabs only, as for a lesson: text,images for example; fewer open sooner")
    asked = parser.parse_args(arguments)
    if asked.auth is not None and not all(asked.auth.partition(":")[::2]):
        parser.error("--auth takes USER:PASSWORD, both not empty")
    return asked


def main() -> int:
    """Fetches what is missing, opens the page, serves it until it is interrupted."""
    asked = flags()
    chosen = {"DEVICE": asked.device, "DTYPE": asked.dtype, "MODELS_DIR": asked.models_dir}
    os.environ.update({f"PLAYGROUND_{name}": value for name, value in chosen.items() if value})
    hardware.prepare_environment()
    from playground.core.errors import PlaygroundError
    from playground.experiments.run_control import resume_runs
    from playground.language.model_menu import fetch_default, warm_up
    from playground.page import ASKING, build_page, chosen_tabs, launch

    try:
        tabs = chosen_tabs(asked.tabs)
        print(hardware.detect().sentence(), flush=True)
        needed = any(tab in ASKING for tab in tabs)
        if needed:
            fetch_default()
    except PlaygroundError as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 1
    if needed:
        threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    resume_runs()
    return launch(build_page(tabs), asked.host, asked.port, asked.share, asked.auth)


if __name__ == "__main__":
    sys.exit(main())
