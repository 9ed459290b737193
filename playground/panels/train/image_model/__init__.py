"""The Image model panel of the Train tab."""
