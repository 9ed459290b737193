"""The Image bias panel of the Bias tab."""
