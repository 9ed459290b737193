"""The Directions panel of the Latent tab."""
