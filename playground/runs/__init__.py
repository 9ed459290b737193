"""Training runs that outlive a page: each in a process of its own, kept on the disk, taken up where it was left."""
