"""The panel Train > Runs."""
