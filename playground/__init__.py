"""Gradient Playground: assemble a small network, train it live, and see why it learns or does not.

Importing any part of the package fills the registries, so that an experiment can be read and
validated wherever the package is used.
"""

from playground import data, engine, training

__version__ = "0.1.0"
__all__ = ["__version__", "data", "engine", "training"]
