"""The Template sweep panel of the Bias tab."""
