"""The readings of the instruments that someone looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from playground.runtime.ration import READING_PAUSE, Ration
from playground.training.instruments import Instrument, instruments
from playground.training.trainer import Trainer


class Readings:
    """Reads the watched instruments of one trainer; during a run as often as each one's ration.

    An instrument is made when it is first watched and kept from then on with what it has seen;
    while nobody watches it costs nothing.
    """

    def __init__(
        self,
        trainer: Trainer,
        watched: Iterable[str] = (),
        aims: Mapping[str, Any] | None = None,
    ) -> None:
        """``aims``: what instruments look at in particular, by their names."""
        self._trainer, self._aims = trainer, dict(aims or {})
        self._watched: tuple[str, ...] = ()
        self._made: dict[str, tuple[Instrument, Ration]] = {}
        self._last: dict[str, tuple[int, Any]] = {}
        self.watch(watched)

    def watch(self, names: Iterable[str]) -> None:
        """Read these instruments from now on, and no others."""
        self._watched = tuple(name for name in instruments if name in set(names))
        for name in self._watched:
            if name not in self._made:
                self._take_in(name, instruments[name](self._trainer))

    def _take_in(self, name: str, instrument: Instrument) -> None:
        self._made[name] = (instrument, Ration(instrument.share))
        if name in self._aims:
            instrument.aim(self._aims[name])

    def aim(self, name: str, target: Any) -> None:
        """Have an instrument look at something in particular; its next reading is of that."""
        self._aims[name] = target
        self._last.pop(name, None)
        if name in self._made:
            self._made[name][0].aim(target)

    def read(
        self,
        replica: int,
        running: bool,
        breathe: Callable[[], object],
        flat_out: bool = False,
    ) -> Mapping[str, Any]:
        """The readings of a replica by the instruments' names, now or of late.

        Args:
            replica: From 0.
            running: Whether training waits for it; then an earlier reading may do.
            breathe: Called between instruments, so that one who waits may have a turn.
            flat_out: Whether training has no limit of speed, and readings are made more seldom.
        """
        found = {}
        for name in self._watched:
            instrument, ration = self._made[name]
            last = self._last.get(name)
            if last is not None and last[0] == replica and running and not ration.due:
                found[name] = last[1]
                continue
            ration.pause = max(instrument.pause, READING_PAUSE if flat_out else 0.0)
            with ration:
                found[name] = instrument.read(replica)
            self._last[name] = (replica, found[name])
            breathe()
        return found

    def forget(self) -> None:
        """Let go of all instruments and of what they have gathered."""
        self._made.clear()
        self._last.clear()

    def branch(self, trainer: Trainer) -> Readings:
        """The readings of a trainer that goes on from an earlier moment of this one's."""
        other = Readings(trainer, aims=self._aims)
        for name, (instrument, _) in self._made.items():
            other._take_in(name, instrument.branch(trainer))
        other.watch(self._watched)
        return other

    def read_back(self, trainer: Trainer, replica: int) -> Mapping[str, Any]:
        """The readings of a replica at an earlier moment, to which this trainer has returned."""
        then = self.branch(trainer)
        return {
            name: self._made[name][0].read_back(then._made[name][0], replica)
            for name in self._watched
        }
