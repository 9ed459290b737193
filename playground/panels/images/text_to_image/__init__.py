"""The Text to image panel of the Images tab."""
