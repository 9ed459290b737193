"""What the Images tab can do: draw pictures, watch diffusion step by step, find a picture in a model, lay out grids."""
