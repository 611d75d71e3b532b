import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from refused import refused

from utils.data.batching import LengthBuckets, batches, pad
from utils.text import Vocabulary

id_lists = st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=12), min_size=1, max_size=9)


@given(id_lists)
def test_pad_keeps_every_id_and_fills_with_zeros(rows):
    ids, lengths = pad(rows)
    assert ids.dtype == lengths.dtype == torch.int64
    assert ids.shape == (len(rows), max(map(len, rows)))
    assert [row[:n].tolist() for row, n in zip(ids, lengths)] == rows
    assert (ids != 0).sum() == lengths.sum()


@given(st.lists(st.integers(1, 30), min_size=1, max_size=200), st.integers(1, 9), st.booleans())
def test_buckets_give_each_index_once(lengths, size, shuffle):
    buckets = LengthBuckets(lengths, size, torch.Generator().manual_seed(3) if shuffle else None)
    epoch = list(buckets)
    assert sorted(i for batch in epoch for i in batch) == list(range(len(lengths)))
    assert len(epoch) == len(buckets) and max(map(len, epoch)) <= size


def test_buckets_hold_similar_lengths_and_shuffle_by_seed():
    lengths = torch.randint(1, 500, (2000,), generator=torch.Generator().manual_seed(0))
    first, second = (list(LengthBuckets(lengths, 20, torch.Generator().manual_seed(5))) for _ in range(2))
    assert first == second
    buckets = LengthBuckets(lengths, 20, torch.Generator().manual_seed(5))
    assert list(buckets) != list(buckets)  # the next epoch has another order
    spread = max(int(lengths[b].max() - lengths[b].min()) for b in first)
    assert spread < 50


def test_training_batches_are_cut_from_pools_of_fifty_and_come_in_any_order():
    lengths = [1 + 7 * i % 31 for i in range(730)]  # of 3 a batch: four pools of 150 and a rest
    order = torch.randperm(730, generator=torch.Generator().manual_seed(5)).tolist()
    pools = [sorted(order[i : i + 150], key=lambda n: lengths[n]) for i in range(0, 730, 150)]
    together = sum(pools, [])
    want = [together[i : i + 3] for i in range(0, 730, 3)]
    found = list(LengthBuckets(lengths, 3, torch.Generator().manual_seed(5)))
    assert sorted(found) == sorted(want) and found != want
    first = [lengths[batch[0]] for batch in found]
    rises = sum(a < b for a, b in zip(first, first[1:])) - sum(a > b for a, b in zip(first, first[1:]))
    assert abs(rises) < 40  # by length, most steps from one batch to the next would rise


def test_batches_for_evaluation_are_by_length_and_those_of_one_length_in_their_order():
    lengths = [3, 1, 2, 1, 3, 2, 1] * 40
    want = sorted(range(280), key=lambda n: (lengths[n], n))
    assert sum(LengthBuckets(lengths, 8), []) == want


def test_batches_truncate_pad_and_keep_labels_with_their_texts():
    rows = [[i + 2] * (1 + i % 7) for i in range(40)]
    seen = {}
    for ids, lengths, labels in batches(rows, list(range(40)), 8, max_tokens=4, generator=torch.Generator()):
        assert ids.shape[1] == lengths.max() <= 4
        seen |= {label: row for label, row in zip(labels.tolist(), ids[:, 0].tolist())}
    assert seen == {i: i + 2 for i in range(40)}


good = Vocabulary(["a"])


@pytest.mark.refusal("text")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: pad([]), ValueError, "The batch is empty"),
        (lambda: pad([[2], []]), ValueError, "Text 1 has no words"),
        (lambda: pad([[2]], max_tokens=1.5), TypeError, "max_tokens must be a whole number"),
        (lambda: LengthBuckets([], 2), ValueError, "at least one length"),
        (lambda: LengthBuckets([3], 0), ValueError, "batch_size must be at least 1"),
        (lambda: batches([[1]], [0, 1]), ValueError, "one label for each text"),
        (lambda: batches([[1, 2, 3], [1, 2], [], [1]], range(4)), ValueError, "Text 2 has no words"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence):
        call()
