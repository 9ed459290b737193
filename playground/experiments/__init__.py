"""Training runs as experiments: start, steer, watch, diagnose, compare, export. No gradio."""
