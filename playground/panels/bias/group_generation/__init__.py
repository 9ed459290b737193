"""The Group generation panel of the Bias tab."""
