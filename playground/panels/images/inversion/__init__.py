"""The Inversion panel of the Images tab."""
