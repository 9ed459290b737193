"""The Comparison panel of the Images tab."""
