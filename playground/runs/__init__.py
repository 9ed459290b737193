"""Training runs that outlive a page: a process and a folder each, resumed from checkpoints."""
