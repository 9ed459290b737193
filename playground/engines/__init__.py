"""Decoders of language models: one small interface, implemented by onnxruntime (fast) and by torch (open)."""
