"""The Traversal panel of the Latent tab."""
