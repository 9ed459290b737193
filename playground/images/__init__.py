"""Image models: sampling, denoising, inversion, grids, evaluation. No gradio."""
