"""The Sentence pair panel of the Bias tab."""
