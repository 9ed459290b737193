"""Interactive components: a gr.HTML subclass each, its script in assets/web."""
