"""The session log below the panels of the Bias tab."""
