"""The Words panel of the Latent tab."""
