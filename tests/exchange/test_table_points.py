"""Points from a table: columns, classes, bad rows, scaling, and back to a table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from playground.core.experiment import Data, Experiment
from playground.core.points import Points
from playground.data.dataset import prepare
from playground.exchange import points_csv
from playground.exchange.table import TableError, table_of
from playground.exchange.table_guess import guess
from playground.exchange.table_points import Choice, Taken, take
from playground.exchange.table_values import SCALINGS
from tests.strategies import data_parts


def taken(text: str, **more: object) -> Taken:
    table = table_of(text)
    choice = guess(table)
    changed = {name: more.get(name, getattr(choice, name)) for name in choice.__slots__}
    return take(table, Choice(**changed))  # type: ignore[arg-type]  # fields by their names


def refused(text: str, choice: Choice | None = None) -> str:
    table = table_of(text)
    with pytest.raises(TableError) as caught:
        take(table, choice or guess(table))
    return str(caught.value)


# --- which columns -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "rows", "columns", "problem"),
    [
        ("x1,x2,target", "1,2,0\n3,4,1\n5,7,1", (0, 1, 2), "classification"),
        ("label,x2,x1", "0,2,1\n1,4,3\n1,2,2", (2, 1, 0), "classification"),
        ("x,y,z", "1,2,0.5\n3,4,1.5", (0, 1, 2), "regression"),
        ("y,x1,x2", "0.5,1,2\n1.5,3,4", (1, 2, 0), "regression"),
        ("id,a,b,kind", "1,2,3,u\n2,4,5,v\n3,1,1,u", (1, 2, 3), "classification"),
        ("colour,width,height", "red,2,3\nblue,4,5", (1, 2, 0), "classification"),
        ("length,width,species,note", "2,3,u,\n4,5,v,\n1,1,u,", (0, 1, 2), "classification"),
        ("x1,x2,target,set", "1,2,0,train\n3,4,1,test\n5,7,1,test", (0, 1, 2), "classification"),
        ("a,b,c", "1,2,-1\n3,4,1\n2,2,-1", (0, 1, 2), "classification"),
        ("a,b,c", "1,2,31\n3,4,17\n2,2,40\n5,5,12", (0, 1, 2), "regression"),
    ],
)
def test_the_columns_are_guessed(
    header: str, rows: str, columns: tuple[int, int, int], problem: str
) -> None:
    for text in (f"{header}\n{rows}\n", f"{header}\n{rows}\n".replace(",", "\t")):
        choice = guess(table_of(text))
        assert (choice.x1, choice.x2, choice.target) == columns
        assert choice.problem == problem


def test_without_a_header_the_last_column_is_the_target() -> None:
    assert guess(table_of("1,2,0\n3,4,1\n5,6,0\n")) == Choice(0, 1, 2)


def test_tables_of_which_no_points_can_be_made() -> None:
    with pytest.raises(TableError, match="has 2 columns; points need three"):
        guess(table_of("1,2\n3,4\n"))
    with pytest.raises(TableError, match="need two columns of numbers beside the target"):
        guess(table_of("a,b,c\nu,v,1\nw,v,2\n"))


def test_scaling_is_proposed_where_numbers_are_far_from_the_usual_field() -> None:
    assert guess(table_of("1,2,0\n3,4,1\n5,6,0\n")).scaling == "none"
    assert guess(table_of("100,2,0\n3,400,1\n5,6,0\n")).scaling == "fit"
    assert guess(table_of("0.01,0.02,0\n0.03,0,1\n")).scaling == "fit"


# --- classes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "classes", "targets"),
    [
        ("red blue Green blue", ("blue", "Green", "red"), [2, 0, 1, 0]),
        ("0 2 0 2", ("0", "1", "2"), [0, 2, 0, 2]),
        ("-1 1 1 -1", ("-1", "1"), [0, 1, 1, 0]),
        ("10 100 20 10", ("10", "20", "100"), [0, 2, 1, 0]),
        ("1.0 0 1 0", ("0", "1"), [1, 0, 1, 0]),
        ("1 a 2 a", ("1", "2", "a"), [0, 2, 1, 2]),
    ],
)
def test_classes_are_numbered_in_the_stated_order(
    labels: str, classes: tuple[str, ...], targets: list[int]
) -> None:
    rows = [f"{index},{index * index},{label}" for index, label in enumerate(labels.split())]
    found = taken("x1,x2,y\n" + "\n".join(rows) + "\n", problem="classification")
    assert found.classes == classes
    assert found.values[:, 2].tolist() == targets


def test_too_many_classes_are_refused_with_the_remedy() -> None:
    for labels in (
        range(1, 22),
        [f"w{index}" for index in range(21)],
        [i + 0.5 for i in range(21)],
    ):
        rows = "\n".join(f"{index},{-index},{label}" for index, label in enumerate(labels))
        message = refused(rows, Choice(0, 1, 2))
        assert "has 21 different values, more than the 20 classes" in message
        assert "take them as numbers" in message


# --- rows that are no points ---------------------------------------------------------------------

MIXED = "x1,x2,y\n1,2,0\n,2,0\n3,zwei,1\n4,5\n6,7,NA\n1e12,1,1\n8,9,1\n1,1,1,1\n"


def test_bad_rows_are_listed_with_line_and_reason() -> None:
    found = taken(MIXED)
    assert [str(row) for row in found.bad] == [
        "line 3: 'x1' is missing",
        "line 4: 'x2' is 'zwei', which is no number",
        "line 5: has 2 cells where the table has 3 columns",
        "line 6: 'y' is missing",
        "line 7: 'x1' is '1e12', more than 10⁹ in size",
        "line 9: has 4 cells where the table has 3 columns",
    ]
    assert found.about_bad().startswith("6 rows are no points: line 3: 'x1' is missing; line 4")
    assert found.about_bad().endswith("; … and 1 more")


def test_bad_rows_are_left_out_only_if_that_is_said() -> None:
    found = taken(MIXED)
    with pytest.raises(TableError, match=r"6 rows are no points: .*; correct them or leave"):
        found.points()
    assert list(found.points(leave_out_bad=True)) == [(1, 2, 0), (8, 9, 1)]
    good = taken("1,2,0\n3,4,1\n")
    assert good.bad == ()
    assert good.about_bad() == ""
    assert good.points() == good.points(leave_out_bad=True) == Points([(1, 2, 0), (3, 4, 1)])


def test_a_point_among_decimal_commas_is_explained() -> None:
    found = taken("x1;x2;y\n1,5;2,5;0\n1.5;2,5;1\n0,1;0,2;1\n", problem="classification")
    assert str(found.bad[0]) == ("line 3: 'x1' is '1.5', but decimals have a comma in this table")


def test_what_gives_nothing_to_learn_is_refused() -> None:
    assert "all targets in the column 'y' are 5" in refused("x1,x2,y\n1,2,5\n3,4,5\n")
    assert "all points lie at the same place" in refused("x1,x2,y\n1,2,0\n1,2,1\n")
    message = refused("x1,x2,y\n1,2,0\n3,4,1\n", Choice(0, 1, 1))
    assert message == "x1, x2 and the target must be three different columns"
    assert "no row is a point; line 2: 'x1' is 'a'" in refused("x1,x2,y\na,b,0\n", Choice(0, 1, 2))
    assert taken("x1,x2,y\n1,2,0\n1,3,1\n").notes == ("x1 is 1 in every row and tells nothing.",)


@pytest.mark.parametrize("row", ["1,2,0", "nan,2,0", "1_0,2,0", "1e99,2,0", "+1.5,.5,1", "1e,2,0"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_a_table_without_faults_is_read_as_one_with_faults(row: str, separator: str) -> None:
    """Rows are read all at once where nothing is wrong, and one by one after a faulty one."""
    text = f"x1,x2,y\n{row}\n3,4,1\n5,6,0\n"
    broken = f"{text}a,b,c\n"
    if separator == ";":
        text, broken = (one.replace(",", ";").replace(".", ",") for one in (text, broken))
    choice = Choice(0, 1, 2)
    whole, faulty = take(table_of(text), choice), take(table_of(broken), choice)
    assert whole.values.tolist() == faulty.values.tolist()
    assert whole.bad == faulty.bad[:-1]
    assert len(faulty.bad) == len(whole.bad) + 1


# --- scaling -------------------------------------------------------------------------------------

FAR = "x1,x2,y\n0,1000,10\n10,3000,30\n5,2000,20\n10,1000,60\n"


def test_standardised_columns_have_zero_mean_and_unit_variance() -> None:
    found = taken(FAR, scaling="standardise", problem="regression")
    assert np.allclose(found.values.mean(axis=0), 0)
    assert np.allclose(found.values.std(axis=0), 1)
    raw = taken(FAR, scaling="none", problem="regression")
    for column, scale in enumerate(found.scales):
        back = found.values[:, column] * scale.divisor + scale.offset
        assert np.allclose(back, raw.values[:, column])
    assert found.notes[0].startswith("x1 = (x1 in the table − 6.25) / 4.14578")


def test_fitted_columns_fill_the_field() -> None:
    found = taken(FAR, scaling="fit", problem="regression")
    assert found.values[:, :2].min(axis=0).tolist() == [-6, -6]
    assert found.values[:, :2].max(axis=0).tolist() == [6, 6]
    assert np.allclose([found.values[:, 2].mean(), found.values[:, 2].std()], [0, 1])


@pytest.mark.parametrize("scaling", SCALINGS)
def test_classes_are_never_scaled_and_constants_divide_by_nothing(scaling: str) -> None:
    found = taken("x1,x2,y\n0.1,1,0\n0.1,2,1\n0.1,4,1\n", scaling=scaling)
    assert found.values[:, 2].tolist() == [0, 1, 1]
    assert np.isfinite(found.values).all()
    assert set(found.values[:, 0]) == {0.1 if scaling == "none" else 0.0}


# --- into an experiment, and back ----------------------------------------------------------------


def test_a_table_becomes_the_data_of_an_experiment() -> None:
    old = Data(source="spiral", noise=0.3, test_share=0.4, features=("x1", "=r"))
    new = taken("x1,x2,kind\n1,2,u\n3,4,v\n5,6,u\n").data(old)
    assert (new.source, new.problem, new.count) == ("points", "classification", 3)
    assert (new.test_share, new.features, new.noise) == (0.4, ("x1", "=r"), 0.3)
    assert Experiment(data=new).data.task.classes == 2


@given(data_parts(most=40))
def test_what_is_exported_comes_back_bit_for_bit(data: Data) -> None:
    dataset = prepare(data)
    rows = np.concatenate(
        [np.column_stack((part.points, part.targets)) for part in (dataset.train, dataset.test)]
    )
    text = points_csv.dumps(dataset)
    lines = text.splitlines()
    assert lines[0] == "x1,x2,target,set"
    assert [line.split(",")[3] for line in lines[1:]] == ["train"] * len(dataset.train) + [
        "test"
    ] * len(dataset.test)
    table = table_of(text, has_header=True, separator=",")
    try:
        found = take(table, Choice(0, 1, 2, dataset.task.kind))
    except TableError as error:
        message = str(error)
        same = [(rows[:, index] == rows[0, index]).all() for index in range(3)]
        assert same[2] or (same[0] and same[1]) or np.abs(rows).max() > 1e9, message
        return
    if np.abs(rows).max() <= 1e9:  # a shift may carry points beyond what is taken
        assert found.values.tobytes() == rows.tobytes()
