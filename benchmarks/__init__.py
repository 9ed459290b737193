"""Speed and quality, measured and printed as tables. Nothing here asserts; RESULTS.md holds the last run."""
