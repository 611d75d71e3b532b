"""Exercise 05.2: a tagger that reads one way or both."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from utils.course.exercises.base import NotYet, register, something
from utils.data import grammar
from utils.models.tagger import Tagger

B, T, WORDS, TAGS, HIDDEN = 3, 6, 9, 5, 8
LENGTHS = torch.tensor([3, T, 4])  # not sorted, as in life


@register("05.2", title="A tagger that reads one way or both", minutes=12, difficulty="medium", answer="WordTagger",
          hints=(
    "Three modules: nn.Embedding, nn.LSTM with batch_first=True and bidirectional=bidirectional, nn.Linear to the "
    "tags. The Linear reads hidden numbers, or 2 * hidden when there are two directions.",
    "The Linear acts on the last axis, so it takes the whole output (B, T, D) at once: one row of logits a word.",
    "Padding: pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False) before the LSTM, and "
    "pad_packed_sequence(output, batch_first=True, total_length=ids.shape[1]) after it.",
))  # fmt: skip
def check_word_tagger(answer) -> str:
    """Look at shapes, at what each word's logits depend on, at padding; then train it on the grammar for a second."""
    with torch.random.fork_rng(devices=[]):
        for bidirectional in (True, False):
            torch.manual_seed(0)
            model = answer(WORDS, TAGS, HIDDEN, bidirectional=bidirectional)
            if not isinstance(model, nn.Module):
                raise NotYet("WordTagger should be a class that inherits from nn.Module.")
            if any(isinstance(part, Tagger) for part in model.modules()):
                raise NotYet("that is the course's own Tagger: build yours of nn.Embedding, nn.LSTM and nn.Linear.")
            _check_reading(model.eval(), bidirectional)
        both, forward = (_learned(answer, bidirectional) for bidirectional in (True, False))
    if both < 0.99:
        raise NotYet(
            f"after 150 steps of training your tagger gets {both:.1%} of the grammar's words right, where one that "
            "reads both ways gets all of them. Does every weight learn, and does the Linear see both halves?"
        )
    limit = grammar.limit("forward")
    if forward < limit - 0.03:
        raise NotYet(f"with bidirectional=False it gets {forward:.1%} right, and its limit is {limit:.1%}.")
    return (
        "both ways it gets at least 99 % of the grammar's words right; forward only it ends at that reader's limit, "
        f"{limit:.1%}."
    )


def _check_reading(model: nn.Module, bidirectional: bool) -> None:
    """NotYet unless each word's logits depend on the words they should, and on no other sentence or padding."""
    ids, full, way = torch.arange(B * T).reshape(B, T) % (WORDS - 2) + 2, torch.full((B,), T), f"{bidirectional=}"
    logits = _check_logits(_logits(model, ids, full))
    seen, others = torch.zeros(T, T, dtype=torch.bool), False  # seen[t, s]: word s moves the logits of word t
    for s in range(T):
        other = ids.clone()
        other[0, s] = 1
        moved = (logits - _logits(model, other, full)).abs().amax(-1) > 0  # (B, T)
        seen[:, s], others = moved[0], others or bool(moved[1:].any())
    past, future = bool(seen.tril(-1).any()), bool(seen.triu(1).any())
    if others:
        raise NotYet("one sentence changes the tags of another: nn.LSTM takes (T, B, ...) unless batch_first=True.")
    if not past and not future:
        raise NotYet(f"with {way} each word sees itself alone: the states of the LSTM do not reach the logits.")
    if future and not bidirectional:
        raise NotYet(f"with {way} the logits of a word still depend on later words: pass bidirectional to nn.LSTM.")
    if bidirectional and not future:
        raise NotYet(f"with {way} no word sees a later word: pass bidirectional to nn.LSTM.")
    if not past:
        raise NotYet(f"with {way} no word sees an earlier word: the forward half does not reach the logits.")
    missing = (~seen if bidirectional else ~seen & torch.ones(T, T).tril().bool()).nonzero()
    if len(missing):
        t, s = (missing[0] + 1).tolist()
        raise NotYet(
            f"with {way} the logits of word {t} do not see word {s}. If you turn a sentence round for the backward "
            "reader, turn its states round again before you join them."
        )
    together = _logits(model, ids, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = _logits(model, ids[row : row + 1, :length], LENGTHS[row : row + 1])
        if not torch.allclose(together[row, :length], alone[0], atol=1e-5):
            raise NotYet(
                f"with {way} a sentence of {length} words gets other logits when padding stands behind it: the "
                "backward reader has to begin at the true last word. Use lengths."
            )


def _logits(model: nn.Module, ids: Tensor, lengths: Tensor) -> Tensor:
    with torch.no_grad():
        return model(ids, lengths)


def _check_logits(found) -> Tensor:
    something("forward", found, "`return` and the logits")
    if not isinstance(found, Tensor):
        raise NotYet(f"forward should return one tensor of logits, and it returns a {type(found).__name__}.")
    if found.shape == (B, TAGS):
        raise NotYet("there is one row of logits for each sentence: a tagger needs one for each word, (B, T, tags).")
    if found.shape != (B, T, TAGS):
        raise NotYet(f"the logits should have shape (B, T, tags) = {(B, T, TAGS)}, and yours have {(*found.shape,)}.")
    sums = found.exp().sum(-1) if (found <= 0).all() else found.sum(-1)
    if torch.allclose(sums, torch.ones_like(sums), atol=1e-4):
        raise NotYet("forward returns probabilities: return the logits, cross_entropy does the softmax itself.")
    return found


def _learned(answer, bidirectional: bool, steps: int = 150, words: int = 12) -> float:
    """The accuracy on new sentences of the grammar after a short training."""
    torch.manual_seed(1)
    model = answer(len(grammar.WORDS), len(grammar.TAGS), 16, bidirectional=bidirectional)
    adam, lengths = torch.optim.Adam(model.parameters(), lr=1e-2), torch.full((64,), words)
    for _ in range(steps):
        ids, tags = grammar.sample(64, words)
        adam.zero_grad()
        nn.functional.cross_entropy(model(ids, lengths).flatten(0, 1), tags.flatten()).backward()
        adam.step()
    ids, tags = grammar.sample(2000, words)
    return (_logits(model.eval(), ids, torch.full((2000,), words)).argmax(-1) == tags).float().mean().item()
