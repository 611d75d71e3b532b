"""Exercise 07.1: a classifier around torch's nn.LSTM that reads its states at the true ends."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from utils.course.exercises.answers import close
from utils.course.exercises.base import NotYet, register, something

WORDS = 40
LENGTHS = torch.tensor([3, 6, 4])  # (B,): not sorted, and shorter than T = 7 columns
LSTM_SIZES = {"input_size": 64, "hidden_size": 128, "num_layers": 2, "bidirectional": True}
LAYERS = {nn.Embedding: {"num_embeddings": WORDS, "embedding_dim": 64}, nn.LSTM: LSTM_SIZES}
RUNTIME_ERRORS = {  # part of torch's message: what it means here
    "enforce_sorted": "the reviews come in any order: give pack_padded_sequence enforce_sorted=False.",
    "exceeds dimension": "ids are (B, T, ...): give pack_padded_sequence batch_first=True.",
    "mat1 and mat2": "the linear layer was built for another width: two states of 128 side by side are 256 numbers.",
}


@register("07.1", title="A bidirectional classifier with torch's LSTM", minutes=15, difficulty="medium",
          answer="LSTMClassifier", hints=(
    "Three layers: nn.Embedding(vocab_size, 64, padding_idx=0), nn.LSTM with all its options, nn.Linear(256, 2).",
    "pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False) keeps padding from the LSTM; "
    "with it, h_n holds each direction's state at its own true end.",
    "h_n is (4, B, 128), the upper layer last: forward is h_n[-2], backward h_n[-1]. Join them with dim=-1 and "
    "pass them through the linear layer. No softmax: the loss takes logits.",
))  # fmt: skip
def check_classifier(answer) -> str:
    """Look at the layers, at what the linear layer is given, at padding, and at gradients; name the usual mistakes."""
    if isinstance(answer, nn.Module):
        raise NotYet("you passed a network: pass the class LSTMClassifier itself; the check builds one.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(6)
        model = answer(WORDS)
        if not isinstance(model, nn.Module):
            raise NotYet(f"LSTMClassifier({WORDS}) should be an nn.Module, and it is {model!r}.")
        embedding, lstm = _layers(model.eval())
        ids = torch.randint(2, WORDS, (3, 7)) * (torch.arange(7) < LENGTHS[:, None])  # (B, T), 0 is padding
    given = {}  # what each layer was called with, the first time

    def note(layer, inputs):
        given.setdefault(type(layer), inputs[0])  # and no return: what a hook returns replaces the input

    for layer in model.modules():
        if isinstance(layer, (nn.LSTM, nn.Linear)):
            layer.register_forward_pre_hook(note)
    try:
        logits = model(ids, LENGTHS)
    except RuntimeError as failure:
        for part, sentence in RUNTIME_ERRORS.items():
            if part in str(failure):
                raise NotYet(f"{sentence} (torch says: {failure})") from None
        raise
    _two_logits(logits)
    if nn.Linear not in given:
        raise NotYet("no nn.Linear is used: one should make the two logits, nn.Linear(256, 2).")
    read = given.get(nn.LSTM)
    if isinstance(read, Tensor) and read.shape[:2] == ids.shape and not lstm.batch_first:
        raise NotYet("the LSTM takes reviews for time steps: build it with batch_first=True.")
    _final_states(given[nn.Linear], embedding(ids), lstm)
    if not close(model(nn.functional.pad(ids, (0, 5)), LENGTHS), logits, 1e-5):
        raise NotYet("five more columns of padding change your logits: use the true lengths.")
    if logits.requires_grad:
        nn.functional.cross_entropy(logits, torch.tensor([0, 1, 0])).backward()
    for name, weight in model.named_parameters():
        if weight.grad is None or not weight.grad.any():
            raise NotYet(f"no gradient reaches {name}: look for no_grad, detach, or a layer that is not used.")
    return "padding changes nothing, each direction is read at its own end, and every weight can learn."


def _layers(model: nn.Module) -> list[nn.Module]:
    """The embedding and the LSTM of the sizes asked for."""
    found = []
    for kind, sizes in LAYERS.items():
        layers = [layer for layer in model.modules() if isinstance(layer, kind)]
        if len(layers) != 1:
            raise NotYet(
                f"there should be one nn.{kind.__name__} and {len(layers)} are found; make it in __init__ and keep it "
                "as an attribute, self.name = ..."
            )
        for size, want in sizes.items():
            if (got := getattr(layers[0], size)) != want:
                raise NotYet(f"{size} of your nn.{kind.__name__} is {got}, and {want} is asked for.")
        found += layers
    return found


def _two_logits(logits) -> None:
    something("forward", logits, "`return` and the logits")
    if not isinstance(logits, Tensor) or logits.shape != (3, 2):
        got = f"a tensor {tuple(logits.shape)}" if isinstance(logits, Tensor) else type(logits).__name__
        raise NotYet(f"for three reviews the logits should be a tensor (3, 2), and forward returns {got}.")
    for values in (logits, logits.exp()):
        if close(values.sum(1), [1, 1, 1], 1e-5) and values.min() >= 0:
            raise NotYet("your outputs are already probabilities: leave softmax out, cross_entropy contains it.")


def _final_states(features: Tensor, x: Tensor, lstm: nn.LSTM) -> None:
    """NotYet unless `features` are the two final states of the upper layer on x (B, T, 64), side by side."""
    as_pack = nn.LSTM(**LSTM_SIZES, batch_first=True, dtype=x.dtype).eval()
    as_pack.load_state_dict(lstm.state_dict())
    packed, (h, c) = as_pack(pack_padded_sequence(x, LENGTHS, batch_first=True, enforce_sorted=False))
    out = pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])[0]  # (B, T, 256)
    out_padded, (h_padded, c_padded) = as_pack(x)  # with the padding read as words

    def ends(states: Tensor) -> Tensor:
        return torch.cat([states[-2], states[-1]], dim=-1)

    def found(*states: Tensor) -> bool:
        return any(close(features, one, 1e-5) for one in states)

    if found(ends(h), ends(h[-2:].flip(0))):  # which half comes first does not matter
        return
    last = torch.arange(3), LENGTHS - 1
    for sentence, states in {
        "the last column of output is padding for all but the longest review: h_n holds the states at the true ends.": (
            out[:, -1], out_padded[:, -1], out[:, int(LENGTHS.max()) - 1],
        ),
        "at the last word the backward half has read one word only: it ends at the FIRST word. h_n has both ends.": (
            out[last], out_padded[last],
        ),
        "the LSTM reads the padding as if it were words: pack the sequences first.": (
            ends(h_padded), ends(h_padded[-2:].flip(0)), ends(c_padded),
        ),
        "h_n[-1] is the backward direction alone: put the forward one, h_n[-2], beside it.": (h[-1], h_padded[-1]),
        "h_n[-2] is the forward direction alone: put the backward one, h_n[-1], beside it.": (h[-2], h_padded[-2]),
        "h_n[0] and h_n[1] belong to the lower layer: the upper one stands last.": (ends(h[:2]), ends(h_padded[:2])),
        "that is c_n, the memory: read what the cell shows, h_n.": (ends(c),),
        "view and reshape do not turn axes: h_n is (4, B, 128), and yours mixes the reviews. Use torch.cat.": (
            h[-2:].reshape(3, -1), h.reshape(3, -1),
        ),
        "all four states of h_n are used: only the upper layer's two are asked for.": (h.transpose(0, 1).flatten(1),),
        "the two directions are added up: put them side by side, torch.cat(..., dim=-1).": (h[-2] + h[-1],),
    }.items():  # fmt: skip
        if found(*states):
            raise NotYet(sentence)
    raise NotYet(
        f"the linear layer is given {tuple(features.shape)} numbers that are not the two final states: it should be "
        "torch.cat([h_n[-2], h_n[-1]], dim=-1), (B, 256), of the packed reviews."
    )
