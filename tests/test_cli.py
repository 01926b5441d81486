"""The commands, as a person or a script uses them."""

import dataclasses
import errno
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground import __version__, cli, commands, console, parsers, system
from playground.core.editing import replace
from playground.core.errors import PlaygroundError
from playground.core.experiment import Experiment
from playground.core.families import optimizers, stop_rules
from playground.exchange.document import Document
from playground.exchange.experiment_file import dumps, load, loads, save
from playground.exchange.exporting.registry import Export, Subject, exporters
from playground.exchange.tf_link import experiment_of, link_of
from playground.exchange.trained import capture, restore
from playground.training.trainer import Trainer
from tests.exchange.samples import experiment

ROOT = Path(__file__).parents[1]
KEYS = [
    "epoch", "stop_reason", "train_loss", "test_loss", "train_accuracy", "test_accuracy", "steps",
    "seconds",
]  # fmt: skip


LINK = "https://playground.tensorflow.org/#dataset=xor&seed=0.5&networkShape=3"


class Run:
    """Runs the command line in this process and keeps what it said."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.out = folder / "out"
        self.said = ""

    def write(self, changed: Experiment, name: str = "experiment.json") -> Path:
        save(Document(changed), self.folder / name)
        return self.folder / name

    def __call__(self, *arguments: object, code: int = 0) -> str:
        """The standard output."""
        assert cli.main([str(argument) for argument in arguments]) == code
        captured = self._capsys.readouterr()
        self.said = captured.err
        return captured.out

    def train(self, file: Path, *arguments: object, code: int = 0) -> dict[str, Any]:
        lines = self("train", file, "--out", self.out, *arguments, code=code).splitlines()
        assert len(lines) == 1
        summary: dict[str, Any] = json.loads(lines[0], parse_constant=pytest.fail)
        assert list(summary) == KEYS
        return summary


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(tmp_path, capsys)


def trained(changed: Experiment) -> Trainer:
    trainer = Trainer(changed)
    trainer.run()
    return trainer


def same(path: Path, trainer: Trainer) -> bool:
    return restore(load(path)).network.theta.tobytes() == trainer.network.theta.tobytes()


# --- train -----------------------------------------------------------------------------------


def test_train_writes_the_trained_experiment_and_one_json_line(run: Run) -> None:
    changed = experiment(stop=(stop_rules["test_loss_plateau"](patience=2),), max_epochs=500)
    expected = trained(changed)
    summary = run.train(run.write(changed))
    assert summary["stop_reason"] == "test_loss_plateau"
    assert summary["epoch"] == expected.epoch
    assert summary["steps"] == expected.step
    for name in KEYS[2:6]:
        assert summary[name] == getattr(expected.scores, name)[0]
    assert summary["seconds"] >= 0
    assert same(run.out / "experiment.json", expected)
    assert [path.name for path in run.out.iterdir()] == ["experiment.json"]
    assert expected.stop is not None
    assert expected.stop.message in run.said
    assert "Small: training a network 2-4-3-1, to epoch 500 at most." in run.said


def test_what_there_is_not_is_null(run: Run) -> None:
    changed = replace(experiment(), ("data", "source"), "plane")
    summary = run.train(run.write(replace(changed, ("data", "test_share"), 0.0)))
    assert summary["train_loss"] is not None
    assert summary["test_loss"] is summary["train_accuracy"] is summary["test_accuracy"] is None


def test_epochs_seed_and_replicas_take_the_place_of_the_files(run: Run) -> None:
    path = run.write(experiment())
    summary = run.train(path, "--epochs", 3, "--seed", 5, "--replicas", 2)
    assert summary["epoch"] == 3
    assert summary["stop_reason"] == "max_epochs"
    training = load(run.out / "experiment.json").experiment.training
    assert (training.max_epochs, training.seed, training.replicas) == (3, 5, 2)
    expected = trained(experiment(max_epochs=3, seed=5, replicas=2))
    assert same(run.out / "experiment.json", expected)
    assert summary["test_loss"] == np.median(expected.scores.test_loss)


def test_the_history_has_one_row_an_epoch_however_many(run: Run) -> None:
    changed = replace(experiment(batch_size="full"), ("data", "samples"), 4)
    run.train(run.write(changed), "--epochs", 2500, "--format", "json, csv")
    lines = (run.out / "history.csv").read_text().splitlines()
    assert len(lines) == 1 + 1 + 2500
    assert [line.split(",")[0] for line in lines[1:]] == [str(epoch) for epoch in range(2501)]
    assert f"Wrote {run.out / 'experiment.json'} and {run.out / 'history.csv'}." in run.said


def rows_of(run: Run) -> list[str]:
    return (run.out / "history.csv").read_text().splitlines()


@pytest.mark.parametrize("replicas", [1, 2])
def test_a_resumed_run_writes_the_table_of_the_whole_run(run: Run, replicas: int) -> None:
    changed = experiment(replicas=replicas, max_epochs=40)
    run.train(run.write(changed), "--format", "csv")
    whole, trained_file = rows_of(run), (run.out / "experiment.json").read_text()
    run.train(run.write(changed), "--epochs", 9)
    path = run.out / "experiment.json"
    run.train(path, "--resume", "--epochs", 23, "--format", "csv")
    assert rows_of(run) == whole[: 1 + 1 + 23]
    run.train(path, "--resume", "--epochs", 40, "--format", "csv")
    assert rows_of(run) == whole
    assert (run.out / "experiment.json").read_text() == trained_file


def test_a_resumed_table_keeps_thinned_rows_and_goes_on_with_one_an_epoch(run: Run) -> None:
    changed = replace(experiment(batch_size="full", max_epochs=4000), ("data", "samples"), 4)
    run.train(run.write(changed), "--epochs", 2100)  # without a table it is thinned
    path = run.out / "experiment.json"
    run.train(path, "--resume", "--epochs", 2105, "--format", "csv")
    epochs = [int(line.split(",")[0]) for line in rows_of(run)[1:]]
    assert epochs == [*range(0, 2101, 2), *range(2101, 2106)]


def test_csv_alone_comes_with_the_experiment(run: Run) -> None:
    run.train(run.write(experiment()), "--format", "csv")
    assert {path.name for path in run.out.iterdir()} == {"experiment.json", "history.csv"}


def test_the_points_are_written_beside_the_experiment(run: Run) -> None:
    run.train(run.write(experiment()), "--format", "points,csv")
    assert {path.name for path in run.out.iterdir()} == {
        "experiment.json", "history.csv", "points.csv",
    }  # fmt: skip
    lines = (run.out / "points.csv").read_text().splitlines()
    assert lines[0] == "x1,x2,target,set"
    assert [line.split(",")[3] for line in lines[1:]] == ["train"] * 20 + ["test"] * 20


def test_diverged_is_a_failure_with_the_last_finite_weights(run: Run) -> None:
    wild = optimizers["sgd"](learning_rate=1e6)
    changed = replace(experiment(loss="mse"), ("training", "optimizer"), wild)
    changed = replace(changed, ("network", "hidden"), ())
    summary = run.train(run.write(changed), code=1)
    assert summary["stop_reason"] == "diverged"
    assert "Diverged in epoch" in run.said
    assert np.isfinite(restore(load(run.out / "experiment.json")).network.theta).all()


def test_weights_that_start_too_large_are_a_failure_with_their_cause(run: Run) -> None:
    huge = {"units": 4, "initializer": {"name": "constant", "value": 1e38}}
    changed = replace(experiment(), ("network", "hidden"), (huge, huge))
    summary = run.train(run.write(changed), code=1)
    assert summary["train_loss"] is None
    assert "epoch 1 of" in run.said
    assert "no finite loss" in run.said
    assert "before the first step already" in run.said
    assert "Smaller initial weights" in run.said


def some_diverge(count: int) -> Experiment:
    """A learning rate that is too large for some of these replicas."""
    wild = optimizers["sgd"](learning_rate=0.85)
    changed = experiment(loss="mse", replicas=count, max_epochs=30)
    return replace(changed, ("training", "optimizer"), wild)


def test_when_some_replicas_diverge_the_others_count(run: Run) -> None:
    changed = some_diverge(6)
    expected = trained(changed)
    lost = expected.outcome.diverged
    assert 0 < lost.sum() < 6
    summary = run.train(run.write(changed), code=0)
    assert summary["stop_reason"] == "max_epochs"
    for name in KEYS[2:6]:
        assert summary[name] == np.median(getattr(expected.scores, name)[~lost])
    assert f"{lost.sum()} of 6 replicas have diverged" in run.said
    assert f"the medians of the other {6 - lost.sum()}." in run.said
    opened = restore(load(run.out / "experiment.json"))
    assert opened.outcome.diverged.tolist() == lost.tolist()
    assert np.isfinite(opened.network.theta).all()


def test_when_all_replicas_diverge_the_run_has_failed(run: Run) -> None:
    wild = optimizers["sgd"](learning_rate=1e6)
    changed = replace(experiment(loss="mse", replicas=3), ("training", "optimizer"), wild)
    summary = run.train(run.write(replace(changed, ("network", "hidden"), ())), code=1)
    assert summary["stop_reason"] == "diverged"
    assert summary["train_loss"] is not None
    assert "All 3 replicas have diverged" in run.said


def test_a_warning_is_said_and_does_not_stop(run: Run) -> None:
    changed = experiment(stop=(stop_rules["test_loss_plateau"](),))
    run.train(run.write(changed))
    assert "warning: data.test_share: 20 test points" in run.said


def test_points_with_nothing_to_learn_are_warned_against(run: Run) -> None:
    points = tuple((3.0, 0.1 * index, 1.0) for index in range(30))
    given = {"source": "points", "points": points, "test_share": 0}
    changed = replace(experiment(), ("data",), given)
    run.train(run.write(changed))
    assert "warning: data.points: all 30 training points are of class 1" in run.said
    assert "warning: data.features[0]: the feature x₁ is 3 at every training point" in run.said


# --- resume ----------------------------------------------------------------------------------


@pytest.mark.parametrize("replicas", [1, 2])
def test_resume_equals_a_run_that_was_never_interrupted(run: Run, replicas: int) -> None:
    # No epoch is better than the first one, so the rule must remember that one.
    rule = stop_rules["test_loss_plateau"](patience=7, start_epoch=0, min_delta=0.5)
    changed = experiment(stop=(rule,), replicas=replicas)
    first = run.write(changed)
    run.train(first, "--epochs", 5)
    summary = run.train(run.out / "experiment.json", "--resume", "--epochs", 40)
    expected = trained(replace(changed, ("training", "max_epochs"), 40))
    assert summary["epoch"] == expected.epoch == 8
    assert summary["steps"] == expected.step
    assert same(run.out / "experiment.json", expected)
    assert "from epoch 5, to epoch 40 at most" in run.said


def test_resume_goes_on_after_a_rule_has_stopped_it(run: Run) -> None:
    rule = stop_rules["target_loss"](target=0.65)
    changed = experiment(stop=(rule,), max_epochs=200)
    before = run.train(run.write(changed))
    assert before["stop_reason"] == "target_loss"
    after = run.train(run.out / "experiment.json", "--resume")
    assert after["epoch"] > before["epoch"]
    assert "The run had stopped. Target reached" in run.said


def test_epochs_count_more_than_the_limit_that_a_file_has_come_to(run: Run) -> None:
    trainer = trained(experiment())
    trainer.go_on()
    trainer.run_epoch()
    save(capture(trainer), run.folder / "on.json")
    assert run.train(run.folder / "on.json", "--resume")["epoch"] == 24
    assert run.train(run.folder / "on.json", "--resume", "--epochs", 15)["epoch"] == 15


def test_resume_with_nothing_left_to_do_is_done(run: Run) -> None:
    before = run.train(run.write(experiment()))
    after = run.train(run.out / "experiment.json", "--resume", "--epochs", 12)
    assert after | {"seconds": 0} == before | {"seconds": 0}
    assert "All 12 epochs are done already" in run.said


def test_resume_cannot_go_back(run: Run) -> None:
    run.train(run.write(experiment()))
    path = run.out / "experiment.json"
    run("train", path, "--out", run.out, "--resume", "--epochs", 4, code=2)
    assert "has 12 epochs already, more than the 4 asked for" in run.said


def test_resume_needs_a_trained_file(run: Run) -> None:
    path = run.write(experiment())
    run("train", path, "--out", run.out, "--resume", code=2)
    assert f"{path} is not trained" in run.said
    assert not run.out.exists()


@pytest.mark.parametrize("option", ["--seed", "--replicas"])
def test_resume_keeps_seed_and_replicas(run: Run, option: str) -> None:
    run.train(run.write(experiment()))
    path = run.out / "experiment.json"
    run("train", path, "--out", run.out, "--resume", option, 2, code=2)
    assert f"{option} needs a new start" in run.said


def test_resume_from_weights_alone_says_so(run: Run) -> None:
    run.train(run.write(experiment()))
    document = load(run.out / "experiment.json")
    assert document.trained is not None
    alone = dataclasses.replace(document.trained, resume=None)
    save(dataclasses.replace(document, trained=alone), run.folder / "alone.json")
    summary = run.train(run.folder / "alone.json", "--resume", "--epochs", 15)
    assert "the optimizer's memory starts afresh" in run.said
    assert summary["epoch"] == 15


def test_without_resume_a_trained_file_starts_anew(run: Run) -> None:
    run.train(run.write(experiment()))
    summary = run.train(run.out / "experiment.json", "--epochs", 4)
    assert summary["epoch"] == 4
    assert "is trained already; this starts anew" in run.said
    assert same(run.out / "experiment.json", trained(experiment(max_epochs=4)))


# --- Ctrl+C ----------------------------------------------------------------------------------


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl+C as in a terminal, also where the tests run as a shell's background job."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interruption_saves_what_is_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "LOG_SECONDS", 0.0)
    show, shown = commands._Progress.show, []

    def show_and_interrupt(self: Any, trainer: Trainer) -> None:
        show(self, trainer)
        shown.append(trainer.step)
        if len(shown) == 50:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(commands._Progress, "show", show_and_interrupt)
    changed = experiment(max_epochs=1_000_000)
    before = signal.getsignal(signal.SIGINT)
    summary = run.train(run.write(changed), code=130)
    assert signal.getsignal(signal.SIGINT) is before
    assert summary["stop_reason"] == "interrupted"
    assert summary["steps"] == 50
    assert "Interrupted in epoch 17" in run.said
    monkeypatch.undo()
    run.train(run.out / "experiment.json", "--resume", "--epochs", 20)
    assert same(run.out / "experiment.json", trained(experiment(max_epochs=20)))


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.usefixtures("interruptible")
def test_an_interruption_from_outside(tmp_path: Path) -> None:
    path = tmp_path / "experiment.json"
    save(Document(experiment(max_epochs=1_000_000_000)), path)
    process = subprocess.Popen(
        [sys.executable, "-m", "playground", "train", path, "--out", tmp_path / "out"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Small: training")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert json.loads(out)["stop_reason"] == "interrupted"
    assert load(tmp_path / "out" / "experiment.json").trained is not None


@pytest.mark.skipif(os.name != "posix", reason="a shell that closes streams")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_done_without(tmp_path: Path, closed: str) -> None:
    path = tmp_path / "experiment.json"
    save(Document(experiment(max_epochs=2)), path)
    asked = [sys.executable, "-m", "playground", "train", path, "--out", tmp_path / "out"]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *asked], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == "" or json.loads(done.stdout)["epoch"] == 2
    assert load(tmp_path / "out" / "experiment.json").trained is not None


def test_an_interruption_before_training_is_no_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "load", interrupt)
    assert run("train", "x", "--out", "y", code=130) == ""


# --- export ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", exporters)
def test_export_writes_what_train_writes(run: Run, name: str) -> None:
    run.train(run.write(experiment(replicas=2)), "--format", name)
    path = run.folder / "alone" / exporters[name].file_name
    path.parent.mkdir()
    assert run("export", run.out / "experiment.json", "--format", name, "--out", path) == ""
    assert f"Wrote {path}" in run.said
    for file in path.parent.iterdir():
        one, other = file.read_bytes(), (run.out / file.name).read_bytes()
        if file.suffix == ".safetensors":  # the order of its metadata is left to chance
            one, other = (bytes(sorted(content)) for content in (one, other))
        assert one == other
    made = exporters[name].make(Subject(load(run.out / "experiment.json")))
    assert {file.name for file in path.parent.iterdir()} == set(made.files)


def test_export_without_a_name_writes_here_and_replaces_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = run.write(experiment(), "network.json")
    monkeypatch.chdir(run.folder)
    run("export", path, "--format", "torch")
    assert run.said.endswith("Wrote model.py and model.safetensors.\n")
    Path("model.py").unlink()
    before = Path("model.safetensors").stat().st_mtime_ns
    run("export", path, "--format", "torch", code=2)
    assert "model.safetensors exists already" in run.said
    assert not Path("model.py").exists()
    assert Path("model.safetensors").stat().st_mtime_ns == before


def test_files_that_belong_together_are_named_alike(run: Run) -> None:
    path = run.write(experiment())
    run("export", path, "--format", "torch", "--out", run.folder / "net.py")
    assert (run.folder / "net.safetensors").exists()
    run("export", path, "--format", "torch", "--out", run.folder / "b.safetensors", code=2)
    assert "give that another suffix" in run.said
    assert not (run.folder / "b.safetensors").exists()


def test_export_writes_a_text_to_standard_output(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "experiment.json"
    save(Document(experiment()), path)
    arguments = ["export", str(path), "--format", "numpy", "--out", "-"]
    assert cli.main(arguments) == 0
    captured = capfdbinary.readouterr()
    assert captured.out == exporters["numpy"].make(Subject(load(path))).main
    assert b"not trained" in captured.err
    for name in ("onnx", "torch"):
        assert cli.main([*arguments[:3], name, "--out", "-"]) == 2
        captured = capfdbinary.readouterr()
        assert captured.out == b""
        assert b"not a single file of text" in captured.err


def test_a_replica_is_exported_by_its_number(run: Run) -> None:
    run.train(run.write(experiment(replicas=3)))
    texts = set()
    for number in (1, 2, 3):
        path = run.folder / f"{number}.py"
        run("export", run.out / "experiment.json", "--format", "numpy", "--replica", number,
            "--out", path)  # fmt: skip
        assert f"Of 3 replicas this is the network of replica {number}." in run.said
        texts.add(path.read_text())
    assert len(texts) == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("FILE",), "the following arguments are required: --format"),
        (("FILE", "--format", "onyx"), "unknown format 'onyx'; did you mean 'onnx'?"),
        (("none.json", "--format", "csv"), "none.json does not exist"),
        (("FILE", "--format", "csv", "--replica", "2"), "--replica: must be from 1 to 1"),
        (("FILE", "--format", "csv", "--out", "no/a.csv"), "the folder no does not exist"),
    ],
)
def test_what_cannot_be_exported_is_said(run: Run, arguments: Sequence[str], sentence: str) -> None:
    path = run.write(experiment())
    code = 1 if "no/a.csv" in arguments else 2
    run("export", *(path if part == "FILE" else part for part in arguments), code=code)
    assert sentence in run.said


# --- import ----------------------------------------------------------------------------------

FLOWERS = "nr;length;width;species\n" + "".join(
    f"{i};{i},5;{(i * 7) % 5}0,0;{'iris' if i % 3 else 'rose'}\n" for i in range(1, 40)
)


def test_a_table_becomes_an_experiment(run: Run) -> None:
    path = run.folder / "flowers.csv"
    path.write_text(FLOWERS)
    target = run.folder / "flowers.json"
    summary = json.loads(run("import", path, "--out", target))
    assert summary == {
        "points": 39, "left_out": 0, "problem": "classification", "classes": ["iris", "rose"],
    }  # fmt: skip
    data = load(target).experiment.data
    assert list(data.points)[:3] == [(1.5, 20, 0), (2.5, 40, 0), (3.5, 10, 1)]
    assert load(target).experiment.name == "flowers"
    assert "separated by semicolons, decimals with a comma" in run.said
    assert "x1 is 'length', x2 is 'width', the target is 'species' (classes)." in run.said
    assert "iris is class 0 and rose is class 1." in run.said
    assert "--scale fit helps" in run.said
    assert run.train(target)["epoch"] > 0


def test_columns_problem_and_scale_can_be_said(run: Run) -> None:
    path = run.folder / "flowers.csv"
    path.write_text(FLOWERS)
    target = run.folder / "flowers.json"
    options = ("--problem", "regression", "--scale", "standardise")
    for columns in ("length,width,nr", "2,3,1"):
        summary = json.loads(run("import", path, "--out", target, "--columns", columns, *options))
        assert (summary["problem"], summary["classes"]) == ("regression", [])
        points = np.array(list(load(target).experiment.data.points))
        assert np.allclose(points.mean(axis=0), 0)
        assert np.allclose(points.std(axis=0), 1)
        assert "x1 = (x1 in the table − " in run.said


def test_bad_rows_are_refused_until_they_are_to_be_left_out(run: Run) -> None:
    path, target = run.folder / "flowers.csv", run.folder / "flowers.json"
    path.write_text(FLOWERS + "40;;2,0;rose\n")
    assert run("import", path, "--out", target, code=2) == ""
    assert "1 row is no point: line 41: 'length' is missing" in run.said
    assert "--leave-out-bad-rows" in run.said
    assert not target.exists()
    summary = json.loads(run("import", path, "--out", target, "--leave-out-bad-rows"))
    assert (summary["points"], summary["left_out"]) == (39, 1)
    assert "Left out: 1 row is no point: line 41" in run.said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("TABLE",), "the following arguments are required: --out"),
        (("none.csv", "--out", "OUT"), "none.csv does not exist"),
        (("FOLDER", "--out", "OUT"), "is a folder, not a file"),
        (("TABLE", "--out", "OUT", "--columns", "1,2"), "must be three columns"),
        (
            ("TABLE", "--out", "OUT", "--columns", "1,2,9"),
            "there is no column '9'; the",
        ),
        (("TABLE", "--out", "OUT", "--columns", "1,2,2"), "three different columns"),
        (("TABLE", "--out", "OUT", "--columns", "4,2,1"), "no row is a point; line 2: 'species'"),
        (("TABLE", "--out", "OUT", "--scale", "much"), "invalid choice: 'much'"),
        (("ONE", "--out", "OUT"), "1 row of 3 columns"),
        (("https://example.org/#x=true", "--out", "OUT"), "is no link of TensorFlow Playground"),
        (("#networkShape=1e9", "--out", "OUT"), "networkShape must list whole numbers of units"),
        ((LINK, "--out", "OUT", "--columns", "1,2,3"), "--columns: is for tables"),
        ((LINK, "--out", "OUT", "--scale", "fit"), "--scale: is for tables"),
        (("JSON", "--out", "OUT", "--scale", "fit"), "--scale: is for tables"),
        (("BROKEN", "--out", "OUT"), "broken.json is not JSON: line 1"),
    ],
)
def test_what_cannot_be_imported(run: Run, arguments: Sequence[str], words: str) -> None:
    path, one = run.folder / "flowers.csv", run.folder / "one.csv"
    path.write_text(FLOWERS)
    one.write_text("x1,x2,y\n1,2,0\n")
    broken = run.folder / "broken.json"
    broken.write_text("{]")
    places = {
        "TABLE": path, "OUT": run.folder / "x.json", "FOLDER": run.folder, "ONE": one,
        "JSON": run.write(experiment()), "BROKEN": broken,
    }  # fmt: skip
    given = [places.get(argument, argument) for argument in arguments]
    assert run("import", *given, code=2) == ""
    assert words in run.said
    assert "Traceback" not in run.said


def test_a_link_becomes_an_experiment(run: Run) -> None:
    path = run.folder / "xor.json"
    summary = json.loads(run("import", LINK, "--out", path))
    assert summary == {"points": 500, "left_out": 0, "problem": "classification", "classes": []}
    assert "The seed 0.5 is 3536563569 here" in run.said
    assert load(path).experiment == experiment_of(LINK)[0]
    link = run("export", path, "--format", "tf-link", "--out", "-")
    assert link == f"{link_of(experiment_of(LINK)[0])[0]}\n"
    assert "A link holds no name and no weights" in run.said


def test_a_link_is_trained_as_it_stands(run: Run) -> None:
    lines = run("train", LINK, "--out", run.out, "--epochs", 3)
    assert json.loads(lines)["epoch"] == 3
    trained = load(run.out / "experiment.json")
    assert trained.experiment == replace(experiment_of(LINK)[0], ("training", "max_epochs"), 3)


def test_what_was_exported_comes_back(run: Run) -> None:
    run(
        "train",
        run.write(experiment()),
        "--out",
        run.out,
        "--epochs",
        2,
        "--format",
        "safetensors,onnx",
    )
    trained, back = run.out / "experiment.json", run.folder / "back.json"
    run("import", trained, "--out", back)
    assert back.read_bytes() == trained.read_bytes()
    for name in ("model.safetensors", "model.onnx"):
        run("import", run.out / name, "--out", back)
        assert load(back).experiment == load(trained).experiment
        assert load(back).trained is None
        assert "without weights and epochs" in run.said


def test_an_import_that_cannot_be_saved_is_a_failure(run: Run) -> None:
    path = run.folder / "flowers.csv"
    path.write_text(FLOWERS)
    assert run("import", path, "--out", run.folder / "missing" / "x.json", code=1) == ""
    assert "the folder" in run.said


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("train", ("--resume", "--epochs", "13", "--out", "out")),
        ("train", ("--out", "out")),
        ("export", ("--format", "csv", "--out", "-")),
        ("import", ("--out", "new.json")),
    ],
)
def test_what_an_older_program_has_trained_is_said(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, options: Sequence[str]
) -> None:
    monkeypatch.chdir(run.folder)
    document = capture(trained(experiment()))
    assert document.trained is not None
    for version, is_older in (("0.0.9", True), (__version__, False)):
        versions = {**document.trained.versions, "playground": version}
        older = dataclasses.replace(document.trained, versions=versions)
        save(dataclasses.replace(document, trained=older), Path("old.json"))
        run(command, "old.json", *options)
        assert ("old.json: It was written by Gradient Playground 0.0:" in run.said) == is_older
        assert ("It was written by" in run.said) == is_older


# --- wrong input -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "the following arguments are required: FILE, --out"),
        (("FILE",), "the following arguments are required: --out"),
        (("FILE", "--out", "OUT", "--epochs", "many"), "--epochs: invalid int value: 'many'"),
        (("FILE", "--out", "OUT", "--epochs", "0"), "--epochs: must be at least 1, but is 0"),
        (("FILE", "--out", "OUT", "--seed", "-1"), "--seed: must be at least 0, but is -1"),
        (("FILE", "--out", "OUT", "--replicas", "65"), "--replicas: must be at most 64"),
        (
            ("FILE", "--out", "OUT", "--format", "json,onyx"),
            "unknown format 'onyx'; did you mean 'onnx'? The choices are json, onnx, torch",
        ),
        (("FILE", "--out", "OUT", "--format", ""), "unknown format ''"),
        (("FILE", "--out", "OUT", "--epoch", "3"), "unrecognized arguments: --epoch 3"),
        (("FILE", "--out", "FILE"), "is a file, not a folder"),
        (("FILE", "--out", "BELOW"), "a part of its path is a file, not a folder"),
        (("none.json", "--out", "OUT"), "none.json does not exist"),
        (("FOLDER", "--out", "OUT"), "is a folder, not a file"),
    ],
)
def test_wrong_options(run: Run, arguments: Sequence[str], words: str) -> None:
    places = {"FILE": run.write(experiment()), "OUT": run.out, "FOLDER": run.folder}
    places["BELOW"] = run.folder / "experiment.json" / "out"
    given = [places.get(argument, argument) for argument in arguments]
    assert run("train", *given, code=2) == ""
    assert words in run.said
    assert "Traceback" not in run.said


def test_a_wrong_file_is_said_with_its_place(run: Run) -> None:
    path = run.folder / "wrong.json"
    path.write_text(dumps(Document(experiment())).replace('"units": 3', '"units": 0'))
    run("train", path, "--out", run.out, code=2)
    assert run.said == (
        f"error: {path} cannot be opened:\n"
        "  network.hidden[1].units: must be at least 1, but is 0\n"
    )
    assert not run.out.exists()


def test_what_cannot_be_saved_is_a_failure(run: Run) -> None:
    (run.out / "experiment.json").mkdir(parents=True)
    path = run.write(experiment())
    assert run("train", path, "--out", run.out, code=1) == ""
    assert f"error: {run.out / 'experiment.json'} is a folder, not a file" in run.said


@pytest.mark.parametrize("command", ["train", "export", "import"])
def test_a_disk_that_takes_nothing_is_a_failure(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    path = run.write(experiment())
    run.out.mkdir()
    out = run.out if command == "train" else run.out / "experiment.json"
    if command != "train":
        out.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # the test may run as root
    kind = ("--format", "json") if command == "export" else ()
    assert run(command, path, "--out", out, *kind, code=1) == ""
    assert run.said.endswith(f"error: {out} cannot be written: the permission is missing\n")


FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("before", [True, False], ids=["old", "empty"])
@pytest.mark.parametrize(
    ("command", "formats"), [("train", "torch,onnx,csv"), ("export", "torch"), ("export", "keras"),
                             ("export", "markdown")]
)  # fmt: skip
def test_a_disk_that_fills_up_leaves_all_files_as_they_were(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, formats: str, before: bool
) -> None:
    path, other = run.write(experiment()), run.write(experiment(seed=9), "other.json")
    run.out.mkdir()
    out = run.out
    if command == "export":
        out /= exporters[formats].file_name
    arguments = ("--format", formats, "--out", out)
    if before:
        run(command, path, *arguments)
    old = {file.name: file.read_bytes() for file in run.out.iterdir()}
    assert len(old) > 1 or not before
    fsync, calls = os.fsync, []

    def fill_up(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == (4 if command == "train" else 2):  # after the experiment and its folder
            raise FULL
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fill_up)
    assert run(command, other, *arguments, code=1) == ""
    assert "cannot be written: no space is left on the disk" in run.said
    assert "Wrote" not in run.said
    left = {file.name: file.read_bytes() for file in run.out.iterdir()}
    if command == "train":
        assert f"; what was trained is in {run.out / 'experiment.json'}" in run.said
        trained = left.pop("experiment.json")
        assert trained != old.pop("experiment.json", None)
        assert loads(trained.decode()).trained is not None
    assert left == old


def test_a_format_that_cannot_be_made_does_not_lose_the_run(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(subject: Subject) -> Export:
        raise PlaygroundError("this format needs the package onnx, which is not installed")

    exporter = dataclasses.replace(exporters["onnx"], make=refuse)
    monkeypatch.setattr(commands, "exporters", {**exporters, "onnx": exporter})
    path = run.write(experiment())
    assert run("train", path, "--out", run.out, "--format", "onnx,csv", code=1) == ""
    assert "error: this format needs the package onnx" in run.said
    assert same(run.out / "experiment.json", trained(experiment()))


# --- progress --------------------------------------------------------------------------------


def test_a_log_has_a_line_now_and_then(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "LOG_SECONDS", 0.0)
    run.train(run.write(experiment(batch_size="full")))
    lines = [line for line in run.said.splitlines() if line.startswith("epoch ")]
    assert len(lines) == 12
    assert re.fullmatch(r"epoch 3 of 12: train loss [\d.]+, test loss [\d.]+", lines[2])
    assert "\r" not in run.said


def test_a_terminal_has_a_bar(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_has_room", lambda: True)
    run.train(run.write(experiment()))
    assert "12/12" in run.said
    assert "train loss" in run.said
    assert "\r" in run.said


# --- the window, help and the rest -----------------------------------------------------------


Opened = list[tuple[Document | None, Path | None]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """What the window was opened with, without Qt, and the file that Save goes on saving."""
    found: Opened = []
    app = types.ModuleType("playground.gui.app")

    def run_app(document: Document | None = None, file: Path | None = None) -> int:
        found.append((document, file))
        return 0

    app.run_app = run_app  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "playground.gui.app", app)
    monkeypatch.setattr(system, "window_problem", lambda: None)
    return found


def test_no_argument_opens_the_window(run: Run, opened: Opened) -> None:
    run()
    assert opened == [(None, None)]


def test_a_command_that_there_is_not_is_named(run: Run, opened: Opened) -> None:
    assert run("expotr", "a.json", code=2) == ""
    assert run.said == "error: there is no command 'expotr'; did you mean 'export'?\n"
    assert opened == []


def test_a_file_is_opened_in_the_window(run: Run, opened: Opened) -> None:
    path = run.write(experiment())
    run(path)
    document, file = opened[0]
    assert document is not None
    assert document.experiment == experiment()
    assert file == path.absolute()


def test_a_link_is_opened_in_the_window(run: Run, opened: Opened) -> None:
    run(LINK)
    document, file = opened[0]
    assert document is not None
    assert document.experiment == experiment_of(LINK)[0]
    assert file is None
    assert "The seed 0.5 is" in run.said


def test_a_file_that_is_called_train(
    run: Run, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.write(experiment(), "train")
    monkeypatch.chdir(run.folder)
    run("./train")
    assert opened[0][0] is not None
    run.train(Path("train"))


def test_a_wrong_file_opens_no_window(run: Run, opened: Opened) -> None:
    path = run.folder / "wrong.json"
    path.write_text("{")
    run(path, code=2)
    assert opened == []
    assert "wrong.json is not JSON: line 1, column 2" in run.said


def test_why_the_window_cannot_open_is_said(
    run: Run, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "window_problem", lambda: "There is no display.")
    run(code=1)
    assert run.said == "There is no display.\n"
    assert opened == []


def test_help_teaches_by_example(run: Run) -> None:
    text = run("--help")
    assert "train experiment.json --out result" in text
    text = run("train", "--help")
    assert "--resume --epochs 500" in text
    for name in exporters:
        assert re.search(rf"\b{name}\s+\({exporters[name].file_name}\)", text)
    assert max(map(len, text.splitlines())) <= 100
    text = run("export", "--help")
    for entry in exporters.values():
        assert re.search(rf"^  {entry.name} +{entry.file_name}:", text, re.MULTILINE)
    assert max(map(len, text.splitlines())) <= 100
    text = run("import", "--help")
    assert "points.csv --out experiment.json" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_examples_of_the_help_are_valid(run: Run) -> None:
    examples = re.findall(r"^  (?:\S+ )+?train (.+)$", run("train", "--help"), re.MULTILINE)
    assert len(examples) == 6
    for example in examples:
        options = parsers.train_parser().parse_args(example.split())
        assert options.out is not None
    examples = re.findall(r"^  (?:\S+ )+?export ([^|\n]+)", run("export", "--help"), re.MULTILINE)
    assert len(examples) == 4
    for example in examples:
        assert parsers.export_parser().parse_args(example.split()).format in exporters
    examples = re.findall(r"^  (?:\S+ )+?import (.+)$", run("import", "--help"), re.MULTILINE)
    assert len(examples) == 5
    for example in examples:
        assert parsers.import_parser().parse_args(shlex.split(example)).source is not None


def test_the_version(run: Run) -> None:
    assert run("--version").split()[-1] == __version__


@pytest.mark.parametrize(
    "command", ["train", "import", *(f"export --format {name}" for name in exporters)]
)
def test_a_command_imports_no_qt(tmp_path: Path, command: str) -> None:
    save(Document(experiment()), tmp_path / "experiment.json")
    (tmp_path / "points.csv").write_text(FLOWERS)
    name, *rest = command.split()
    given = "points.csv" if name == "import" else "experiment.json"
    arguments = [name, str(tmp_path / given), *rest, "--out", str(tmp_path / "out.a")]
    foreign = ("onnx", "onnxruntime", "safetensors", "torch", "tqdm") if name == "train" else ()
    code = (
        "import sys\nfrom playground.cli import main\n"
        f"assert main({arguments!r}) == 0\n"
        "found = [name for name in sys.modules if name.split('.')[0] in "
        f"('PySide6', 'shiboken6', 'pyqtgraph', *{foreign!r})]\n"
        "assert not found, found\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    if name == "export":
        assert done.stdout == ""
        return
    summary = json.loads(done.stdout)
    assert summary["epoch"] == 12 if command == "train" else summary["points"] == 39


def test_what_is_said_has_nothing_for_a_terminal_to_obey(capsys: pytest.CaptureFixture) -> None:
    console.say("two\x1b[31m\nlines")
    assert capsys.readouterr().err == "two\\u001b[31m\nlines\n"
