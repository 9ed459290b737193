"""The Grid panel of the Images tab."""
