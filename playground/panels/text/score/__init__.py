"""The Score panel of the Text tab."""
