"""The Fine tuning panel of the Train tab."""
