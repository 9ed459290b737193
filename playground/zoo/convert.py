"""Converts a GGUF file to safetensors, config and tokenizer, which transformers reads.

`convert` runs python -m playground.zoo.convert SOURCE FOLDER as a separate process: it takes one core and 1 GB for
20 s, which the served page should not feel, and if memory runs out only the conversion ends. It ends with its parent.
Source: transformers' GGUF reader (it dequantises); tokenizers' rules are llama.cpp's, named by `tokenizer.ggml.pre`.
"""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from playground.core.catalogue import say
from playground.core.child_process import child_command, child_environment, lifeline
from playground.core.errors import PlaygroundError
from playground.core.files import disk_error, error_number, is_no_room
from playground.core.progress import Report

if TYPE_CHECKING:
    from tokenizers.pre_tokenizers import PreTokenizer

#: Rules (`tokenizer.ggml.pre`) that split off every digit before GPT-2's pattern is applied. transformers reads the
#: vocabulary but not the rule: "\n\n1" became "\n", "\n", "1", which the model never saw in training.
_DIGITS_APART = ("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone")


def convert(source: Path, folder: Path, report: Report) -> None:
    """Runs `gguf_to_folder` in a separate process.

    Raises PlaygroundError if disk or memory is full, a library is missing, or the file is broken.
    """
    command = child_command("playground.zoo.convert", str(source), str(folder))
    reason = ""
    with lifeline() as end, subprocess.Popen(
        command, stdin=end, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env=child_environment(TQDM_DISABLE="1"),
    ) as process:  # fmt: skip
        try:
            for line in process.stdout or ():
                if line.startswith("{"):
                    reason = _relay(json.loads(line), folder, report)
                elif line.strip():
                    reason = line.strip()
        except BaseException:  # an error, or a visitor who left: nobody needs the process any more
            process.kill()
            raise
    if process.returncode < 0:
        reason = say("models.file.out_of_memory", signal=-process.returncode)
    if process.returncode != 0:
        raise PlaygroundError(say("models.file.not_converted", file=source.name, error=reason[:400]))


def _relay(message: dict[str, str | float], folder: Path, report: Report) -> str:
    """Passes on a message of the process: its progress, or the returned error."""
    if "doing" in message:
        report(str(message["doing"]), float(message["fraction"]))
        return ""
    explained = disk_error(OSError(int(message["number"]), ""), folder.parent)
    if explained is not None:
        raise explained
    return str(message["error"])


def main(source: str, folder: str) -> int:
    """Converts, with progress as lines of JSON on standard output. Returns the exit status."""

    def send(**message: str | float) -> None:
        print(json.dumps(message), flush=True)

    try:
        gguf_to_folder(Path(source), Path(folder), lambda doing, fraction: send(doing=doing, fraction=fraction))
    except Exception as error:  # any error: the parent process puts it into a sentence
        number = errno.ENOSPC if is_no_room(error) else error_number(error) or 0
        send(error=f"{type(error).__name__}: {error}", number=number)
        return 1
    return 0


def gguf_to_folder(source: Path, folder: Path, report: Report) -> None:
    """Writes model.safetensors (bfloat16), config.json, tokenizer.json and the chat template of `source` to `folder`.

    Takes about 20 s and 1 GB of memory for 135 M parameters. The same file gives the same bytes on every machine with
    the same libraries.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    where, file = str(source.parent), source.name
    report(say("models.progress.reading_tokenizer"), 0.1)
    tokenizer = AutoTokenizer.from_pretrained(where, gguf_file=file, local_files_only=True)
    rule = pre_tokenizer_of(source)
    if rule is not None:
        tokenizer.backend_tokenizer.pre_tokenizer = rule
    tokenizer.save_pretrained(folder)
    report(say("models.progress.converting_weights"), 0.4)
    model, found = AutoModelForCausalLM.from_pretrained(
        where,
        gguf_file=file,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.bfloat16,
        local_files_only=True,
        output_loading_info=True,
    )
    if found["missing_keys"]:
        raise ValueError(f"it lacks {min(found['missing_keys'])}")
    report(say("models.progress.writing_weights"), 0.9)
    # One file whatever its size: everything that reads this folder expects model.safetensors alone.
    model.save_pretrained(folder, max_shard_size="1TB")


def pre_tokenizer_of(source: Path) -> PreTokenizer | None:
    """How the GGUF's tokenizer splits text before merging; None if transformers reads it correctly.

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
