"""Gradient Playground: assemble a small network, train it live, and see why it learns or does not.

Importing any part of the package fills the registries, so that an experiment can be read and
validated wherever the package is used.
"""

import os

# Matrices are small here: threads of the linear algebra library would cost more than they bring,
# and would take the processor from the window. It reads this when NumPy is first imported.
for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")

from playground import data, engine, training  # noqa: E402  # after the lines above, for NumPy

__version__ = "0.1.0"
__all__ = ["__version__", "data", "engine", "training"]
