"""Builds the fast decoder's graph from a model's own weights: int8, in blocks of 32, for onnxruntime on a CPU.

The graph is 267 MB, so it is built at installation and never committed. benchmarks/RESULTS.md compares blocks of 16, 32
and 64 by speed and by divergence from float32.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.child_process import child_command, child_environment, lifeline
from playground.core.errors import PlaygroundError
from playground.core.progress import Report

BLOCK_SIZE = 32
GRAPH_FILES = ("model.onnx", "model.onnx.data", "genai_config.json")


def export_onnx(folder: Path, out: Path, report: Report) -> None:
    """Writes the graph of folder's bf16 safetensors to the new folder `out`: all of it or nothing.

    Takes half a minute, and 1.2 GB of disk for a while. Raises PlaygroundError if the disk is full, or if the builder
    does not support the model.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".building-") as name:
        work = Path(name)
        try:
            report(say("models.progress.writing_float32"), 0.1)
            _write_float32(folder, work / "float32")
            report(say("models.progress.rounding"), 0.4)
            _run_builder(work)
        except OSError as error:
            raise _disk_error(error) from error
        shutil.rmtree(work / "float32")
        whole = work / "whole"
        whole.mkdir()
        for file in GRAPH_FILES:
            os.replace(work / "graph" / file, whole / file)
        _check_graph(whole)
        shutil.rmtree(out, ignore_errors=True)
        os.replace(whole, out)
    report(say("models.progress.fast_ready"), 1.0)


def _write_float32(folder: Path, target: Path) -> None:
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True, use_safetensors=True, trust_remote_code=False
    )
    try:
        model.save_pretrained(target)
    except SafetensorError as error:
        # The safetensors library reports a full disk only as text.
        full = "No space left" in str(error) or "os error 28" in str(error)
        raise OSError(errno.ENOSPC if full else errno.EIO, str(error)) from error
    for file in folder.iterdir():
        if file.is_file() and file.name.startswith(("tokenizer", "chat_template", "special_tokens")):
            shutil.copy(file, target / file.name)


def _run_builder(work: Path) -> None:
    command = child_command("onnxruntime_genai.models.builder", "-i", str(work / "float32"))
    command += ["-o", str(work / "graph"), "-p", "int8", "-e", "cpu", "-c", str(work / "cache"), "--extra_options"]
    command += ["accuracy_level=4", "hf_token=false", f"block_size={BLOCK_SIZE}"]
    with lifeline() as end:
        build = subprocess.run(
            command, stdin=end, capture_output=True, text=True, errors="replace", check=False,
            env=child_environment(HF_HUB_OFFLINE="1"),
        )  # fmt: skip
    missing = [file for file in GRAPH_FILES if not (work / "graph" / file).is_file()]
    if build.returncode or missing:
        if "No space left" in build.stderr:
            raise OSError(errno.ENOSPC, "disk full")
        reason = (build.stderr.strip().splitlines() or [say("models.fast.no_reason")])[-1][:300]
        raise PlaygroundError(say("models.fast.failed", reason=reason))


def _check_graph(folder: Path) -> None:
    """Runs a few tokens: the builder also writes graphs that cannot run, for example if heads are not a multiple of 8.

    Raises PlaygroundError if onnxruntime refuses the graph, or its logits are not finite.
    """
    try:
        finite = all(np.isfinite(logits).all() for logits in _logits_of_three_tokens(folder))
    except Exception as error:  # onnxruntime has exceptions of its own, without a common base
        reason = (str(error).splitlines() or [say("models.fast.no_reason")])[0][:300]
        raise PlaygroundError(say("models.fast.failed", reason=reason)) from error
    if not finite:
        raise PlaygroundError(say("models.fast.failed", reason=say("models.fast.not_finite")))


def _logits_of_three_tokens(folder: Path) -> Iterator[NDArray[np.float32]]:
    """Logits (1, T, vocabulary) of two tokens at once, then of one more, which uses their cache."""
    import onnxruntime

    config = json.loads((folder / "genai_config.json").read_text("utf-8"))["model"]["decoder"]
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    heads, head_dim = int(config["num_key_value_heads"]), int(config["head_size"])
    names = [f"{layer}.{kind}" for layer in range(int(config["num_hidden_layers"])) for kind in ("key", "value")]
    cache = [np.zeros((1, heads, 0, head_dim), np.float32) for _ in names]  # (1, heads, tokens read, head_dim)
    for tokens, length in ([0, 1], 2), ([2], 3):
        inputs: dict[str, NDArray[np.generic]] = {
            "input_ids": np.array([tokens], np.int64),
            "attention_mask": np.ones((1, length), np.int64),
        }
        inputs |= {f"past_key_values.{name}": part for name, part in zip(names, cache, strict=True)}
        logits, *cache = session.run(["logits", *(f"present.{name}" for name in names)], inputs)
        yield logits


def _disk_error(error: OSError) -> PlaygroundError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return PlaygroundError(say("models.fast.disk_full"))
    return PlaygroundError(say("models.fast.not_written", error=error.strerror or error))
