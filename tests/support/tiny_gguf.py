"""A tiny GGUF file: small, but read by the same code as a real one."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def write_tiny_gguf(path: Path) -> None:
    """A Llama of two layers and 300 tokens (the 256 bytes, some merges, three special), weights drawn from seed 0."""
    import gguf
    from tokenizers.pre_tokenizers import ByteLevel

    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    letters = sorted(ByteLevel.alphabet())
    merges = ["Ċ Ċ", "Ġ Ġ", "t h", "th e", "Ġ the", "Ċ 1"]
    tokens = special + letters + [merge.replace(" ", "") for merge in merges]
    tokens += [f"<unused{number}>" for number in range(300 - len(tokens))]
    width, layers = 32, 2
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Tiny")
    for add, value in {
        writer.add_context_length: 64,
        writer.add_embedding_length: width,
        writer.add_block_count: layers,
        writer.add_feed_forward_length: 2 * width,
        writer.add_head_count: 2,
        writer.add_head_count_kv: 1,
        writer.add_vocab_size: len(tokens),
        writer.add_rope_dimension_count: width // 2,
        writer.add_bos_token_id: 1,
        writer.add_eos_token_id: 2,
        writer.add_unk_token_id: 0,
        writer.add_pad_token_id: 2,
    }.items():
        add(value)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3] * len(special) + [1] * (len(tokens) - len(special)))
    writer.add_token_merges(merges)
    writer.add_chat_template("{% for message in messages %}<|im_start|>{{ message['content'] }}<|im_end|>{% endfor %}")
    generator = np.random.default_rng(0)
    shapes = {"token_embd.weight": (len(tokens), width), "output_norm.weight": (width,)}
    for layer in range(layers):
        shapes |= {
            f"blk.{layer}.attn_norm.weight": (width,),
            f"blk.{layer}.ffn_norm.weight": (width,),
            f"blk.{layer}.attn_q.weight": (width, width),
            f"blk.{layer}.attn_k.weight": (width // 2, width),
            f"blk.{layer}.attn_v.weight": (width // 2, width),
            f"blk.{layer}.attn_output.weight": (width, width),
            f"blk.{layer}.ffn_gate.weight": (2 * width, width),
            f"blk.{layer}.ffn_up.weight": (2 * width, width),
            f"blk.{layer}.ffn_down.weight": (width, 2 * width),
        }
    for name, shape in shapes.items():
        writer.add_tensor(name, generator.standard_normal(shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
