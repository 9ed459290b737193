"""Data sets as arrays with labels: one file each, found by name in registry.py. No torch here."""
