"""Sampling against plain formulas; generate against re-reading everything; beam search against trying everything."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from refused import refused
from torch import nn

from utils.cells.layer import LSTM
from utils.models.language_model import LanguageModel
from utils.models.sampling import beam_search, choose, entropy, generate, next_distribution, stream

rows = st.lists(st.floats(-30, 30), min_size=1, max_size=8)
temperatures = st.floats(0.05, 20)
F64 = torch.float64


def plain(logits, T=1.0, k=None, p=None):
    """The same in plain Python, one row, one step after the other."""
    top = max(logits)
    q = [math.exp((z - top) / T) for z in logits]
    q = [a / sum(q) for a in q]
    order = sorted(range(len(q)), key=lambda i: (-q[i], i))
    if k is not None:
        order = order[:k]
    if p is not None:
        whole, kept, mass = sum(q[i] for i in order), [], 0.0
        for i in order:
            if mass >= p * whole and p < 1:
                break
            kept.append(i)
            mass += q[i]
        order = kept
    whole = sum(q[i] for i in order)
    return [q[i] / whole if i in order else 0.0 for i in range(len(q))]


@settings(max_examples=300)
@given(rows, temperatures, st.none() | st.integers(1, 9), st.none() | st.floats(0.01, 1))
def test_it_is_the_plain_formula(logits, T, k, p):
    mine = next_distribution(torch.tensor(logits, dtype=F64), T, k, p)
    want = plain(logits, T, k, p)
    if p is not None:  # a sum that meets p to the last digit may fall either way
        sums = np.cumsum(sorted(plain(logits, T, k), reverse=True))
        if np.abs(sums - p).min() < 1e-9:
            return
    assert mine.tolist() == pytest.approx(want, abs=1e-9)
    assert mine.sum().item() == pytest.approx(1, abs=1e-12)


@given(st.lists(rows.map(lambda r: (r * 8)[:8]), min_size=1, max_size=4), temperatures)
def test_each_row_of_a_batch_is_by_itself(batch, T):
    logits = torch.tensor(batch, dtype=F64)
    together = next_distribution(logits[None], T, 3, 0.8)[0]
    assert torch.allclose(together, torch.stack([next_distribution(row, T, 3, 0.8) for row in logits]), atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, F64])
@pytest.mark.parametrize("T", [1e-3, 1e-20, 1e-200, 1e-320])
def test_towards_temperature_0_the_largest_takes_all_and_equals_share(T, dtype):
    p = next_distribution(torch.tensor([[1.0, 3.0, 2.0], [5.0, -1.0, 5.0], [0.0, 0.0, 0.0]], dtype=dtype), T)
    want = torch.tensor([[0, 1, 0], [0.5, 0, 0.5], [1 / 3, 1 / 3, 1 / 3]], dtype=dtype)
    assert torch.allclose(p, want, atol=1e-6)


@given(rows)
def test_towards_infinite_temperature_all_become_equal(logits):
    p = next_distribution(torch.tensor(logits, dtype=F64), 1e12)
    assert p.tolist() == pytest.approx([1 / len(logits)] * len(logits), abs=1e-9)


def test_equal_probabilities_are_cut_in_their_order():
    level = torch.zeros(4, dtype=F64)
    assert next_distribution(level, top_k=2).tolist() == [0.5, 0.5, 0, 0]
    assert next_distribution(level, top_p=0.5).tolist() == [0.5, 0.5, 0, 0]
    assert next_distribution(level, top_p=0.51).tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])


def test_equal_probabilities_are_cut_in_their_order_where_a_sort_need_not_keep_it(monkeypatch):
    """A GPU's sort may turn equal ones round unless it is asked not to; this stand-in does."""
    real = torch.Tensor.sort

    def sort(self, dim=-1, descending=False, stable=False):
        if stable:
            return real(self, dim=dim, descending=descending, stable=True)
        values, order = real(self.flip(dim), dim=dim, descending=descending, stable=True)
        return values, self.shape[dim] - 1 - order

    monkeypatch.setattr(torch.Tensor, "sort", sort)
    level = torch.tensor([0.0, 1.0, 1.0, 1.0, 0.0], dtype=F64)
    assert next_distribution(level, top_k=2).tolist() == [0, 0.5, 0.5, 0, 0]
    assert next_distribution(level, top_k=4)[[0, 4]].gt(0).tolist() == [True, False]
    assert next_distribution(level, top_p=0.3).tolist() == pytest.approx([0, 0.5, 0.5, 0, 0])


def test_top_p_by_hand_and_after_top_k():
    logits = torch.tensor([0.2, 0.5, 0.1, 0.2], dtype=F64).log()
    for p, want in ((0.4, [0, 1, 0, 0]), (0.6, [2 / 7, 5 / 7, 0, 0]), (0.95, [0.2, 0.5, 0.1, 0.2])):
        assert next_distribution(logits, top_p=p).tolist() == pytest.approx(want)
    # of two, 5/7 and 2/7, the first alone reaches 0.7; of all four it does not
    assert next_distribution(logits, top_k=2, top_p=0.7).tolist() == pytest.approx([0, 1, 0, 0])
    assert next_distribution(logits, top_p=0.7).tolist() == pytest.approx([2 / 7, 5 / 7, 0, 0])


def test_a_top_p_of_1_is_the_same_as_none():
    logits = torch.randn(20, 96, generator=torch.Generator().manual_seed(0))
    assert torch.equal(next_distribution(logits, top_p=1), next_distribution(logits))


def test_minus_infinity_forbids_a_token():
    p = next_distribution(torch.tensor([0.0, -torch.inf, 0.0]), 5.0, top_p=0.99)
    assert p.tolist() == [0.5, 0, 0.5]


@given(rows, temperatures)
def test_entropy_is_its_formula_in_bits(logits, T):
    p = next_distribution(torch.tensor(logits, dtype=F64), T)
    want = -sum(a * math.log2(a) for a in p.tolist() if a > 0)
    assert entropy(p).item() == pytest.approx(want, abs=1e-9)
    assert -1e-9 <= entropy(p).item() <= math.log2(len(logits)) + 1e-9


@given(rows, temperatures, st.floats(1.01, 3))
def test_entropy_never_falls_when_temperature_rises(logits, T, factor):
    z = torch.tensor(logits, dtype=F64)
    assert entropy(next_distribution(z, T * factor)) >= entropy(next_distribution(z, T)) - 1e-9


def test_choices_come_as_often_as_their_probability_and_never_without_one():
    p = torch.tensor([0.0, 0.5, 0.0, 0.3, 0.2, 0.0]).repeat(20_000, 1)
    counts = torch.bincount(choose(p, torch.Generator().manual_seed(0)), minlength=6) / 20_000
    assert counts[[0, 2, 5]].sum() == 0
    assert torch.allclose(counts, p[0], atol=0.015)


def test_a_number_at_either_end_still_meets_a_possible_token(monkeypatch):
    p = torch.tensor([[0.0, 1 / 3, 1 / 3, 1 / 3, 0.0]])
    for u, want in ((0.0, 1), (1 - 2**-24, 3), (1.0, 3)):
        monkeypatch.setattr(torch, "rand", lambda *size, u=u, **options: torch.full(size, u))
        assert choose(p).item() == want


# generate ------------------------------------------------------------------------------------------------------------


def build(rnn="lstm", layers=1, **options):
    torch.manual_seed(0)
    model = LanguageModel(11, 5, 7, layers, rnn, **options).double()
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(4)  # so that the past matters
    return model


def reread(model, prompt, steps, generator, **options):
    """The tutorial loop: the whole prefix again at each step."""
    model.eval()
    with torch.no_grad():
        for _ in range(steps):
            logits = model(prompt, None)[0][:, -1]
            prompt = torch.cat([prompt, choose(next_distribution(logits, **options), generator)[:, None]], dim=1)
    return prompt


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["rnn", "lstm", "gru", LSTM, nn.GRU]),
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(1, 4),
    st.fixed_dictionaries({}, optional={"temperature": st.floats(0.3, 3), "top_k": st.integers(1, 12)}),
    st.integers(0, 99),
)
def test_carrying_the_state_gives_what_reading_all_again_gives(rnn, layers, B, T0, options, seed):
    model = build(rnn, layers)
    prompt = torch.randint(11, (B, T0), generator=torch.Generator().manual_seed(seed))
    mine = generate(model, prompt, 12, generator=torch.Generator().manual_seed(seed), **options)
    assert torch.equal(mine, reread(model, prompt, 12, torch.Generator().manual_seed(seed), **options))


def test_each_step_reads_one_token():
    read = []
    model = build()
    model.register_forward_pre_hook(lambda module, given: read.append(tuple(given[0].shape)))
    generate(model, torch.zeros(2, 5, dtype=torch.long), 4)
    assert read == [(2, 5), (2, 1), (2, 1), (2, 1)]


def test_a_stream_gives_each_token_when_it_is_known_and_leaves_the_model_as_it_was():
    read, model = [], build(dropout=0.5).train()
    model.register_forward_pre_hook(lambda module, given: read.append(module.training))
    prompt = torch.zeros(2, 1, dtype=torch.long)
    tokens = stream(model, prompt, 5, generator=torch.Generator().manual_seed(1))
    first = next(tokens)
    assert first.shape == (2,) and read == [False]
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()  # between two tokens
    rest = list(tokens)
    assert model.training
    together = generate(model, prompt, 5, generator=torch.Generator().manual_seed(1))
    assert torch.equal(torch.stack([first, *rest], dim=1), together[:, 1:])


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("search", [generate, beam_search])
def test_after_a_failure_the_model_is_as_it_was(search, training):
    model, prompt = build(dropout=0.5).train(training), torch.zeros(1, 2, dtype=torch.long)
    for broken in (lambda *_: 1 / 0, lambda module, given: 1 / 0 if given[0].shape[1] == 1 else None):  # at once, later
        hook = model.register_forward_pre_hook(broken)
        with pytest.raises(ZeroDivisionError):
            search(model, prompt, 3)
        hook.remove()
        assert all(module.training is training for module in model.modules())


def test_a_stream_that_is_left_puts_the_model_back():
    model = build(dropout=0.5).train()
    tokens = stream(model, torch.zeros(1, 2, dtype=torch.long), 9)
    next(tokens)
    assert not model.training
    tokens.close()
    assert model.training


def test_what_was_generated_can_be_trained_on():
    model = build()
    ids = generate(model, torch.zeros(1, 1, dtype=torch.long), 3)
    model(ids)[0].sum().backward()
    assert model.embedding.weight.grad.abs().sum() > 0


def test_top_k_1_is_greedy_and_so_is_one_beam():
    model, prompt = build(), torch.tensor([[3, 1]])
    greedy = generate(model, prompt, 9, top_k=1)
    assert torch.equal(greedy, generate(model, prompt, 9, temperature=1e-9))
    ids, total = beam_search(model, prompt, 9, beams=1)
    assert torch.equal(ids, greedy)
    logits = model(greedy[:, :-1])[0].log_softmax(-1)[0, 1:]
    assert total.item() == pytest.approx(logits.gather(1, greedy[0, 2:, None]).sum().item())


@pytest.mark.parametrize("rnn", ["lstm", "gru"])
def test_a_wide_beam_finds_the_most_probable_of_all(rnn):
    model, prompt, steps = build(rnn, 2), torch.tensor([[3, 1]]), 3
    ids, total = beam_search(model, prompt, steps, beams=11**2)  # every one of two steps goes on
    every = torch.tensor(list(itertools.product(range(11), repeat=steps)))
    with torch.no_grad():
        logits = model(torch.cat([prompt.expand(len(every), -1), every], 1)[:, :-1])[0].log_softmax(-1)[:, 1:]
    scores, best = logits.gather(2, every[..., None]).sum((1, 2)).sort(descending=True)
    assert torch.equal(ids[:20, 2:], every[best[:20]])
    assert torch.allclose(total[:20].double(), scores[:20], atol=1e-5)


MODEL, PROMPT = build().float(), torch.zeros(1, 2, dtype=torch.long)


@pytest.mark.refusal("models.sampling")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: next_distribution(torch.zeros(3), 0), ValueError, r"temperature must be above 0, got 0; .* top_k=1\."),
        (lambda: next_distribution(torch.zeros(3), -1.0), ValueError, "temperature must be above 0, got -1.0"),
        (lambda: next_distribution(torch.zeros(3), math.nan), ValueError, "temperature must be finite, got nan"),
        (lambda: next_distribution(torch.zeros(3), "1"), TypeError, "temperature must be a number, got '1'"),
        (lambda: next_distribution(torch.zeros(3), top_k=0), ValueError, "top_k must be at least 1, got 0"),
        (lambda: next_distribution(torch.zeros(3), top_k=2.5), TypeError, "top_k must be a whole number"),
        (lambda: next_distribution(torch.zeros(3), top_p=0), ValueError, "top_p must be above 0 and at most 1, got 0"),
        (lambda: next_distribution(torch.zeros(3), top_p=1.1), ValueError, "top_p must be above 0 and at most 1"),
        (lambda: next_distribution(torch.zeros(3), top_p=math.nan), ValueError, "top_p must be finite, got nan"),
        (lambda: next_distribution(torch.tensor([0.0, math.nan])), ValueError, "finite, and no NaN"),
        (lambda: next_distribution(torch.tensor([0.0, math.inf])), ValueError, "finite, and no NaN"),
        (lambda: next_distribution(torch.full((3,), -math.inf)), ValueError, "finite, and no NaN"),
        (lambda: next_distribution(torch.zeros(3).long()), TypeError, "logits must be a tensor of floats"),
        (lambda: next_distribution([0.0]), TypeError, "logits must be a tensor of floats"),
        (lambda: entropy(torch.tensor([0.5, 0.6])), ValueError, "sum to 1"),
        (lambda: entropy(torch.tensor([-0.5, 1.5])), ValueError, "at least 0"),
        (lambda: entropy([1.0]), TypeError, "p must be a tensor of probabilities"),
        (lambda: generate(MODEL, PROMPT[:, :0], 3), ValueError, "The prompt is empty; give each row at least one"),
        (lambda: generate(MODEL, PROMPT[0], 3), ValueError, r"prompt must have shape \(B, T0\), got \(2,\)"),
        (lambda: generate(MODEL, [[0]], 3), TypeError, "prompt must be a tensor"),
        (lambda: generate(MODEL, PROMPT + 11, 3), ValueError, "Each id must be from 0 to 10"),
        (lambda: generate(MODEL, PROMPT, 0), ValueError, "steps must be at least 1, got 0"),
        (lambda: generate(MODEL, PROMPT, 3, 0.0), ValueError, "temperature must be above 0"),
        (lambda: generate(MODEL, PROMPT, 3, top_k=0), ValueError, "top_k must be at least 1"),
        (lambda: beam_search(MODEL, PROMPT, 3, 0), ValueError, "beams must be at least 1, got 0"),
        (lambda: beam_search(MODEL, PROMPT.expand(2, 2), 3), ValueError, r"goes on from one prompt, \(1, T0\), got 2"),
        (lambda: beam_search(MODEL, PROMPT[:, :0], 3), ValueError, "The prompt is empty"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence) as failure:
        call()
    assert str(failure.value).endswith(".") and "\n" not in str(failure.value)
