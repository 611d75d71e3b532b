"""The NumPy cells against torch's autograd: every letter, every gradient, lengths, directions, and one way alone."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from refused import refused
from torch import nn

from utils import cells as torch_cells
from utils.arrays.cells import GRU, LSTM, RNN
from utils.arrays.layers import Unrolled, mask, reverse
from utils.arrays.parameters import cells_of

CLOSE = 1e-10
KINDS = {
    "rnn": (torch_cells.RNNCell, {}),
    "relu": (torch_cells.RNNCell, {"nonlinearity": "relu"}),
    "lstm": (torch_cells.LSTMCell, {}),
    "gru": (torch_cells.GRUCell, {}),
    "gru before": (torch_cells.GRUCell, {"reset": "before"}),
}


def pair(kind, n, H, seed=0, dtype=torch.float64):
    """A cell of torch with large weights, and the same in NumPy."""
    make, options = KINDS[kind]
    torch.manual_seed(seed)
    cell = make(n, H, dtype=dtype, **options)
    with torch.no_grad():
        for weights in cell.parameters():
            weights.normal_(std=0.8)
    return cell, cells_of({name: w.numpy() for name, w in cell.state_dict().items()}, **options)[0]


def by_autograd(cell, x, first, dh, dc, gates_alone=False):
    """One sequence x (T, n) by torch: the steps, and the gradients of sum(dh h + dc c), all as tensors."""
    x, first = x.clone().requires_grad_(), [s.clone().requires_grad_() for s in first]
    states, steps = [s[None] for s in first], []
    for x_t in x[:, None]:
        if gates_alone:
            step = cell(x_t, states[0].detach(), *states[1:])
            if isinstance(cell, torch_cells.GRUCell):
                step = step._replace(h=(1 - step.z) * step.n + step.z * states[0])
        else:
            step = cell(x_t, *states)
        steps.append(step)
        states = step[: len(first)]
    loss = sum((dh[t] * s.h[0]).sum() + ((dc[t] * s.c[0]).sum() if len(first) > 1 else 0) for t, s in enumerate(steps))
    wanted = [x, *first, *[s for step in steps for s in step[: len(first)]], *cell.parameters()]
    gradients = [
        torch.zeros_like(w) if g is None else g
        for w, g in zip(wanted, torch.autograd.grad(loss, wanted, allow_unused=True))
    ]
    n, T = len(first), len(steps)
    on_the_way = gradients[1 + n : 1 + n + T * n]
    return {
        "letters": {name: torch.cat([getattr(s, name) for s in steps]).detach().numpy() for name in steps[0]._fields},
        "x": gradients[0].numpy(),
        "initial": [g.numpy() for g in gradients[1 : 1 + n]],
        "states": [torch.cat(on_the_way[at::n]).numpy() for at in range(n)],
        "weights": {name: g for (name, _), g in zip(cell.named_parameters(), gradients[1 + n + T * n :])},
    }


def stacked(gradients):
    """Gradients of torch's weights in the shapes of the NumPy cells; both biases' where one stands for the two."""
    cell = cells_of({name: g.numpy() for name, g in gradients.items()})[0]
    b = {name: g.numpy() for name, g in gradients.items() if name.startswith("W") and name.endswith("bias")}
    order = {LSTM: "figo", GRU: "rzn"}.get(type(cell))
    names = [f"W_{gate}.bias" for gate in order] if order else ["W.bias"]
    found = {"W": cell.W, "U": cell.U, "b": np.concatenate([b[name] for name in names])}
    return found | ({"d": cell.d} if isinstance(cell, GRU) else {})


@settings(max_examples=120, deadline=None)
@given(
    kind=st.sampled_from(list(KINDS)),
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=3),
    n=st.integers(1, 4),
    H=st.integers(1, 4),
    backward=st.booleans(),
    ways=st.sampled_from(["all", "gates"]),
    seed=st.integers(0, 99),
)
def test_letters_and_gradients_are_autograds(kind, lengths, n, H, backward, ways, seed):
    """Each sequence of a padded batch against the same sequence alone, stepped by torch; what is past it is NaN."""
    cell, own = pair(kind, n, H, seed)
    B, T = len(lengths), max(lengths)
    rng = np.random.default_rng(seed)
    x, dh, dc = (rng.standard_normal((B, T, size)) for size in (n, H, H))
    first = [rng.standard_normal((B, H)) for _ in own.states]
    for values in (x, dh, dc):
        values[~mask(lengths, T)] = np.nan
    unrolled = Unrolled(own, x, tuple(first), lengths, backward)
    back = unrolled.back(dh, dc, ways)
    of_weights, total = unrolled.of_weights(back), {}
    for b, N in enumerate(lengths):
        turn = slice(None, None, -1) if backward else slice(None)
        alone = [torch.from_numpy(values[b, :N][turn].copy()) for values in (x, dh, dc)]
        want = by_autograd(cell, alone[0], [torch.from_numpy(s[b]) for s in first], *alone[1:], ways == "gates")
        for letter, values in want["letters"].items():
            np.testing.assert_allclose(unrolled[letter][b, :N], values[turn], rtol=0, atol=CLOSE)
            assert (unrolled[letter][b, N:] == 0).all()
        np.testing.assert_allclose(back.x[b, :N], want["x"][turn], rtol=CLOSE, atol=CLOSE)
        assert (back.x[b, N:] == 0).all()
        for letter, last, initial, states in zip(own.states, unrolled.last(), want["initial"], want["states"]):
            np.testing.assert_allclose(last[b], want["letters"][letter][-1], rtol=0, atol=CLOSE)
            np.testing.assert_allclose(back.initial[letter][b], initial, rtol=CLOSE, atol=CLOSE)
            np.testing.assert_allclose(back.states[letter][b, :N], states[turn], rtol=CLOSE, atol=CLOSE)
        for name, gradient in stacked(want["weights"]).items():
            total[name] = total.get(name, 0) + gradient
    assert of_weights.keys() == total.keys()
    for name, gradient in total.items():
        np.testing.assert_allclose(of_weights[name], gradient, rtol=CLOSE, atol=CLOSE)


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_by_itself_is_torchs(kind):
    cell, own = pair(kind, 3, 4)
    x, states = torch.randn(2, 3, dtype=torch.float64), [torch.randn(2, 4, dtype=torch.float64) for _ in own.states]
    with torch.no_grad():
        want = cell(x, *states)
    got = own.step(x.numpy() @ own.W + own.b, *(s.numpy() for s in states))
    assert got._fields == want._fields
    for value, expected in zip(got, want):
        np.testing.assert_allclose(value, expected, rtol=0, atol=CLOSE)


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
@pytest.mark.parametrize("dtype, close", [(torch.float32, 1e-6), (torch.float64, 1e-12)])
def test_both_directions_with_lengths_equal_torchs_packing(kind, dtype, close):
    torch.manual_seed(0)
    rnn = kind(3, 5, batch_first=True, bidirectional=True, dtype=dtype)
    x, lengths = torch.randn(3, 6, 3, dtype=dtype), [6, 4, 1]
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
    want = nn.utils.rnn.pad_packed_sequence(rnn(packed)[0], batch_first=True)[0].detach().numpy()
    forward, backward = cells_of({name: w.numpy() for name, w in rnn.state_dict().items()})
    read = [Unrolled(forward, x.numpy(), None, lengths), Unrolled(backward, x.numpy(), None, lengths, True)]
    got = np.concatenate([unrolled["h"] for unrolled in read], axis=-1)
    assert got.dtype == want.dtype
    np.testing.assert_allclose(got, want, rtol=0, atol=close)
    gradient = read[1].back(np.ones_like(read[1]["h"]))
    assert {v.dtype for v in (gradient.x, gradient.a, *gradient.states.values())} == {want.dtype}


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_batch_and_with_many_losses_at_once(kind):
    _, own = pair(kind, 3, 4)
    rng = np.random.default_rng(0)
    x, dh = rng.standard_normal((5, 3)), rng.standard_normal((7, 5, 4))
    single = Unrolled(own, x)
    assert single["h"].shape == (5, 4) and single.last()[0].shape == (4,)
    np.testing.assert_allclose(single["h"], Unrolled(own, x[None])["h"][0], rtol=0, atol=1e-14)
    together = single.back(dh)
    for loss, d in enumerate(dh):
        alone = single.back(d)
        np.testing.assert_allclose(together.x[loss], alone.x, rtol=0, atol=1e-13)
        np.testing.assert_allclose(together.initial["h"][loss], alone.initial["h"], rtol=0, atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_several_cells_side_by_side_read_as_each_alone(kind):
    several = [pair(kind, 3, 4, seed)[1] for seed in range(3)]
    options = {name: getattr(several[0], name) for name in ("nonlinearity", "reset") if hasattr(several[0], name)}
    names = [name for name in ("W", "U", "b", "d") if hasattr(several[0], name)]
    arrays = {name: np.stack([getattr(cell, name) for cell in several]) for name in names}
    rows = {name: values if values.ndim == 3 else values[:, None] for name, values in arrays.items()}
    x, dh = np.random.default_rng(0).standard_normal((2, 3, 2, 6, 4))
    x = x[..., :3]  # (cells, B, T, n)
    together = Unrolled(type(several[0])(**rows, **options), x)
    back = together.back(dh)
    for i, cell in enumerate(several):
        alone = Unrolled(cell, x[i])
        np.testing.assert_allclose(together["h"][i], alone["h"], rtol=0, atol=1e-13)
        np.testing.assert_allclose(back.states["h"][i], alone.back(dh[i]).states["h"], rtol=0, atol=1e-12)


def test_a_memory_that_grows_where_nothing_is_read_spoils_no_gradient():
    own = RNN(np.ones((1, 1)), np.full((1, 1), 1e200), np.zeros(1), "relu")
    unrolled = Unrolled(own, np.ones((2, 9, 1)), None, [1, 0])
    np.testing.assert_array_equal(unrolled["h"][..., 0], [[1] + [0] * 8, [0] * 9])
    np.testing.assert_array_equal(unrolled.last()[0], [[1], [0]])
    begun = Unrolled(own, np.ones((2, 9, 1)), (np.array([[0.0], [3.0]]),), [1, 0])
    np.testing.assert_array_equal(begun.last()[0], [[1], [3]])  # who has read nothing is where it began
    back = unrolled.back(np.ones((2, 9, 1)))
    np.testing.assert_array_equal(back.x[..., 0], [[1] + [0] * 8, [0] * 9])
    assert unrolled.of_weights(back)["U"] == 0


def test_reversing_turns_each_sequence_within_its_length_and_undoes_itself():
    x = np.arange(8).reshape(2, 4, 1)
    turned = reverse(x, [4, 3])
    assert turned[..., 0].tolist() == [[3, 2, 1, 0], [6, 5, 4, 7]]
    np.testing.assert_array_equal(reverse(turned, [4, 3]), x)
    assert reverse(x)[1, :, 0].tolist() == [7, 6, 5, 4]


_, SMALL = pair("lstm", 3, 4)


@pytest.mark.refusal("arrays.parameters")
@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: Unrolled(SMALL, np.zeros(3)), r"x must have shape \(..., T, 3\), got \(3,\)"),
        (lambda: Unrolled(SMALL, np.zeros((2, 0, 3))), r"x must have shape \(..., T, 3\), got \(2, 0, 3\)"),
        (lambda: Unrolled(SMALL, np.zeros((2, 5, 4))), r"x must have shape \(..., T, 3\), got \(2, 5, 4\)"),
        (lambda: Unrolled(SMALL, np.zeros((2, 5, 3)), None, [5, 6]), "lengths must be integers from 0 to 5, one for"),
        (lambda: Unrolled(SMALL, np.zeros((2, 5, 3)), None, [5, 1.5]), "lengths must be integers from 0 to 5"),
        (lambda: Unrolled(SMALL, np.zeros((2, 5, 3)), None, [5, -1]), "lengths must be integers from 0 to 5"),
        (lambda: Unrolled(SMALL, np.zeros((2, 5, 3)), None, [5]), "lengths must be 2 integers"),
        (lambda: Unrolled(SMALL, np.zeros((5, 3)))["z"], "letter must be one of 'h', 'c', 'f', 'i', 'g', 'o', got 'z'"),
        (lambda: Unrolled(SMALL, np.zeros((5, 3))).back(ways="f"), "ways must be one of 'all', 'gates', got 'f'"),
    ],
)
def test_bad_input_gets_one_sentence(call, sentence):
    with refused(ValueError, sentence):
        call()
