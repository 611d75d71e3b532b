"""Weights from torch by all their names, in all their types, and weights by chance."""

import numpy as np
import pytest
import torch
from refused import refused
from torch import nn

from utils import cells
from utils.arrays.cells import GRU, LSTM, RNN
from utils.arrays.layers import Unrolled
from utils.arrays.parameters import cells_of, orthogonal, uniform


def arrays(module):
    return {name: w.detach().numpy() for name, w in module.state_dict().items()}


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("bias", [True, False])
def test_the_two_ways_of_naming_give_the_same_cells(kind, bias):
    theirs = getattr(nn, kind)(3, 4, num_layers=2, bidirectional=True, bias=bias)
    ours = getattr(cells, kind).from_torch(theirs)
    both = [cells_of({f"some.{n}": w for n, w in arrays(m).items()}, "some.") for m in (theirs, ours)]
    assert [len(found) for found in both] == [4, 4]
    for one, other in zip(*both):
        assert type(one) is type(other) is {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}[kind]
        for name, values in vars(one).items():
            np.testing.assert_array_equal(values, getattr(other, name))
    single = cells_of(arrays(ours.cells[0]))[0]
    np.testing.assert_array_equal(single.W, both[0][0].W)
    np.testing.assert_array_equal(cells_of(arrays(ours.cells[0].to_torch()))[0].U, both[0][0].U)


def test_more_than_ten_layers_stay_in_order():
    rnn = nn.LSTM(2, 2, num_layers=12)
    for layer, cell in enumerate(cells_of(arrays(rnn))):
        np.testing.assert_array_equal(cell.U[:, :2].T, getattr(rnn, f"weight_hh_l{layer}").detach()[2:4])


def test_half_precision_is_read_as_single_and_double_stays():
    for dtype, wanted in ((torch.float16, np.float32), (torch.float32, np.float32), (torch.float64, np.float64)):
        cell = cells_of(arrays(cells.GRUCell(3, 4).to(dtype)))[0]
        assert {values.dtype for values in (cell.W, cell.U, cell.b, cell.d)} == {np.dtype(wanted)}
        assert Unrolled(cell, [[0.5, 1, 2]])["h"].dtype == wanted


def test_the_options_reach_the_cell():
    assert cells_of(arrays(nn.RNN(3, 4)), nonlinearity="relu")[0].nonlinearity == "relu"
    assert cells_of(arrays(nn.GRU(3, 4)), reset="before")[0].reset == "before"


@pytest.mark.refusal("arrays.parameters")
@pytest.mark.parametrize(
    "module, sentence",
    [
        (nn.LSTM(3, 4, proj_size=2), "weight_hr_l0 is no weight of an RNN, LSTM or GRU"),
        (nn.Linear(3, 4), "weight is no weight of an RNN, LSTM or GRU, of this course or of torch"),
        (nn.Identity(), "There are no weights whose names begin with ''"),
    ],
)
def test_other_weights_are_refused(module, sentence):
    with refused(ValueError, sentence):
        cells_of(arrays(module))


@pytest.mark.parametrize("kind, k", [(RNN, 1), (LSTM, 4), (GRU, 3)])
def test_chance_draws_as_torch_does(kind, k):
    cell = uniform(kind, 30, 25, np.random.default_rng(0))
    assert cell.W.shape == (30, k * 25) and cell.U.shape == (25, k * 25) and cell.b.shape == (k * 25,)
    for values in (cell.W, cell.U):
        assert 0.19 < values.max() <= 0.2 and -0.2 <= values.min() < -0.19
        assert values.std() == pytest.approx(0.2 / 3**0.5, rel=0.05)
    two_biases = cell.b[:50] if kind is GRU else cell.b
    assert two_biases.std() == pytest.approx(0.2 * (2 / 3) ** 0.5, rel=0.35) and np.abs(two_biases).max() > 0.2
    again = uniform(kind, 30, 25, np.random.default_rng(0))
    np.testing.assert_array_equal(cell.U, again.U)


def test_an_orthogonal_matrix_keeps_lengths_and_has_no_favorite():
    rng = np.random.default_rng(0)
    many = np.stack([orthogonal(3, rng) for _ in range(4000)])
    np.testing.assert_allclose(many @ many.swapaxes(1, 2), np.broadcast_to(np.eye(3), many.shape), atol=1e-12)
    assert np.abs(many.mean(0)).max() < 0.05  # qr alone prefers one sign on the diagonal
