"""The Beam search panel of the Text tab."""
