"""The Dataset panel of the Images tab."""
