"""The Failure lab panel of the Train tab."""
