"""The second thread: the same numbers with and without it, errors told, nothing left running."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from nn_designer.engine import halving as halving_rules
from nn_designer.engine import parallel
from nn_designer.engine.halves import Half, cut
from nn_designer.engine.halving import halving
from nn_designer.engine.network import Network, Node
from nn_designer.engine.parallel import Helper, blas_control, one_blas_thread
from nn_designer.engine.plan import Plan
from nn_designer.engine.program import SPLIT_WORTH, Program, run_steps
from nn_designer.engine.progress import BatchProgress, EpochProgress
from nn_designer.engine.training import Control, TrainingRun, train
from nn_designer.engine.training_settings import TrainingSettings
from nn_designer.layers import KINDS, Conv2D, Dense, Flatten, Input, PReLU
from tests.helpers.networks import EXAMPLES, batch, randomize
from tests.helpers.small_networks import network, ring_data, two_class_network

SETTINGS = TrainingSettings(
    loss="binary_crossentropy", learning_rate=0.02, batch_size=15, epochs=3, seed=5
)  # 71 samples: four batches of 15 (8 + 7) and one of 11


@pytest.fixture
def helper() -> Iterator[Helper]:
    helper = Helper()
    helper.start()
    yield helper
    helper.stop()


@pytest.fixture
def everything_splits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches are halved even for tiny networks."""
    monkeypatch.setattr(halving_rules, "SPLIT_WORTH", 1)


def test_both_calls_are_done(helper: Helper) -> None:
    names: list[str] = []
    for _ in range(100):
        helper.both(names.append, ("here",), names.append, ("there",))
    assert names.count("here") == names.count("there") == 100


def test_without_a_thread_one_comes_after_the_other() -> None:
    names: list[str] = []
    Helper().both(names.append, ("here",), names.append, ("there",))
    assert names == ["here", "there"]


def test_an_error_on_either_side_is_raised_and_the_helper_goes_on(helper: Helper) -> None:
    begun = threading.Event()
    done: list[int] = []

    def fail() -> None:
        begun.set()
        raise ValueError("on purpose")

    def wait() -> None:  # else the task might be taken back from a helper without a core
        assert begun.wait(timeout=30)
        done.append(1)

    with pytest.raises(ValueError, match="on purpose"):
        helper.both(wait, (), fail, ())
    with pytest.raises(ValueError, match="on purpose"):
        helper.both(fail, (), time.sleep, (0.001,))
    helper.both(done.append, (2,), done.append, (3,))
    assert sorted(done) == [1, 2, 3]


def test_a_helper_that_gets_no_core_is_not_waited_for() -> None:
    helper, threads = Helper(), []
    helper._thread = threading.Thread()  # one that never takes a task

    def note() -> None:
        threads.append(threading.current_thread())

    helper.both(note, (), note, ())
    assert threads == [threading.current_thread()] * 2


def test_a_phase_begins_when_the_one_before_is_done(helper: Helper) -> None:
    done: list[str] = []

    def tasks(phase: int, count: int) -> list[tuple[object, tuple[str]]]:
        return [(done.append, (f"{phase}.{i}",)) for i in range(count)]

    def phases() -> Iterator[list]:
        for phase, count in enumerate((2, 3, 1, 2)):
            yield tasks(phase, count)
            done.append(f"after {phase}")

    for _ in range(200):
        done.clear()
        helper.run(phases())
        expected = []
        for phase, count in enumerate((2, 3, 1, 2)):
            expected += [f"{phase}.{i}" for i in range(count)] + [f"after {phase}"]
        assert sorted(done) == sorted(expected)
        assert [name.removeprefix("after ")[0] for name in done] == [
            name.removeprefix("after ")[0] for name in expected
        ]


def test_an_error_between_phases_is_raised(helper: Helper) -> None:
    def phases() -> Iterator[list]:
        yield [(time.sleep, (0.0,)), (time.sleep, (0.001,))]
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        helper.run(phases())
    helper.both(time.sleep, (0.0,), time.sleep, (0.0,))


def test_after_an_error_no_further_phase_begins(helper: Helper) -> None:
    done: list[int] = []

    def phases() -> Iterator[list]:
        yield [(done.append, ("no", "list takes two"))]
        yield [(done.append, (1,))]

    with pytest.raises(TypeError):
        helper.run(phases())
    assert done == []


def test_it_stops_and_starts_again() -> None:
    helper = Helper()
    for _ in range(3):
        helper.start()
        helper.start()
        helper.stop()
        helper.stop()
    assert not [t for t in threading.enumerate() if t.name == "nn-designer-helper"]


def test_one_core_needs_no_helper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "available_cores", lambda: 1)
    helper, before = Helper(), threading.active_count()
    helper.start()
    assert threading.active_count() == before


@pytest.mark.parametrize("shape", [(300, 500, 400), (90, 500, 1100)])
def test_large_products_are_shared(helper: Helper, shape: tuple[int, int, int]) -> None:
    m, k, n = shape
    assert m * k * n >= SPLIT_WORTH
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((m, k), np.float32), rng.standard_normal((k, n), np.float32)
    out, together, alone = np.zeros((m, n), np.float32), Program(), Program()
    together.helper = helper
    together.matmul(a, b, out)
    assert together.steps[0][0] == helper.both
    together.run()
    np.testing.assert_allclose(out, a @ b, atol=1e-3)
    alone.matmul(a, b, out)
    assert alone.steps[0][0] == a.dot


def test_blas_gets_its_threads_back() -> None:
    control = blas_control()
    if control is None:  # another BLAS, such as Accelerate: nothing to do
        with one_blas_thread():
            return
    get_threads, _ = control
    before = get_threads()
    with one_blas_thread():
        assert get_threads() == 1
        with one_blas_thread():
            assert get_threads() == 1
        assert get_threads() == 1
    assert get_threads() == before


def test_large_steps_are_split_by_size_alone() -> None:
    large = network(784, (512, 10), ("relu", "softmax"), "sparse_categorical_crossentropy")
    assert halving(large, 128).halved
    assert not halving(large, 1).halved
    assert not halving(two_class_network(), 128).halved


def test_layers_that_do_not_say_so_are_not_split(monkeypatch: pytest.MonkeyPatch) -> None:
    large = network(784, (512, 10), ("relu", "softmax"), "sparse_categorical_crossentropy")
    monkeypatch.setattr(Dense, "halves_batches", False)
    assert not halving(large, 128).halved


HALVED = [
    name for name, nodes in EXAMPLES.items() if all(node.layer.halves_batches for node in nodes)
]
RANDOM = {key for key in KINDS if "dropout" in key or "noise" in key}


def halves_of(net: Network, batch_size: int) -> tuple[Half, Half, list[Plan]]:
    first = Half(batch_size, net.gradients)
    second = Half(batch_size, net.gradients, first)
    return first, second, [net.half_plan(half) for half in (first, second)]


def test_nearly_all_kinds_can_be_halved() -> None:
    assert len(HALVED) > 0.8 * len(EXAMPLES)


@pytest.mark.parametrize("name", HALVED)
def test_two_halves_make_the_gradients_of_the_whole(name: str) -> None:
    """A kind in which samples influence each other fails here until it says so."""
    net = randomize(Network(EXAMPLES[name], loss="mean_squared_error", dtype=np.float64))
    x, y = batch(net, size=15)
    net.loss_and_gradients(x, y)
    expected = net.gradients.copy()
    net.gradients.fill(np.nan)
    rows, targets = net.inputs.rows(x), net.criterion.encode(y)
    first, second, plans = halves_of(net, 15)
    for plan, part in zip(plans, (slice(0, 8), slice(8, 15)), strict=True):
        plan.inputs[:], plan.targets[:] = rows[part], targets[part]
        plan.run()
    for _, steps in cut(first, second):
        run_steps(steps)
    run_steps(net.regularization_steps())
    if not any(node.layer.key in RANDOM for node in net.nodes):
        np.testing.assert_allclose(net.gradients, expected, atol=1e-12)
    assert np.isfinite(net.gradients).all()


def test_the_cut_is_between_two_rows_near_the_middle() -> None:
    net = network(784, (512, 256, 10), ("relu", "relu", "softmax"), "categorical_crossentropy")
    first, second, _ = halves_of(net, 4)
    (here, first_steps), (there, second_steps) = cut(first, second)
    assert here == slice(341 * 785) and there == slice(341 * 785, None)
    assert abs(net.parameter_count // 2 - 341 * 785) <= 785 / 2
    assert (len(first_steps), len(second_steps)) == (1, 3)


def test_nothing_is_left_to_cut_for_a_single_row() -> None:
    net = network(784, (1,), ("linear",), "mean_squared_error")
    first, second, _ = halves_of(net, 4)
    (here, first_steps), (there, second_steps) = cut(first, second)
    assert len(first_steps) + len(second_steps) == 1
    assert here.stop == there.start and here.stop in (0, 785)


def test_shares_of_sums_are_added_up_in_two_ranges() -> None:
    nodes = [
        Node("input", Input(shape=(9, 9, 2))),
        Node("conv2d", Conv2D(filters=3, use_bias=False), ("input",)),  # 54 numbers
        Node("flatten", Flatten(), ("conv2d",)),
        Node("dense", Dense(units=1, use_bias=False), ("flatten",)),  # one row of 147
        Node("prelu", PReLU(), ("dense",)),  # 1 number
    ]
    net = Network(nodes, loss="mean_squared_error")
    first, second, _ = halves_of(net, 4)
    (here, (add,)), (there, (multiply, add_last)) = cut(first, second)
    assert (here, there) == (slice(54), slice(54, None))
    first.gradients[:] = 1.0
    second.gradients[:] = 2.0
    run_steps([add, add_last])
    np.testing.assert_array_equal(net.gradients, [3.0] * 54 + [1.0] * 147 + [3.0])
    run_steps([multiply])
    np.testing.assert_array_equal(net.gradients, [3.0] * 54 + [0.0] * 147 + [3.0])


def trained(net: Network, **settings: object) -> tuple[Network, list[tuple[object, ...]]]:
    reports = train(net, ring_data(71), SETTINGS.replace(**settings))
    epochs = [r for r in reports if isinstance(r, EpochProgress)]
    return net, [(e.loss, e.accuracy, e.val_loss, e.val_accuracy) for e in epochs]


@pytest.mark.parametrize("batch_size", [16, 7])  # the last one has 7 samples, or 1: not split
def test_split_batches_train_the_same_network(
    monkeypatch: pytest.MonkeyPatch, batch_size: int
) -> None:
    whole, whole_curve = trained(two_class_network(l2=0.001), batch_size=batch_size)
    monkeypatch.setattr(halving_rules, "SPLIT_WORTH", 1)
    split, split_curve = trained(two_class_network(l2=0.001), batch_size=batch_size)
    np.testing.assert_allclose(split.parameters, whole.parameters, atol=1e-5)
    np.testing.assert_allclose(split_curve, whole_curve, rtol=1e-5)


@pytest.mark.usefixtures("everything_splits")
@pytest.mark.parametrize("batch_size", [15, 7, 1])  # the last one has 11, 1, 1 samples
def test_the_number_of_cores_changes_no_bit(
    monkeypatch: pytest.MonkeyPatch, batch_size: int
) -> None:
    two, curve = trained(two_class_network(dropout=0.3), batch_size=batch_size)
    monkeypatch.setattr(parallel, "available_cores", lambda: 1)
    one, same_curve = trained(two_class_network(dropout=0.3), batch_size=batch_size)
    np.testing.assert_array_equal(two.parameters, one.parameters)
    assert curve == same_curve


@pytest.mark.usefixtures("everything_splits")
def test_going_on_from_a_checkpoint_of_split_batches_is_exact() -> None:
    whole, _ = trained(two_class_network(dropout=0.3))
    run = TrainingRun(
        two_class_network(dropout=0.3),
        ring_data(71),
        SETTINGS,
        control=Control(granularity="batch"),
    )
    reports = run.progress()
    for report in reports:
        if isinstance(report, BatchProgress) and report.step == 7:
            break
    checkpoint = run.checkpoint()
    reports.close()
    resumed = two_class_network(dropout=0.3)
    list(train(resumed, ring_data(71), SETTINGS, checkpoint=checkpoint))
    np.testing.assert_array_equal(resumed.parameters, whole.parameters)


@pytest.mark.usefixtures("everything_splits")
def test_a_closed_run_leaves_no_thread() -> None:
    reports = train(two_class_network(), ring_data(), SETTINGS)
    while not isinstance(next(reports), BatchProgress):
        pass
    reports.close()
    assert not [t for t in threading.enumerate() if t.name == "nn-designer-helper"]
