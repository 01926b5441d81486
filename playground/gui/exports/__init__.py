"""The window of exports: what there is, how it looks, and the ways out."""
