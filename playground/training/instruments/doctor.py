"""The doctor as an instrument: its reading is the findings on a run."""

from __future__ import annotations

from playground.training.doctor import Doctor, Finding
from playground.training.instruments.base import Instrument, instruments
from playground.training.trainer import Trainer


@instruments.add
class DoctorInstrument(Instrument):
    """Reads the findings, the most serious first; an empty tuple where all is well."""

    name = "doctor"
    share = 0.02
    pause = 0.1  # words that change more often cannot be read

    def __init__(self, trainer: Trainer) -> None:
        super().__init__(trainer)
        self._doctor = Doctor(trainer)

    def read(self, replica: int) -> tuple[Finding, ...]:
        return self._doctor.examine(replica)
