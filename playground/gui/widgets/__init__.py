"""Editors of single values, and forms made of them; they know the model's controls alone."""
