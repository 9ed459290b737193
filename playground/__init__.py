"""A page on which anyone opens, runs, measures and shares generative models."""
