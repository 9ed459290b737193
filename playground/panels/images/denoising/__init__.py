"""The Denoising panel of the Images tab."""
