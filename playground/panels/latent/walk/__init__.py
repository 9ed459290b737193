"""The Walk panel of the Latent tab."""
