"""The panel Train > Pictures."""
