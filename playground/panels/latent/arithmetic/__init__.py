"""The Arithmetic panel of the Latent tab."""
