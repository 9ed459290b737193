"""What panels share: the panel protocol, events, notices, charts, base scripts and styles."""
