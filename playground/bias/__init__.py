"""Bias: one module per measure, and what all measures share. No gradio."""
