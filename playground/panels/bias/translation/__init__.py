"""The Translation panel of the Bias tab."""
