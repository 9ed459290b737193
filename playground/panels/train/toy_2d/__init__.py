"""The Toy 2d panel of the Train tab."""
