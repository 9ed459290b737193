"""The Draw panel of the Images tab."""
