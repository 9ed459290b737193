"""What the Bias tab can do: one module a measure, and what all measures share."""
