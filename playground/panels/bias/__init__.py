"""The Bias tab: what a model prefers, and how certain each measurement is."""
