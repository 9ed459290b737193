"""How tokens are decoded: one small interface, two decoders."""
