"""The panel Many endings of the Text tab."""
