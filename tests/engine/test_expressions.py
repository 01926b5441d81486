"""Each activation computes what its expression says."""

import math

import numpy as np
import pytest
from hypothesis import given

from playground.core.families import activations
from playground.data.formula import OPERATIONS, value_of
from playground.engine.activations import ActivationFunction
from tests.strategies import choices

MORE = {
    "expm1": np.expm1,
    "log1p": np.log1p,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "normal_cdf": np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2))),
    "where": np.where,
    "<=": np.less_equal,
}
Z = np.concatenate((np.linspace(-30, 30, 601), [-800.0, -1e-9, 1e-9, 20.0, 800.0]))


@given(choices(activations))
def test_an_activation_is_what_its_expression_says(drawn: ActivationFunction) -> None:
    with np.errstate(all="ignore"):
        said = value_of(drawn.expression, {"x": Z}, OPERATIONS | MORE)
    assert np.allclose(said, drawn.evaluate(Z)[0], rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("name", activations)
def test_what_other_libraries_call_it_takes_its_parameters(name: str) -> None:
    entry = activations[name]
    for library in ("torch", "keras", "onnx"):
        template = getattr(entry, library)
        for field in entry.model_fields:
            assert not template or f"{{{field}!r}}" in template
