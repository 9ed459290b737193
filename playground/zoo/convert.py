"""From a GGUF file to safetensors, config and tokenizer, as transformers and everything here reads them.

Run by `convert` in a process of its own, python -m playground.zoo.convert SOURCE FOLDER: it keeps one core and 1 GB
busy for 20 s, which a page that is being served should not feel, and a lack of memory then ends the conversion only.
Source: transformers' GGUF reader (it dequantises); tokenizers' rules are llama.cpp's, named by `tokenizer.ggml.pre`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playground.core.errors import PlaygroundError
from playground.core.files import disk_error_sentence, error_number
from playground.core.paths import REPOSITORY
from playground.core.progress import Report

if TYPE_CHECKING:
    from tokenizers.pre_tokenizers import PreTokenizer

#: Rules (`tokenizer.ggml.pre`) that part every digit from its neighbours before GPT-2's pattern is applied.
#: transformers reads the vocabulary but not the rule: "\n\n1" became "\n", "\n", "1", as in no text it was trained on.
_DIGITS_APART = ("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone")


def convert(source: Path, folder: Path, report: Report) -> None:
    """Write what `gguf_to_folder` writes, by a process of its own.

    Raises PlaygroundError if there is no room on the disk or in memory, if a library is missing, or for a broken file.
    """
    package = REPOSITORY
    environment = {**os.environ, "PYTHONPATH": str(package), "TQDM_DISABLE": "1"}
    command = [sys.executable, "-m", "playground.zoo.convert", str(source), str(folder)]
    complaint = ""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment
    ) as process:
        try:
            for line in process.stdout or ():
                if line.startswith("{"):
                    complaint = _relay(json.loads(line), folder, report)
                elif line.strip():
                    complaint = line.strip()
        except BaseException:  # an error, or a visitor who left: nobody waits for the process any more
            process.kill()
            raise
    if process.returncode < 0:
        complaint = (
            f"the system ended it (signal {-process.returncode}), likely as memory ran out: close other programs"
        )
    if process.returncode != 0:
        raise PlaygroundError(f"{source.name} could not be converted: {complaint[:400]}")


def _relay(message: dict[str, str | float], folder: Path, report: Report) -> str:
    """Pass on what the process reports. Returns its error, if it reports one."""
    if "doing" in message:
        report(str(message["doing"]), float(message["fraction"]))
        return ""
    disk_error = disk_error_sentence(int(message["number"]), folder.parent)
    if disk_error is not None:
        raise disk_error
    return str(message["error"])


def main(source: str, folder: str) -> int:
    """Convert, reporting progress as lines of JSON on standard output. Returns the process's exit status."""

    def send(**message: str | float) -> None:
        print(json.dumps(message), flush=True)

    try:
        gguf_to_folder(Path(source), Path(folder), lambda doing, fraction: send(doing=doing, fraction=fraction))
    except Exception as error:  # all of them: the starting process turns the message into a sentence
        send(error=f"{type(error).__name__}: {error}", number=error_number(error) or 0)
        return 1
    return 0


def gguf_to_folder(source: Path, folder: Path, report: Report) -> None:
    """Write model.safetensors (bfloat16), config.json, tokenizer.json and the chat template of `source` into `folder`.

    report: called with what is being done and the fraction done, 0 to 1.
    Takes about 20 s and 1 GB of memory for 135 M parameters.
    The same file gives the same bytes on every machine with the same libraries.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    where, file = str(source.parent), source.name
    report("reading the tokenizer", 0.1)
    tokenizer = AutoTokenizer.from_pretrained(where, gguf_file=file, local_files_only=True)
    rule = pre_tokenizer_of(source)
    if rule is not None:
        tokenizer.backend_tokenizer.pre_tokenizer = rule
    tokenizer.save_pretrained(folder)
    report("converting the weights", 0.4)
    model = AutoModelForCausalLM.from_pretrained(
        where,
        gguf_file=file,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.bfloat16,
        local_files_only=True,
    )
    report("writing the weights", 0.9)
    # One file whatever its size: everything that reads this folder expects model.safetensors alone.
    model.save_pretrained(folder, max_shard_size="1TB")


def pre_tokenizer_of(source: Path) -> PreTokenizer | None:
    """How the GGUF's tokenizer cuts text before merging, or None where transformers' own reading stands.

    Source: llama.cpp's llm_tokenizer_bpe, one pattern list for each value of `tokenizer.ggml.pre`.
    """
    from gguf import GGUFReader
    from tokenizers import pre_tokenizers

    field = GGUFReader(source).fields.get("tokenizer.ggml.pre")
    if field is None or field.contents() not in _DIGITS_APART:
        return None
    gpt2 = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=True)
    return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), gpt2])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
