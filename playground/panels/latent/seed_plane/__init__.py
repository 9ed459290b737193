"""The Seed plane panel of the Latent tab."""
