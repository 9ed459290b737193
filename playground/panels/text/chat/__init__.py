"""The Chat panel of the Text tab."""
