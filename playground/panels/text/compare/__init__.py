"""The Compare panel of the Text tab."""
