"""A network to look at, so that the one that trains is left alone."""

from __future__ import annotations

from playground.engine.calls import Array
from playground.engine.network import Network
from playground.training.trainer import Trainer


class StandIn:
    """A network of one replica that takes the weights of whichever of a trainer's is looked at.

    However many replicas train, a look costs no more than a look at one; and the buffers of the
    training network stay as its last step has left them.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer  # not its outcome: that is another one once a run goes on
        training = trainer.experiment.training.model_copy(update={"replicas": 1})
        self._network = Network(trainer.experiment.model_copy(update={"training": training}))

    def of(self, replica: int) -> Network:
        """A replica as it is worth a look, see ``Outcome.weights_of``; until the next call."""
        return self.with_weights(*self._trainer.outcome.weights_of(replica))

    def with_weights(self, theta: Array, running: Array) -> Network:
        """A network of the same shape with other weights (P,) and statistics (S,); likewise."""
        network = self._network
        network.theta[0], network.running[0] = theta, running
        return network
