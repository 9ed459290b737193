"""The panel Train > Fine-tune."""
