"""Makes a run as old as one of an hour: all that is remembered over the epochs is full."""

from __future__ import annotations

from playground.training.instruments import instruments

HOUR_OF_EPOCHS = 2_500_000
"""Of 2-8-8-8-1 at 700 epochs a second."""
LOOKS, AT_ONCE = 1180, 10
"""How often instruments and the run's health look, and how many times in one question; they then
have nearly the most rows that they keep, before every second one is dropped again."""
EPOCHS = 3
"""Trained between two looks, so that the losses have nearly the most rows as well."""


def age(window) -> None:
    """Train a little and look with all instruments, again and again; the epochs between are left
    out, as if they had been trained."""
    session = window.session
    seen = session._worker._watched
    session.watch(instruments)
    for _ in range(LOOKS // AT_ONCE):
        session.ask(lambda trainer: _live_on(trainer, session._worker._photographer))
    session.watch(seen)


def _live_on(trainer, photographer) -> None:
    left_out = HOUR_OF_EPOCHS // LOOKS - EPOCHS
    for _ in range(AT_ONCE):
        for _ in range(EPOCHS):
            trainer.run_epoch()
        photographer.take(False, 0.0)
        trainer.epoch += left_out
        trainer.step += left_out * trainer.steps_per_epoch
