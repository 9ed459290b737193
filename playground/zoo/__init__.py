"""Which models exist, how they get here, and the one door through which they are loaded."""
