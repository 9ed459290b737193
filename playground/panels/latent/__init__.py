"""The Latent tab: latent spaces to walk, map, take apart and edit."""
