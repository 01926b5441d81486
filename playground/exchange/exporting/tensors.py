"""The network's numbers as safetensors, under the names and in the shapes of PyTorch.

``hidden_1.weight`` (out, in), ``hidden_1.bias``, …, ``output.weight``, ``output.bias``; with
BatchNorm ``norm_1.weight`` (gamma), ``norm_1.bias`` (beta), ``norm_1.running_mean``,
``norm_1.running_var`` and ``norm_1.num_batches_tracked``.
"""

from __future__ import annotations

import numpy as np

from playground.engine.calls import Array
from playground.exchange.exporting.plan import PROGRAM, Dense, Norm, Plan, plan_of
from playground.exchange.exporting.registry import Export, Subject, exporters
from playground.exchange.own_files import EXPERIMENT


def export(subject: Subject) -> Export:
    """The file, and for the preview the tensors' names, types and shapes."""
    plan = plan_of(subject)
    lines = [f"{name}  {array.dtype}  {array.shape}" for name, array in tensors(plan).items()]
    lines += [f"{key}: {value}" for key, value in _metadata(plan).items()]
    return Export(
        {exporters["safetensors"].file_name: content(plan)}, "\n".join(lines) + "\n", plan.notes
    )


def content(plan: Plan) -> bytes:
    """The file."""
    from safetensors.numpy import save

    made: bytes = save(tensors(plan), metadata=_metadata(plan))
    return made


def tensors(plan: Plan) -> dict[str, Array]:
    """The arrays by name."""
    found: dict[str, Array] = {}
    for step in plan.steps:
        if isinstance(step, Dense):
            parts = {"weight": step.weights.T, "bias": step.biases}
        elif isinstance(step, Norm):
            parts = {
                "weight": step.gamma,
                "bias": step.beta,
                "running_mean": step.mean,
                "running_var": step.variance,
                "num_batches_tracked": np.array(plan.steps_done),
            }
        else:
            continue
        found |= {f"{step.name}.{key}": np.asarray(part, order="C") for key, part in parts.items()}
    return found


def _metadata(plan: Plan) -> dict[str, str]:
    return {
        "format": "pt",
        "producer": PROGRAM,
        "description": " ".join(plan.about),
        "features": ", ".join(column.name for column in plan.columns),
        "outputs": plan.output_name,
        EXPERIMENT: plan.experiment_text,
    }
