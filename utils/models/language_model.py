"""A network that says what comes next, and how it is trained on a text much longer than a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from utils.checks import integer, number, one_of, tensor
from utils.data.batching import LEFT_OUT

KINDS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
STEPS = {nn.LSTM: torch.lstm_cell, nn.GRU: torch.gru_cell}  # torch's own functions for one step


class LanguageModel(nn.Module):
    """Embedding, recurrent layers, one linear map: from the tokens so far to a score for each possible next one.

    rnn: "rnn", "lstm" or "gru" of torch, or a class that is built like torch's nn.LSTM, such as those of
    utils.cells.layer. dropout: of the embedded tokens, between layers and before the linear map; in training only.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding: int = 64,
        hidden: int = 256,
        num_layers: int = 1,
        rnn: str | Callable = "lstm",
        dropout: float = 0.0,
    ):
        super().__init__()
        for name, value, least in (
            ("vocab_size", vocab_size, 2),
            ("embedding", embedding, 1),
            ("hidden", hidden, 1),
            ("num_layers", num_layers, 1),
        ):
            integer(name, value, least)
        number("dropout", dropout, 0, 1)
        build = rnn if callable(rnn) else KINDS[one_of("rnn", rnn, list(KINDS))]
        between = dropout if num_layers > 1 else 0.0
        self.embedding = nn.Embedding(vocab_size, embedding)
        self.rnn = build(embedding, hidden, num_layers, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, vocab_size)

    def forward(self, ids: Tensor, state=None) -> tuple[Tensor, Tensor | tuple[Tensor, Tensor]]:
        """Read ids (B, T) int64 and go on from `state`; None is the state before any text.

        Returns logits (B, T, V), those at t for the token after the t-th, and the state after the last token, laid
        out as torch's: h, or (h, c), each (layers, B, H). Raises TypeError or ValueError for other ids.
        """
        tensor("ids", ids, ("B", "T"), torch.int64)
        if ids.device.type == "cpu":  # elsewhere a look at the values would make the device wait
            most = self.embedding.num_embeddings - 1
            if ids.min() < 0 or ids.max() > most:
                raise ValueError(f"Each id must be from 0 to {most}; encode the text with this model's alphabet.")
        x = self.dropout(self.embedding(ids))  # (B, T, embedding)
        # On a CPU, nn.LSTM prepares its weights at every call; for a single token that would be most of the time.
        single = ids.shape[1] == 1 and state is not None and ids.device.type == "cpu" and not torch.is_grad_enabled()
        if single and type(self.rnn) in STEPS and not self.training:
            h, state = self._step(x, state)
        else:
            h, state = self.rnn(x, state)  # (B, T, H)
        return self.output(self.dropout(h)), state

    def _step(self, x: Tensor, state):
        """What self.rnn returns for one token x (B, 1, embedding)."""
        step, below, after = STEPS[type(self.rnn)], x[:, 0], []
        for layer, weights in enumerate(self.rnn.all_weights):
            after.append(step(below, map_states(lambda s: s[layer], state), *weights))  # noqa: B023
            below = after[-1][0] if isinstance(state, tuple) else after[-1]
        state = tuple(map(torch.stack, zip(*after))) if isinstance(state, tuple) else torch.stack(after)
        return below[:, None], state


def map_states(work: Callable[[Tensor], Tensor], state):
    """`work` done to each tensor of a state, h or (h, c)."""
    return tuple(map(work, state)) if isinstance(state, tuple) else work(state)


class Streams:
    """A long text as batches for truncated backpropagation through time (Williams and Peng 1990).

    The text is cut into B streams that are read side by side, T tokens at a time: row b of a batch goes on where row
    b of the batch before ended. Yields ids (B, T), fresh (B,), target (B, T): the target is the next token, and
    fresh says which rows do not go on from the batch before. Each token but the first is a target once.

    ids: the text, (N,) int64. carry=False makes every row of every batch fresh, for comparison.
    """

    def __init__(self, ids: Tensor, B: int, T: int, carry: bool = True):
        tensor("ids", ids, ("N",), torch.int64)
        self.T, self.carry = integer("T", T), one_of("carry", carry, (True, False))
        if len(ids) - 1 < integer("B", B):
            raise ValueError(f"{B} streams need at least {B + 1} tokens, got {len(ids)}; take fewer streams.")
        missing = -(len(ids) - 1) % B
        self.inputs = pad(ids[:-1], (0, missing)).reshape(B, -1)  # (B, length of a stream)
        self.targets = pad(ids[1:], (0, missing), value=LEFT_OUT).reshape(B, -1)

    def __len__(self) -> int:
        return -(-self.inputs.shape[1] // self.T)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        fresh = torch.ones(len(self.inputs), dtype=torch.bool)
        for ids, target in zip(self.inputs.split(self.T, dim=1), self.targets.split(self.T, dim=1)):
            yield ids, fresh, target
            fresh = torch.full_like(fresh, not self.carry)


class Carried(nn.Module):
    """A language model that goes on from where its last batch ended, for utils.train.trainer.Trainer and Streams.

    The state is carried but detached: its numbers go on into the next batch, the gradient does not come back.
    """

    def __init__(self, model: LanguageModel):
        super().__init__()
        self.model, self.state = model, None

    def forward(self, ids: Tensor, fresh: Tensor) -> Tensor:
        """logits (B, T, V) of ids (B, T); rows where fresh (B,) is true begin with a state of zeros."""
        if self.state is not None:
            rows = (self.state[0] if isinstance(self.state, tuple) else self.state).shape[1]
            if rows != len(ids):  # another text
                self.state = None
        if self.state is not None:
            self.state = map_states(lambda s: s.masked_fill(fresh[:, None], 0), self.state)
        logits, state = self.model(ids, self.state)
        self.state = map_states(Tensor.detach, state)
        return logits
