"""The Language model panel of the Train tab."""
