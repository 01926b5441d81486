"""What an instrument is: a look into a network that is made only while someone wants it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from playground.core.choice import Registry
from playground.training.trainer import Trainer


class Instrument(ABC):
    """Looks at the networks of one trainer, again and again, and remembers what it has seen.

    Attributes:
        name: By which views ask for it, and find its readings in a snapshot.
        share: Of the training thread's time, at most so much may go into its readings during a
            run; a costly instrument is then read less often.
        pause: So many seconds at least lie between two of them.
    """

    name: ClassVar[str]
    share: ClassVar[float] = 0.03
    pause: ClassVar[float] = 0.0

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


instruments: Registry[type[Instrument]] = Registry("instrument")
