"""Exercises 05.1 and 05.2: a tagger that reads one way or both, the summary vector of a sentence."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from utils.course.exercises.base import NotYet, register
from utils.data import grammar

# 05.1 ----------------------------------------------------------------------------------------------------------------

B, T, WORDS, TAGS, HIDDEN = 3, 6, 9, 5, 8
LENGTHS = torch.tensor([3, T, 4])  # not sorted, as in life


@register(
    "05.1",
    title="A tagger that reads one way or both",
    minutes=12,
    difficulty="medium",
    answer="WordTagger",
    hints=(
        "Three modules: nn.Embedding, nn.LSTM with batch_first=True and bidirectional=bidirectional, nn.Linear to the "
        "tags. The Linear reads hidden numbers, or 2 * hidden when there are two directions.",
        "The Linear acts on the last axis, so it takes the whole output (B, T, D) at once: one row of logits a word.",
        "Padding: pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False) before the LSTM, and "
        "pad_packed_sequence(output, batch_first=True, total_length=ids.shape[1]) after it.",
    ),
)
def check_word_tagger(answer) -> str:
    """Look at shapes, at what each word's logits depend on, at padding; then train it on the grammar for a second."""
    with torch.random.fork_rng(devices=[]):
        for bidirectional in (True, False):
            torch.manual_seed(0)
            model = answer(WORDS, TAGS, HIDDEN, bidirectional=bidirectional)
            if not isinstance(model, nn.Module):
                raise NotYet("because WordTagger should be a class that inherits from nn.Module.")
            _check_reading(model.eval(), bidirectional)
        both, forward = (_learned(answer, bidirectional) for bidirectional in (True, False))
    if both < 0.99:
        raise NotYet(
            f"because after 150 steps of training your tagger gets {both:.1%} of the grammar's words right, where one "
            "that reads both ways gets all of them. Does every weight learn, and does the Linear see both halves?"
        )
    limit = grammar.limit("forward")
    if not limit - 0.03 < forward < limit + 0.01:
        raise NotYet(f"because with bidirectional=False it gets {forward:.1%} right, and its limit is {limit:.1%}.")
    return (
        "both ways it gets at least 99 % of the grammar's words right; forward only it ends at that reader's limit, "
        f"{limit:.1%}."
    )


def _check_reading(model: nn.Module, bidirectional: bool) -> None:
    ids = torch.arange(B * T).reshape(B, T) % (WORDS - 2) + 2
    full = torch.full((B,), T)
    _check_logits(_logits(model, ids, full))
    seen, others = torch.zeros(T, T, dtype=torch.bool), False  # seen[t, s]: word s moves the logits of word t
    for s in range(T):
        other = ids.clone()
        other[0, s] = 1
        moved = (_logits(model, ids, full) - _logits(model, other, full)).abs().amax(-1) > 0  # (B, T)
        seen[:, s], others = moved[0], others or bool(moved[1:].any())
    if others:
        raise NotYet(
            "because one sentence changes the tags of another: nn.LSTM takes (T, B, ...) unless batch_first=True."
        )
    past, future = seen.tril(-1), seen.triu(1)
    way = f"with bidirectional={bidirectional}"
    if not past.any() and not future.any():
        raise NotYet(f"because {way} each word sees itself alone: the states of the LSTM do not reach the logits.")
    if not bidirectional:
        if future.any():
            raise NotYet(
                f"because {way} the logits of a word still depend on later words: pass bidirectional to nn.LSTM."
            )
    elif not future.any():
        raise NotYet(f"because {way} no word sees a later word: pass bidirectional to nn.LSTM.")
    elif not past.any():
        raise NotYet(f"because {way} no word sees an earlier word: the forward half does not reach the logits.")
    missing = (~seen if bidirectional else ~seen & torch.ones(T, T).tril().bool()).nonzero()
    if len(missing):
        t, s = (missing[0] + 1).tolist()
        raise NotYet(
            f"because {way} the logits of word {t} do not see word {s}. If you turn a sentence round for the backward "
            "reader, turn its states round again before you join them."
        )
    together = _logits(model, ids, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = _logits(model, ids[row : row + 1, :length], LENGTHS[row : row + 1])
        if not torch.allclose(together[row, :length], alone[0], atol=1e-5):
            raise NotYet(
                f"because {way} a sentence of {length} words gets other logits when padding stands behind it: the "
                "backward reader has to begin at the true last word. Use lengths."
            )


def _logits(model: nn.Module, ids: Tensor, lengths: Tensor) -> Tensor:
    with torch.no_grad():
        return model(ids, lengths)


def _check_logits(found) -> None:
    if found is None:
        raise NotYet("because forward returns nothing: end it with `return` and the logits.")
    if not isinstance(found, Tensor):
        raise NotYet(f"because forward should return one tensor of logits, and it returns a {type(found).__name__}.")
    if found.shape == (B, TAGS):
        raise NotYet(
            "because there is one row of logits for each sentence: a tagger needs one for each word, (B, T, tags)."
        )
    if found.shape != (B, T, TAGS):
        raise NotYet(
            f"because the logits should have shape (B, T, tags) = {(B, T, TAGS)}, and yours have {tuple(found.shape)}."
        )
    sums = found.exp().sum(-1) if (found <= 0).all() else found.sum(-1)
    if torch.allclose(sums, torch.ones(B, T), atol=1e-4):
        raise NotYet("because forward returns probabilities: return the logits, cross_entropy does the softmax itself.")


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


# 05.2 ----------------------------------------------------------------------------------------------------------------


def _rows(output: Tensor) -> Tensor:
    return torch.arange(len(output))


def _ends(output, lengths):
    H = output.shape[-1] // 2
    return torch.cat([output[_rows(output), lengths - 1, :H], output[:, 0, H:]], dim=-1)


def _halves(forward_half, backward_half):
    """A wrong answer from where it takes each half: functions of (output, lengths)."""
    return lambda output, lengths: torch.cat([forward_half(output, lengths), backward_half(output, lengths)], dim=-1)


def _H(output):
    return output.shape[-1] // 2


SUMMARY_MISTAKES = {
    "that is the last column: for a short sentence it is padding, and the backward half has read nothing else there.": (
        lambda output, lengths: output[:, -1]
    ),
    "the backward half at the last word has read that word alone: it is complete at the first.": (
        lambda output, lengths: output[_rows(output), lengths - 1]
    ),
    "the forward half at the first word has read that word alone: it is complete at the last.": (
        lambda output, lengths: output[:, 0]
    ),
    "the forward half is taken from the last column, which is padding for a short sentence: use lengths.": _halves(
        lambda output, lengths: output[:, -1, : _H(output)], lambda output, lengths: output[:, 0, _H(output) :]
    ),
    "each half is taken where the other one is complete: the forward half stands first in output.": (
        _halves(
            lambda output, lengths: output[:, 0, : _H(output)],
            lambda output, lengths: output[_rows(output), lengths - 1, _H(output) :],
        )
    ),
    "the halves have changed places: forward first, then backward.": lambda output, lengths: _ends(
        output, lengths
    ).roll(_H(output), -1),
    "word number n stands at place n - 1: your forward half is one column late.": _halves(
        lambda output, lengths: output[_rows(output), lengths.clamp(max=output.shape[1] - 1), : _H(output)],
        lambda output, lengths: output[:, 0, _H(output) :],
    ),
    "that is the mean over all columns, padding among them; here two of the states are wanted.": (
        lambda output, lengths: output.mean(1)
    ),
    "the forward half of every sentence is taken at the end of the first one: each has its own length.": _halves(
        lambda output, lengths: output[:, lengths[0] - 1, : _H(output)],
        lambda output, lengths: output[:, 0, _H(output) :],
    ),
}


@register(
    "05.2",
    title="The summary vector of a sentence",
    minutes=6,
    difficulty="medium",
    answer="summary",
    hints=(
        "Which half is complete where? Forward has read everything at the last word, backward at the first.",
        "The first H numbers of a state are the forward half: output[..., :H], with H = output.shape[-1] // 2.",
        "Each sentence ends elsewhere: output[torch.arange(B), lengths - 1] takes one row from each.",
    ),
)
def check_summary(answer) -> str:
    """Compare on random states with the two complete halves; name the usual mistakes."""
    for seed, (size, steps, H) in enumerate(((4, 6, 3), (1, 1, 2), (3, 5, 5))):
        generator = torch.Generator().manual_seed(seed)
        output = torch.randn(size, steps, 2 * H, generator=generator)
        lengths = torch.tensor([steps - 2, steps, 2, steps - 1][:size]).clamp(min=1)
        try:
            mine = answer(output.clone(), lengths.clone())
        except IndexError as failure:
            raise NotYet(f"because {failure}; the last word of a sentence stands at place lengths - 1.") from None
        if mine is None:
            raise NotYet("because summary returns nothing: end it with `return` and the vectors.")
        if not isinstance(mine, Tensor) or mine.shape != (size, 2 * H):
            shape = tuple(mine.shape) if isinstance(mine, Tensor) else type(mine).__name__
            raise NotYet(f"because summary should return a tensor (B, 2H) = {(size, 2 * H)}, and yours is {shape}.")
        right = _ends(output, lengths)
        if torch.allclose(mine, right):
            continue
        for sentence, mistake in SUMMARY_MISTAKES.items():
            if torch.allclose(mine, mistake(output, lengths)):
                raise NotYet(f"because {sentence}")
        half = "forward" if not torch.allclose(mine[:, :H], right[:, :H]) else "backward"
        raise NotYet(f"because the {half} half is not the state that has read its whole sentence.")
    return "both halves have read their whole sentence, however long the padding behind it."
