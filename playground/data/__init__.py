"""Data sets as arrays with labels: one file each, and shelf.py, which knows them by name. No torch here."""
