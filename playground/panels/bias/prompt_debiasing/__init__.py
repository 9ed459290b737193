"""The Prompt debiasing panel of the Bias tab."""
