"""The Runs panel of the Train tab."""
