"""Training without clock, thread or window: the trainer, stop rules, history and diagnostics."""

from playground.training import stopping

__all__ = ["stopping"]
