"""Latent spaces: interpolation, directions, maps, arithmetic, traversals. No gradio."""
