"""What the Train tab can do: start runs, steer them, look at them."""
