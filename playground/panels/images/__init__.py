"""The Images tab: GANs, VAEs and diffusion models draw pictures, and show how."""
