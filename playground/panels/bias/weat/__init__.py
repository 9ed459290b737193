"""The Weat panel of the Bias tab."""
