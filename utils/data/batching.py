"""From lists of ids to tensors: padding, and batches of texts of similar length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import DataLoader, Sampler

from utils.checks import integer
from utils.text import truncate

LEFT_OUT = -100  # the target of a place that does not count, such as that of padding


def pad(batch: Sequence[Sequence[int]], max_tokens: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """Lists of ids as one tensor: ids (B, T), filled up with 0, and the true lengths (B,), both int64.

    max_tokens: longer lists are truncated first. Raises ValueError when the batch or one of its lists is empty.

    >>> ids, lengths = pad([[7, 8, 9], [5]])
    >>> ids.tolist(), lengths.tolist()
    ([[7, 8, 9], [5, 0, 0]], [3, 1])
    """
    if not len(batch):
        raise ValueError("The batch is empty; pass at least one list of ids.")
    rows = [torch.as_tensor(ids if max_tokens is None else truncate(ids, max_tokens)) for ids in batch]
    for i, row in enumerate(rows):
        if not row.numel():
            raise ValueError(f"Text {i} has no words; write at least one.")
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True).long()  # (B, T)
    return ids, torch.tensor([len(row) for row in rows])


class LengthBuckets(Sampler):
    """Batches of texts of similar length, so that little padding is read.

    lengths: number of tokens of each text. generator: shuffles anew for each epoch, and sorts within pools of 50
    batches only; without one the order is by length, and that of the texts among equals.
    Yields lists of at most `batch_size` indices, each index once.
    """

    drop_last = False  # accelerate asks

    def __init__(self, lengths: Sequence[int], batch_size: int, generator: torch.Generator | None = None):
        self.lengths = torch.as_tensor(lengths)
        if self.lengths.dim() != 1 or not len(self.lengths):
            raise ValueError("lengths must list at least one length.")
        self.batch_size, self.generator = integer("batch_size", batch_size), generator

    def __len__(self) -> int:
        return -(-len(self.lengths) // self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        if self.generator is None:
            yield from (b.tolist() for b in self.lengths.argsort(stable=True).split(self.batch_size))
            return
        # Sorted within pools of 50 batches only: lengths are similar, and companions still change.
        order = torch.randperm(len(self.lengths), generator=self.generator)
        pools = [pool[self.lengths[pool].argsort(stable=True)] for pool in order.split(50 * self.batch_size)]
        batches = torch.cat(pools).split(self.batch_size)
        for b in torch.randperm(len(batches), generator=self.generator).tolist():
            yield batches[b].tolist()


def batches(
    ids: Sequence[Sequence[int]],
    labels: Sequence[int],
    batch_size: int = 32,
    max_tokens: int | None = None,
    generator: torch.Generator | None = None,
) -> DataLoader:
    """A DataLoader of (ids (B, T), lengths (B,), labels (B,)), in length buckets.

    generator: shuffles for training; leave it out for evaluation.
    Raises ValueError when there is not one label for each list of ids, or a list is empty: then it names the first.
    """
    if len(ids) != len(labels):
        raise ValueError(f"There must be one label for each text, got {len(ids)} texts and {len(labels)} labels.")
    texts = [torch.as_tensor(row if max_tokens is None else truncate(row, max_tokens)) for row in ids]
    labels, lengths = torch.as_tensor(labels).long(), [len(row) for row in texts]
    if 0 in lengths:  # said here: in `pad` its place would be that in a batch
        raise ValueError(f"Text {lengths.index(0)} has no words; write at least one.")
    sampler = LengthBuckets(lengths, batch_size, generator)

    def collate(chosen: list[int]):
        return *pad([texts[i] for i in chosen]), labels[chosen]

    return DataLoader(range(len(texts)), batch_sampler=sampler, collate_fn=collate)
