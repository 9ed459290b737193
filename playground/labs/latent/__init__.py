"""What the Latent tab can do: walk between points of a latent space, and move in a plane of seeds."""
