"""Small real models, made in a second and saved as folders: a Llama with a chat template, and a GPT-2."""

from __future__ import annotations

from pathlib import Path

TEXT = (
    "Once upon a time, in a small village by the sea, there lived an old fisherman. The sea was calm and the night was "
    "dark. He said: nothing is as old as the sea, and nobody is as young as the wind. Das Meer war ruhig, né à Paris. "
) * 4
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
VOCABULARY = 384
CONTEXT = 128


def save_tokenizer(folder: Path, chat: bool) -> None:
    """A byte-level BPE tokenizer trained on TEXT, with three control tokens; with a chat template if asked."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=special[2] if chat else special[0], bos_token=special[0]
    )
    if chat:
        wrapped.chat_template = CHAT_TEMPLATE
    wrapped.save_pretrained(folder)


def tiny_llama(folder: Path, seed: int = 0) -> Path:
    """A Llama of two layers, float32, random weights; context 128, vocabulary 384. Returns the folder."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        bos_token_id=0,
        eos_token_id=2,
        initializer_range=0.4,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        LlamaForCausalLM(config).save_pretrained(folder)
    save_tokenizer(folder, chat=True)
    return folder


def tiny_gpt2(folder: Path, seed: int = 0) -> Path:
    """A GPT-2 of two layers, float32, random weights, without a chat template; context 128, vocabulary 384."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(
        vocab_size=VOCABULARY, n_embd=48, n_layer=2, n_head=4, n_positions=CONTEXT, bos_token_id=0, eos_token_id=0,
        initializer_range=0.4,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        GPT2LMHeadModel(config).save_pretrained(folder)
    save_tokenizer(folder, chat=False)
    return folder


def tiny_model(folder: Path, architecture: str, seed: int = 0) -> Path:
    """A float32 model of two layers of another architecture, random weights, vocabulary 384. Returns the folder.

    architecture: a key of _CONFIGS.
    """
    import torch
    import transformers

    config_class, model_class, settings = _CONFIGS[architecture]
    config = getattr(transformers, config_class)(vocab_size=VOCABULARY, **settings)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = getattr(transformers, model_class)(config)
        with torch.no_grad():
            for weights in model.parameters():
                if weights.dim() > 1:
                    weights.normal_(0, 0.4)
        model.save_pretrained(folder)
    save_tokenizer(folder, chat=False)
    return folder


_CONFIGS: dict[str, tuple[str, str, dict[str, object]]] = {
    "bloom": ("BloomConfig", "BloomForCausalLM", {"hidden_size": 48, "n_layer": 2, "n_head": 4}),
    "bert": (
        "BertConfig", "BertLMHeadModel",
        {"hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4},
    ),
    "mamba": ("MambaConfig", "MambaForCausalLM", {"hidden_size": 48, "num_hidden_layers": 2, "state_size": 8}),
    "stablelm": (
        "StableLmConfig", "StableLmForCausalLM",
        {
            "hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2,
        },
    ),
    "openai-gpt": (
        "OpenAIGPTConfig", "OpenAIGPTLMHeadModel", {"n_embd": 48, "n_layer": 2, "n_head": 4, "n_positions": CONTEXT},
    ),
    "lfm2": (
        "Lfm2Config", "Lfm2ForCausalLM",
        {
            "hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "max_position_embeddings": CONTEXT, "layer_types": ["conv", "full_attention"],
        },
    ),
    "rwkv": ("RwkvConfig", "RwkvForCausalLM", {"hidden_size": 48, "num_hidden_layers": 2, "context_length": CONTEXT}),
}  # fmt: skip
