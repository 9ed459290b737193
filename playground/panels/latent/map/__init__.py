"""The Map panel of the Latent tab."""
