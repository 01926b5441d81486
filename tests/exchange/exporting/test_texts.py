"""What NumPy modules and ONNX models are, beside their numbers."""

import ast
import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.core.errors import PlaygroundError
from playground.core.experiment import Layer
from playground.core.families import losses, optimizers
from playground.data.features import compute
from playground.exchange.document import Document
from playground.exchange.experiment_file import loads
from playground.exchange.exporting import numpy_module
from playground.exchange.exporting.plan import plan_of
from playground.exchange.exporting.python_text import harmless
from playground.exchange.exporting.registry import Subject, exporters
from playground.exchange.trained import capture
from playground.training.trainer import Trainer
from tests.exchange.exporting.networks import (
    TASKS,
    assert_close,
    document,
    experiment,
    points,
    trained,
    window,
)
from tests.exchange.exporting.test_agreement import run_modules, run_onnx
from tests.formulas import texts

MODELS = ("numpy", "onnx", "torch", "safetensors")


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_many_numbers_are_packed_and_the_same(precision: str, tmp_path: Path) -> None:
    made = trained(experiment("two", Layer(units=200, batch_norm="before"), precision), 1)
    texts = {}
    for limit in (10, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(numpy_module, "READABLE", limit)
            texts[f"limit_{limit}"] = exporters["numpy"].make(Subject(made)).text
    packed, readable = texts.values()
    assert "b64decode" in packed
    assert "base64" not in readable
    assert len(packed) < len(readable)
    assert max(map(len, packed.splitlines())) <= 120
    found = run_modules(tmp_path, texts)
    assert found["limit_10"].tobytes() == found["limit_1000000000"].tobytes()
    assert_close(found["limit_10"], window(made), precision)


def test_the_numbers_of_a_module_are_exact() -> None:
    made = trained(experiment("two", Layer(units=4)))
    tree = ast.parse(exporters["numpy"].make(Subject(made)).text)
    found = {
        node.targets[0].id: ast.literal_eval(node.value.args[0])
        for node in tree.body
        if isinstance(node, ast.Assign)
    }
    plan = plan_of(Subject(made))
    assert len(found) == 6
    first = np.array(found["hidden_1_weights"], np.float32)
    assert first.tobytes() == np.ascontiguousarray(plan.steps[0].weights).tobytes()


def test_a_module_takes_one_point_and_refuses_what_is_none(tmp_path: Path) -> None:
    text = exporters["numpy"].make(Subject(document("tanh_none_three_float32"))).text
    text += (
        "\nassert predict([1, 2]).shape == predict([[1, 2]]).shape == (1, 3)\n"
        "assert predict(np.zeros((0, 2))).shape == (0, 3)\n"
        "for wrong in ([1, 2, 3], [[1], [2]], np.zeros((1, 2, 2))):\n"
        "    try:\n        predict(wrong)\n"
        "    except ValueError as error:\n        assert '(n, 2)' in str(error)\n"
        "    else:\n        raise AssertionError(wrong)\n"
    )
    run_modules(tmp_path, {"one": text})


def test_a_name_cannot_break_out_of_its_docstring() -> None:
    for name in ('"""', "\\", '\\"""\nimport os', "a\u2028b\x00c\rd", 'it ends in "'):
        text = harmless(name)
        assert not set(text) & set('"\\\n\r\x00\u2028')
    for kind in ("numpy", "torch"):
        tree = ast.parse(exporters[kind].make(Subject(document("one_float32"))).text)
        assert ast.get_docstring(tree).startswith("A quoted name of two lines\n")


@pytest.mark.parametrize("name", MODELS)
def test_a_module_of_a_name_is_made_for_it(name: str) -> None:
    several = trained(experiment("three", Layer(units=4, batch_norm="after"), replicas=3))
    for replica in range(3):
        made = exporters[name].make(Subject(several, replica))
        assert made.notes == (f"Of 3 replicas this is the network of replica {replica + 1}.",)
        if name == "onnx":
            found = run_onnx(made, "float32")["logits"]
            assert_close(found, window(several, replica), "float32")
    with pytest.raises(PlaygroundError, match="there is no replica 4"):
        exporters[name].make(Subject(several, 3))


@pytest.mark.parametrize("replica", [0, 2])
def test_an_untrained_network_is_the_one_that_training_begins_with(replica: int) -> None:
    untrained = experiment("three", Layer(units=4, batch_norm="after"), replicas=3)
    plans = [
        plan_of(Subject(document, replica))
        for document in (Document(untrained), capture(Trainer(untrained)))
    ]
    assert plans[0].notes[-1] == "The network is not trained; these are its initial weights."
    first, second = (plan.steps[0].weights for plan in plans)
    assert first.tobytes() == second.tobytes()
    assert "initial weights" in " ".join(plans[1].about)


def test_a_network_that_has_diverged_says_so() -> None:
    wild = experiment(
        "numbers", Layer(units=4), replicas=2, optimizer=optimizers["sgd"](learning_rate=1e6)
    )
    trainer = Trainer(wild)
    trainer.run()
    assert trainer.outcome.diverged.all()
    for replica in range(2):
        notes = plan_of(Subject(capture(trainer), replica)).notes
        assert notes[-1] == "The network has diverged; these are its last finite weights."


def test_a_network_with_an_infinite_weight_is_refused() -> None:
    made = trained(experiment("two", Layer(units=4)))
    made.trained.parameters[0, 3] = np.inf
    with pytest.raises(PlaygroundError, match="infinite"):
        plan_of(Subject(made))


def test_an_onnx_model_says_what_it_is() -> None:
    name = "registered_float32"
    made = exporters["onnx"].make(Subject(document(name)))
    model = onnx.load_from_string(made.main)
    onnx.checker.check_model(model, full_check=True)
    assert model.producer_name == "Gradient Playground"
    assert "It is trained for 2 epochs" in model.doc_string
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    assert loads(metadata["experiment"]).experiment == document(name).experiment
    assert [entry.version for entry in model.opset_import] == [17]
    assert model.ir_version == 8
    inputs = [entry.name for entry in model.graph.input]
    assert inputs == ["points"]
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "n"
    assert [entry.name for entry in model.graph.output] == ["logits", "probabilities"]
    names = [node.name for node in model.graph.node]
    assert len(set(names)) == len(names)
    assert {"hidden_1", "tanh_1", "hidden_2", "output"} <= set(names)
    for node in names:
        assert f"{node} = " in made.text


FITTING = [
    (name, problem)
    for name, loss in losses.items()
    for problem, task in TASKS.items()
    if loss.fits(task)
]


@pytest.mark.parametrize(("loss", "problem"), FITTING)
def test_a_second_output_is_what_people_are_shown(loss: str, problem: str) -> None:
    made = exporters["onnx"].make(Subject(document(f"{loss}_{problem}_float32")))
    outputs = [entry.name for entry in onnx.load_from_string(made.main).graph.output]
    expected = ["values"] if problem == "numbers" else ["logits"]
    if "cross_entropy" in loss:
        expected.append("probabilities")
    if "tanh" in loss:
        expected.append("answers")
    assert outputs == expected


def loaded(text: str, folder: Path) -> ModuleType:
    """The module that a source text makes."""
    path = folder / "module.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("module", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@given(st.lists(texts(), min_size=1, max_size=8, unique=True))
def test_any_formula_is_written_as_it_is_computed(
    tmp_path_factory: pytest.TempPathFactory, formulas: list[str]
) -> None:
    names = tuple(f"={text}" for text in formulas)
    try:
        made = experiment("numbers", Layer(units=2), "float64", features=names)
    except ValidationError:  # two are the same
        assume(False)
    text = exporters["numpy"].make(Subject(Document(made))).text
    with np.errstate(all="ignore"):
        found = loaded(text, tmp_path_factory.mktemp("one")).features(points()).T
    assert np.allclose(found, compute(names, points()), rtol=1e-9, atol=1e-9)
