"""Between a trainer and a document: capture what it has reached, and restore it exactly."""

from __future__ import annotations

import platform
import re
from dataclasses import replace

import numpy as np

from playground import __version__
from playground.core.limits import HISTORY_ROWS
from playground.engine.optimizers import OptimizerState
from playground.exchange.document import Document, Resume, Trained
from playground.training.history import Rows
from playground.training.outcome import Memory
from playground.training.trainer import Trainer

VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})(?!\d)")
"""What a program's version begins with: programs with the same know the same settings."""


def capture(trainer: Trainer) -> Document:
    """All of a trainer that is needed to go on training exactly; called between two steps.

    A network that has diverged within the epoch is trained to the epoch's end first, where that is
    judged and its last finite weights are brought back.
    """
    outcome = trainer.outcome
    finite = all(np.isfinite(array).all() for array in outcome.present()[:2])
    if trainer.stop is None and not finite:
        trainer.run_epoch()
    trained = replace(state_of(trainer), history=trainer.history.rows())
    return Document(trainer.experiment, trained)


def state_of(trainer: Trainer) -> Trained:
    """What a trainer has reached, without its history; called between two steps."""
    outcome = trainer.outcome
    if trainer.position:  # the scores are those of an earlier step
        trainer.rescore()
    parameters, running, *_ = outcome.present()
    return Trained(
        parameters=parameters,
        running=running,
        epoch=trainer.epoch,
        step=trainer.step,
        stop=trainer.stop,
        stops=outcome.memory().stops,
        scores=trainer.scores,
        versions={
            "playground": __version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        resume=_resume_of(trainer),
        frozen=tuple(
            place
            for replica in range(trainer.network.replicas)
            for place in trainer.frozen.places(replica)
        ),
    )


def since(document: Document) -> str:
    """That an older program has trained it, for whoever opens it; empty where that is not so."""
    trained = document.trained
    written = trained.versions.get("playground", "") if trained else ""
    then, now = VERSION.match(written), VERSION.match(__version__)
    if then is None or now is None:
        return ""
    if tuple(map(int, then.groups())) >= tuple(map(int, now.groups())):
        return ""
    return (
        f"It was written by Gradient Playground {then[0]}: what that did not know yet has its "
        "default, and saving brings the file up to date."
    )


def restore(document: Document, history_limit: int = HISTORY_ROWS) -> Trainer:
    """A trainer that goes on from a document, its history included.

    Its buffers hold what a step would leave there, so that gradients can be looked at.

    Where the document has no history, it starts with the present scores. One with more rows than
    the limit is thinned, as if the whole run had been under this limit.

    The document must be one that was read or captured: shapes are not checked again.
    """
    trainer = Trainer(document.experiment, history_limit=history_limit)
    trained = document.trained
    if trained is None:
        return trainer
    network, outcome = trainer.network, trainer.outcome
    network.theta[:], network.running[:] = trained.parameters, trained.running
    trainer.epoch, trainer.step, trainer.stop = trained.epoch, trained.step, trained.stop
    resume = trained.resume
    if resume is not None:
        _take_up(trainer, resume)
    present = outcome.present()
    outcome.remember(
        Memory(
            trained.stops,
            resume.rules if resume else [watch.memory() for watch in outcome.watches],
            resume.best if resume and resume.best else present[:2],
            resume.finite if resume and resume.finite else present,
        )
    )
    if trained.frozen:
        trainer.hold_all(trained.frozen)
    trainer.rescore()
    if trained.history is None:
        trainer.history.clear()
        trainer.note_scores()
    else:
        _go_on_with(trained.history, trainer)
    if trainer.step:
        trainer.rehearse()
    return trainer


def _resume_of(trainer: Trainer) -> Resume:
    outcome, training = trainer.outcome, trainer.experiment.training
    memory, present = outcome.memory(), outcome.present()
    restores = any(getattr(rule, "restore_best", False) for rule in training.stop)
    found = any(watch.best_epoch.any() for watch in outcome.watches)
    # Between epochs these are the present ones, unless a live change cut an epoch short.
    going = ~outcome.ended
    differs = any(
        kept[going].tobytes() != now[going].tobytes()
        for kept, now in zip(memory.finite, present, strict=True)
    )
    optimizer = trainer.optimizer_state
    slots = dict(zip(optimizer.slots, (rows.reshape(-1) for rows in present[2:]), strict=True))
    limit = trainer.epoch_limit
    dead = trainer.frozen.dead & (present[0] == 0)
    return Resume(
        epoch_limit=limit if limit != training.max_epochs else None,
        position=trainer.position,
        optimizer=OptimizerState(slots, optimizer.step, optimizer.momentum_product),
        shuffle=[dict(rng.bit_generator.state) for rng in trainer.shuffle_rngs],
        dropout=[dict(rng.bit_generator.state) for rng in trainer.dropout_rngs],
        order_start=list(trainer.order_start) if trainer.position else [],
        rules=memory.rules,
        best=memory.best if restores and found else None,
        finite=memory.finite if differs else None,
        sums={key: sums.copy() for key, sums in trainer.epoch_sums.items()},
        dead=dead if dead.any() else None,
    )


def _take_up(trainer: Trainer, resume: Resume) -> None:
    if resume.epoch_limit is not None:
        trainer.epoch_limit = resume.epoch_limit
    state = trainer.optimizer_state
    state.step, state.momentum_product = resume.optimizer.step, resume.optimizer.momentum_product
    for name, slot in state.slots.items():
        slot[:] = resume.optimizer.slots[name]
    for rngs, states in (
        (trainer.shuffle_rngs, resume.shuffle),
        (trainer.dropout_rngs, resume.dropout),
    ):
        for rng, saved in zip(rngs, states, strict=True):
            rng.bit_generator.state = saved
    if resume.dead is not None:
        trainer.frozen.dead[:] = resume.dead
    if resume.position:
        trainer.use_order_of(resume.order_start, resume.position)
        for key, sums in trainer.epoch_sums.items():
            sums[:] = resume.sums[key]


def _go_on_with(history: Rows, trainer: Trainer) -> None:
    """Take up a history: a row has been offered at the end of each epoch since the first one's."""
    epochs = history.cells[:, 0, 0].astype(np.int64)
    places = epochs - epochs[0]
    trainer.history.take_up(history.cells, places, trainer.epoch - int(epochs[0]) + 1)
