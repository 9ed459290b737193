"""What the page shows: a folder per tab, and in it a folder per panel."""
