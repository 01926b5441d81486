"""The generators: what all of them promise, and the geometry of each."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.core.families import Draw, sources
from playground.data.sources import BUMPS, class_of_each

Array = NDArray[np.float64]
GENERATED = [name for name, source in sources.items() if source.task is not None]
CLASSES = [name for name in GENERATED if sources[name].task.kind == "classification"]
MANY = [name for name in GENERATED if sources[name].many]
EVEN = [name for name in CLASSES if name not in ("xor", "checkerboard")]  # those by chance
each_source = pytest.mark.parametrize("name", GENERATED)


def draw(name: str, count: int = 600, noise: float = 0.0, seed: int = 1) -> tuple[Array, Array]:
    return sources[name].generate(count, noise, np.random.default_rng(seed))  # type: ignore[no-any-return]


@each_source
@pytest.mark.parametrize("count", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("noise", [0.0, 0.3, 1.0])
def test_shapes_and_values(name: str, count: int, noise: float) -> None:
    points, targets = draw(name, count, noise)
    assert points.shape == (count, 2)
    assert targets.shape == (count,)
    assert points.dtype == targets.dtype == np.float64
    assert np.isfinite(points).all()
    assert np.isfinite(targets).all()
    task = sources[name].task
    assert task is not None
    if task.kind == "classification":
        assert set(targets) <= set(range(task.classes))


@each_source
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_same_seed_gives_the_same_bytes(name: str, noise: float) -> None:
    one, same, other = (draw(name, 50, noise, seed) for seed in (1, 1, 2))
    assert [part.tobytes() for part in one] == [part.tobytes() for part in same]
    drawn = noise > 0 or name not in ("spiral", "pinwheel")  # clean arms leave nothing to chance
    assert np.array_equal(one[0], other[0]) != drawn


@each_source
def test_clean_points_lie_in_the_field_that_is_shown(name: str) -> None:
    points, targets = draw(name, 2000)
    assert np.abs(points).max() <= 6
    task = sources[name].task
    assert task is not None
    if task.kind == "regression":
        assert np.abs(targets).max() <= 1.2
        assert targets.min() < -0.5
        assert targets.max() > 0.5


@each_source
def test_noise_changes_points_or_targets(name: str) -> None:
    clean, noisy = draw(name, 200, 0.0), draw(name, 200, 0.5)
    assert not (np.array_equal(clean[0], noisy[0]) and np.array_equal(clean[1], noisy[1]))


@pytest.mark.parametrize("name", EVEN)
@pytest.mark.parametrize("count", [10, 11, 500])
def test_classes_are_balanced(name: str, count: int) -> None:
    task = sources[name].task
    assert task is not None
    shares = np.bincount(draw(name, count)[1].astype(int), minlength=task.classes)
    assert shares.max() - shares.min() <= 1


@pytest.mark.parametrize("name", ["xor", "checkerboard"])
def test_what_is_balanced_by_chance(name: str) -> None:
    assert 0.45 < draw(name, 4000)[1].mean() < 0.55


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("balance", [0.01, 0.1, 0.5, 0.77, 0.99])
@pytest.mark.parametrize("count", [2, 50, 501])
def test_a_share_of_class_0_is_honoured(name: str, balance: float, count: int) -> None:
    rng = np.random.default_rng(3)
    _, targets = sources[name].generate(count, 0.0, rng, balance=balance)
    task = sources[name].task
    assert task is not None
    shares = np.bincount(targets.astype(int), minlength=task.classes)
    assert shares[0] == min(max(round(balance * count), 1), count - 1)
    assert shares[1:].max() - shares[1:].min() <= 1
    assert shares.sum() == count


@pytest.mark.parametrize("name", CLASSES)
def test_a_share_leaves_each_class_where_it_was(name: str) -> None:
    for balance in (0.2, 0.8):
        rng = np.random.default_rng(3)
        points, targets = sources[name].generate(4000, 0.0, rng, balance=balance)
        assert np.abs(points).max() <= 6
        usual, labels = draw(name, 4000)
        for label in np.unique(targets):
            moved = points[targets == label].mean(axis=0) - usual[labels == label].mean(axis=0)
            assert np.abs(moved).max() < 0.5, label


@pytest.mark.parametrize("name", MANY)
@pytest.mark.parametrize("classes", range(2, 9))
def test_as_many_classes_as_are_asked_for(name: str, classes: int) -> None:
    rng = np.random.default_rng(3)
    points, targets = sources[name].generate(80 * classes, 0.0, rng, classes=classes)
    assert np.bincount(targets.astype(int)).tolist() == [80] * classes
    assert np.abs(points).max() <= 6
    assert sources[name].task_for(classes) == ("classification", classes)
    # Each point is nearest to one of its own class: the classes lie apart.
    distance = np.hypot(*(points[:, None] - points).T) + 1e9 * np.eye(len(points))
    assert (targets[distance.argmin(axis=1)] == targets).mean() > 0.95


@pytest.mark.parametrize("name", [name for name in GENERATED if name not in MANY])
def test_other_data_sets_ignore_the_number_of_classes(name: str) -> None:
    drawn = [
        sources[name].generate(50, 0.2, np.random.default_rng(3), classes=classes)
        for classes in (2, 8)
    ]
    assert np.array_equal(drawn[0][0], drawn[1][0])
    assert np.array_equal(drawn[0][1], drawn[1][1])
    assert sources[name].task_for(8) == sources[name].task


@pytest.mark.parametrize("name", [name for name in CLASSES if sources[name].rule is not None])
def test_the_rule_agrees_with_the_generator(name: str) -> None:
    source = sources[name]
    task = source.task
    assert task is not None
    for seed in range(3):
        settings = Draw(500, 0.0, task.classes, None)
        points, targets = source.scatter(settings, np.random.default_rng(seed))
        assert source.rule is not None
        labels = source.rule(points, settings, np.random.default_rng(0))
        assert np.array_equal(labels, targets)


@pytest.mark.parametrize("classes", [1, 2, 3])
@pytest.mark.parametrize("count", range(8))
def test_equal_shares(classes: int, count: int) -> None:
    shares = np.bincount(class_of_each(count, classes), minlength=classes)
    assert shares.sum() == count
    assert shares.max() - shares.min() <= 1


# --- geometry at noise 0 (that of TensorFlow Playground's dataset.ts where it has the data set) ---


def test_circle() -> None:
    points, targets = draw("circle")
    radius = np.hypot(*points.T)
    inside = targets == 1
    assert radius[inside].max() < 2.5
    assert radius[inside].min() < 0.1  # the radius is uniform, so the centre is dense
    assert (radius[~inside] > 3.5).all()
    assert (radius[~inside] < 5).all()
    assert inside.sum() == 300


def test_circle_noise_moves_points_over_the_border_before_they_are_labelled() -> None:
    points, targets = draw("circle", 4000, 0.3)
    radius = np.hypot(*points.T)
    assert ((radius < 2.5) | (radius > 3.5)).all()  # the points themselves stay
    wrong = (targets == 1) != (radius < 2.5)
    assert 0.02 < wrong.mean() < 0.3
    assert not wrong[radius < 2.5 - 0.3 * 5 * 2**0.5].any()


def test_xor() -> None:
    points, targets = draw("xor")
    assert (np.abs(points) >= 0.3).all()
    assert (np.abs(points) <= 5.3).all()
    assert np.array_equal(targets, (points[:, 0] * points[:, 1] >= 0).astype(float))


@pytest.mark.parametrize("noise", [0.0, 0.2, 0.5])
def test_gauss(noise: float) -> None:
    points, targets = draw("gauss", 20_000, noise)
    for label, centre in ((1, 2.0), (0, -2.0)):
        cloud = points[targets == label]
        # Four standard errors of a mean and of a variance.
        variance = 0.5 + 7 * noise
        assert np.abs(cloud.mean(axis=0) - centre).max() < 4 * (variance / 1e4) ** 0.5
        assert np.abs(cloud.var(axis=0) / variance - 1).max() < 4 * (2 / 1e4) ** 0.5
        assert abs(np.corrcoef(cloud.T)[0, 1]) < 0.04


def test_spiral() -> None:
    points, targets = draw("spiral", 200)
    for label, start in ((1, 0.0), (0, np.pi)):
        arm = points[targets == label]
        along = np.arange(100) / 100
        angle = 1.75 * 2 * np.pi * along + start
        expected = 5 * along[:, None] * np.column_stack((np.sin(angle), np.cos(angle)))
        assert np.allclose(arm, expected, rtol=0, atol=1e-12)


def test_spiral_noise_is_uniform_around_the_arm() -> None:
    clean, noisy = draw("spiral", 2000, 0.0)[0], draw("spiral", 2000, 0.4)[0]
    moved = noisy - clean
    assert np.abs(moved).max() <= 0.4
    assert np.abs(moved).max() > 0.39
    assert abs(moved.std() - 0.4 / 3**0.5) < 0.01


def test_moons() -> None:
    points, targets = draw("moons")
    upper, lower = points[targets == 0] / 3.3, points[targets == 1] / 3.3
    assert np.allclose(np.hypot(upper[:, 0] + 0.5, upper[:, 1] + 0.25), 1)
    assert np.allclose(np.hypot(lower[:, 0] - 0.5, lower[:, 1] - 0.25), 1)
    assert (upper[:, 1] >= -0.25 - 1e-12).all()
    assert (lower[:, 1] <= 0.25 + 1e-12).all()


def test_moons_noise_is_the_standard_deviation_in_radii() -> None:
    points, targets = draw("moons", 20_000, 0.1)
    radius = np.hypot(*(points[targets == 0] / 3.3 + (0.5, 0.25)).T)
    assert abs(radius.std() - 0.1) < 0.005


def test_pinwheel_has_three_arms_a_third_of_a_turn_apart() -> None:
    points, targets = draw("pinwheel", 300)
    arms = [points[targets == label] for label in range(3)]
    third = 2 * np.pi / 3
    turn = np.array([[np.cos(third), -np.sin(third)], [np.sin(third), np.cos(third)]])
    for one, following in ((0, 1), (1, 2), (2, 0)):
        assert np.allclose(arms[one] @ turn.T, arms[following]) or np.allclose(
            arms[one] @ turn, arms[following]
        )
    assert np.allclose(np.hypot(*arms[0].T), 5 * np.arange(100) / 100)


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_blobs_are_clouds_around_evenly_spread_centres(noise: float) -> None:
    points, targets = draw("blobs", 30_000, noise)
    for label in range(3):
        cloud = points[targets == label]
        angle = 2 * np.pi * label / 3
        centre = 3.5 * np.array([np.sin(angle), np.cos(angle)])
        spread = 0.5 + 3 * noise
        assert np.abs(cloud.mean(axis=0) - centre).max() < 4 * spread / 100
        assert np.abs(cloud.std(axis=0) / spread - 1).max() < 4 / 20_000**0.5


def test_rings_have_gaps_of_three_tenths_of_their_width() -> None:
    points, targets = draw("rings", 3000)
    radius = np.hypot(*points.T) / (5.5 / 3)
    assert np.array_equal(np.floor(radius), targets)
    across = radius - targets
    assert across[targets > 0].min() >= 0.15
    assert across.max() <= 0.85


def test_checkerboard() -> None:
    points, targets = draw("checkerboard", 3000)
    for corner in ((-6, -6), (-3, 0), (0, -6), (3, 3)):
        inside = ((points >= corner) & (points < np.add(corner, 3))).all(axis=1)
        assert inside.any()
        assert set(targets[inside]) == {1.0 - (corner[0] + corner[1]) / 3 % 2}


def test_sine_and_step() -> None:
    points, targets = draw("sine")
    assert np.allclose(targets, np.sin(points[:, 0]))
    points, targets = draw("step")
    assert np.array_equal(targets, np.where(points[:, 0] < 0, -1, 1))


def test_plane() -> None:
    points, targets = draw("plane")
    assert np.allclose(targets, points.sum(axis=1) / 10)
    assert np.abs(points).max() > 5.9


def test_plane_noise_is_in_the_targets() -> None:
    points, targets = draw("plane", 4000, 0.5)
    off = targets - points.sum(axis=1) / 10
    assert np.abs(off).max() <= 2 * 6 * 0.5 / 10
    assert np.abs(off).max() > 0.5


def test_reg_gauss() -> None:
    points, targets = draw("reg_gauss", 3000)
    expected = np.zeros(len(points))
    for x, y, sign in BUMPS:  # TensorFlow Playground: the strongest bump counts
        height = sign * np.clip(1 - np.hypot(points[:, 0] - x, points[:, 1] - y) / 2, 0, 1)
        expected = np.where(np.abs(height) > np.abs(expected), height, expected)
    assert np.allclose(targets, expected)
    assert {(x, y) for x, y, _ in BUMPS} == {(x, y) for x in (-4, 0, 4) for y in (2.5, -2.5)}
    assert [sign for _, _, sign in BUMPS] == [1, -1, 1, -1, 1, -1]
