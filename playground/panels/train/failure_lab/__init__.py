"""The panel Train > Failure lab."""
