"""Points in the plane: generators, features, and their split into training and test."""

from playground.data import features, shifts, sources

__all__ = ["features", "shifts", "sources"]
