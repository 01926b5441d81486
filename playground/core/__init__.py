"""The experiment model, the registries of named choices, and errors: no NumPy, no Qt."""
