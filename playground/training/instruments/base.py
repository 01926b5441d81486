"""What an instrument is: a look into a network that is made only while someone wants it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np

from playground.core.choice import Registry
from playground.training.history import History
from playground.training.trainer import Trainer


class Instrument(ABC):
    """Looks at the networks of one trainer, again and again, and remembers what it has seen.

    Attributes:
        name: By which views ask for it, and find its readings in a snapshot.
        share: Of the training thread's time, at most so much may go into its readings during a
            run; a costly instrument is then read less often.
    """

    name: ClassVar[str]
    share: ClassVar[float] = 0.03

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer

    def aim(self, target: Any) -> None:  # noqa: B027 - most have nothing to choose
        """Look at something in particular from now on, such as a unit; None for nothing."""

    @abstractmethod
    def read(self, replica: int) -> Any:
        """Look at a replica as it is now, between two steps.

        Returns:
            A frozen reading whose arrays are read-only copies; None where there is nothing to see
            yet.
        """

    def branch(self, trainer: Trainer) -> Self:
        """An instrument for a trainer that goes on from an earlier moment of this one's.

        One that keeps a series of what it has seen hands on what it saw until then.
        """
        return type(self)(trainer)

    def read_back(self, then: Self, replica: int) -> Any:
        """Look at a replica as it was at an earlier moment.

        Args:
            then: The :meth:`branch` for a trainer that has returned to that moment.
            replica: From 0.

        Returns:
            A reading as :meth:`read` gives, of that moment; a series in it is the whole run's.
        """
        return then.read(replica)


class SeriesInstrument(Instrument):
    """One that keeps a series over the epochs, which a chart draws."""

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._past: dict[int, History] = {}

    def branch(self, trainer: Trainer) -> Self:
        other = type(self)(trainer)
        just_before = float(np.nextafter(trainer.epochs_done, -1))  # it looks at that moment itself
        for replica, past in self._past.items():
            other._past[replica] = past.branch(just_before)
        return other

    def read_back(self, then: Self, replica: int) -> Any:
        """The whole run's series, which holds that moment."""
        return self.read(replica)


instruments: Registry[type[Instrument]] = Registry("instrument")
