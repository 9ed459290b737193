"""The Generate panel of the Text tab."""
