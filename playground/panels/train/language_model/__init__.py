"""The panel Train > Language."""
