"""A Stable Diffusion of 40,000 random numbers, but saved, fetched, loaded and run by the code of a real one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SIDE = 64


def save_tiny_pipeline(folder: Path, seed: int = 0, safety_checker: bool = False, **saving: Any) -> Path:
    """Writes a StableDiffusionPipeline for 64 x 64 pixels (latents of 32 x 32) into `folder`, float32. Returns it.

    saving: for save_pretrained: variant="fp16", safe_serialization=False.
    """
    import torch
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        unet = UNet2DConditionModel(
            sample_size=32, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(8, 16),
            norm_num_groups=4, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=16, attention_head_dim=4,
        )  # fmt: skip
        vae = AutoencoderKL(
            block_out_channels=(8, 8), norm_num_groups=4, latent_channels=4, sample_size=SIDE,
            down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        )  # fmt: skip
        text = CLIPTextModel(
            CLIPTextConfig(
                hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, vocab_size=600,
                bos_token_id=598, eos_token_id=599, pad_token_id=1, max_position_embeddings=16,
            )
        )  # fmt: skip
        checker = tiny_safety_checker() if safety_checker else None
    scheduler = DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1, beta_schedule="scaled_linear")
    pipeline = StableDiffusionPipeline(
        vae=vae, unet=unet, text_encoder=text, tokenizer=tiny_tokenizer(folder), scheduler=scheduler,
        safety_checker=checker, feature_extractor=tiny_extractor() if safety_checker else None,
        requires_safety_checker=safety_checker,
    )  # fmt: skip
    pipeline.save_pretrained(folder, **saving)
    return folder


def tiny_tokenizer(folder: Path) -> Any:
    """CLIP's tokenizer over single letters, 16 tokens long."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    letters = sorted(ByteLevel.alphabet())
    tokens = letters + [letter + "</w>" for letter in letters]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    vocabulary |= {"<|startoftext|>": 598, "<|endoftext|>": 599}
    folder.mkdir(parents=True, exist_ok=True)
    made = folder.parent / f"{folder.name}-tokenizer"
    made.mkdir()
    (made / "vocab.json").write_text(json.dumps(vocabulary))
    (made / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer.from_pretrained(made, model_max_length=16)


def tiny_safety_checker() -> Any:
    """A checker that finds every picture unsafe: its thresholds are all met."""
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
    from transformers import CLIPConfig

    vision = {
        "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
        "image_size": 16, "patch_size": 8, "projection_dim": 8,
    }  # fmt: skip
    checker = StableDiffusionSafetyChecker(CLIPConfig(vision_config=vision, text_config={}, projection_dim=8))
    checker.concept_embeds_weights.data.fill_(-2.0)
    return checker


def tiny_extractor() -> Any:
    """CLIP's preparation of a picture, at 16 x 16."""
    from transformers import CLIPImageProcessor

    return CLIPImageProcessor(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})
