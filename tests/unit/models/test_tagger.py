"""The tagger reads the right way, is not moved by padding, and learns; sentences become tensors and tags again."""

import json
from functools import partial
from pathlib import Path

import pytest
import torch
from refused import refused
from torch import nn

from benchmarks.tagger import NAMES, markdown
from utils.cells.layer import RNN
from utils.data import Tagged, Treebank, ud_sample
from utils.data.tagging import parts
from utils.models.baselines import MostFrequent
from utils.models.tagger import DIRECTIONS, Tagger, accuracy, tag
from utils.text import Vocabulary
from utils.train import __main__ as train
from utils.train import tagger as recipes

RESULTS = Path(__file__).resolve().parents[3] / "data" / "measured" / "tagger.json"
IDS = torch.tensor([[2, 3, 4, 5, 6, 7], [8, 9, 2, 0, 0, 0]])
LENGTHS = torch.tensor([6, 3])
BANK = Tagged([["a", "b", "a"], ["b", "b"], ["a"]], [["DET", "NOUN", "DET"], ["VERB", "NOUN"], ["X"]])


def tagger(**options):
    torch.manual_seed(0)
    return Tagger(10, 4, embedding=5, hidden=6, **options).eval()


@pytest.mark.parametrize("directions", DIRECTIONS)
@pytest.mark.parametrize("rnn", ["rnn", "lstm", "gru", nn.LSTM])
def test_each_direction_sees_its_side_and_no_other(directions, rnn):
    model = tagger(directions=directions, rnn=rnn)
    x = torch.randn(1, 6, 5, requires_grad=True)
    seen = torch.stack([torch.autograd.grad(model.states(x, torch.tensor([6]))[0, t].sum(), x)[0][0].abs().sum(-1) > 0
                        for t in range(6)])  # fmt: skip
    whole = torch.ones(6, 6, dtype=torch.bool)
    assert seen.equal({"forward": whole.tril(), "backward": whole.triu(), "both": whole}[directions])


@pytest.mark.parametrize("directions", DIRECTIONS)
def test_padding_changes_nothing(directions):
    model = tagger(directions=directions)
    assert torch.allclose(model(IDS, LENGTHS)[1:, :3], model(IDS[1:, :3], LENGTHS[1:]), atol=1e-6)


@pytest.mark.parametrize("directions", DIRECTIONS)
@pytest.mark.parametrize("rnn", ["rnn", "lstm", "gru", nn.LSTM, partial(RNN, nonlinearity="relu")])
def test_what_stands_at_padding_reaches_no_gradient(rnn, directions):
    """Neither a vector that is no number, nor a state that would grow over a long padding."""
    model, lengths, gradients = tagger(rnn=rnn, directions=directions), torch.tensor([3]), []
    for name, weight in model.named_parameters():
        if name.endswith("U.weight") and isinstance(rnn, partial):
            nn.init.constant_(weight, 3.0)
    for content in (0.0, torch.nan):
        x = torch.ones(1, 320, 5)
        x[:, 3:] = content
        model.zero_grad()
        model.output(model.states(x.requires_grad_(), lengths))[:, :3].sum().backward()
        gradients.append([x.grad, *(weight.grad for weight in model.parameters() if weight.grad is not None)])
    for mine, want in zip(*gradients, strict=True):
        assert want.isfinite().all() and torch.equal(mine, want)


def test_both_is_the_two_readers_side_by_side_and_the_sum_their_sum():
    wide, narrow = tagger(), tagger(merge="sum")
    for name in ("embedding", "forward_rnn", "backward_rnn"):
        getattr(narrow, name).load_state_dict(getattr(wide, name).state_dict())
    x = wide.embed(IDS)
    pair = wide.states(x, LENGTHS)
    assert pair.shape == (2, 6, 12)
    assert torch.allclose(narrow.states(x, LENGTHS), pair[..., :6] + pair[..., 6:])
    assert wide.output.in_features == 12 and narrow.output.in_features == 6
    assert tagger(directions="forward", merge="concat").output.in_features == 6


def test_a_tagger_of_torchs_lstm_equals_the_bidirectional_module_on_packed_sentences():
    model = tagger(rnn=nn.LSTM)
    whole = nn.LSTM(5, 6, batch_first=True, bidirectional=True)
    ahead, back = model.forward_rnn.state_dict(), model.backward_rnn.state_dict()
    whole.load_state_dict(ahead | {f"{name}_reverse": value for name, value in back.items()})
    packed = nn.utils.rnn.pack_padded_sequence(model.embed(IDS), LENGTHS, batch_first=True)
    output, _ = nn.utils.rnn.pad_packed_sequence(whole(packed)[0], batch_first=True)
    states = model.states(model.embed(IDS), LENGTHS)
    for row, length in enumerate(LENGTHS):
        assert torch.allclose(states[row, :length], output[row, :length], atol=1e-6)


def test_parts_are_added_to_the_word_and_padding_has_none():
    model = tagger(endings=7)
    rows = torch.tensor([[[1, 7], [2, 0], [0, 0]]])
    ids = torch.tensor([[3, 1, 0]])
    x = model.embed(ids, rows)[0]
    E, P = model.embedding.weight, model.endings.weight
    assert torch.allclose(x[0], E[3] + P[1] + P[7]) and torch.allclose(x[1], E[1] + P[2])
    assert not x[2].any()


def test_word_dropout_reads_words_as_unknown_in_training_only():
    model = tagger(word_dropout=1.0)
    assert torch.equal(model.embed(IDS), model.embedding(IDS))
    model.train()
    assert torch.equal(model.embed(IDS), model.embedding((IDS > 0).long()))


@pytest.mark.refusal("models.tagger")
@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: Tagger(1, 4), "vocab_size must be at least 2, got 1."),
        (lambda: Tagger(10, 1), "tags must be at least 2, got 1."),
        (lambda: Tagger(10, 4, directions="up"), "directions must be one of 'forward', 'backward', 'both', got 'up'."),
        (lambda: Tagger(10, 4, merge="mean"), "merge must be one of 'concat', 'sum', got 'mean'."),
        (lambda: Tagger(10, 4, word_dropout=2), "word_dropout must be between 0 and 1, got 2."),
        (lambda: tagger()(IDS.float(), LENGTHS), "ids must be of type torch.int64"),
        (lambda: tagger()(IDS, LENGTHS + 1), "lengths must be from 1 to 6"),
        (lambda: tagger()(IDS + 5, LENGTHS), "Each id must be from 0 to 9;"),
        (lambda: tagger(endings=7)(IDS, LENGTHS), "This tagger needs the parts of the words."),
        (lambda: tagger()(IDS, LENGTHS, IDS[..., None]), "This tagger does not take the parts of the words."),
        (lambda: tagger(endings=7)(IDS, LENGTHS, IDS[..., None]), "Each part must be from 0 to 7;"),
        (lambda: parts("word", 0), "endings must be at least 1, got 0."),
        (lambda: tag(tagger(), Vocabulary(["a"]), ["a", "b"]), "Pass a list of sentences, each a list of words."),
        (lambda: tag(tagger(), Vocabulary(["a"]), []), "Pass a list of sentences, each a list of words."),
        (lambda: tag(tagger(), Vocabulary(["a"]), [["a"] * n for n in (3, 2, 0, 1)]), "Sentence 2 has no words;"),
        (lambda: accuracy(BANK.tags, BANK, lambda word: False), "There is no such word in these sentences;"),
    ],
)
def test_bad_input_gives_one_sentence(call, sentence):
    with refused((ValueError, TypeError)) as failure:
        call()
    assert str(failure.value).startswith(sentence)


# tagging -------------------------------------------------------------------------------------------------------------


def test_parts_know_endings_beginnings_and_capitals():
    assert parts("running", 10**6)[:4][2] == parts("sing", 10**6)[2]  # -ing
    assert parts("RUNNING", 10**6)[:7] == parts("running", 10**6)[:7]
    assert parts("Running", 10**6)[7] != parts("running", 10**6)[7]
    assert all(1 <= row <= 9 for row in parts("running", 9))


def test_the_baseline_takes_each_words_commonest_tag_and_for_new_words_that_of_words_seen_once():
    words = [["a", "a", "a", "b", "c", "d", "d", "e", "e"]]
    tags = [["DET", "DET", "X", "NOUN", "NOUN", "DET", "DET", "DET", "DET"]]
    assert MostFrequent(Tagged(words, tags)).tag([["a", "b", "new"]]) == [["DET", "NOUN", "NOUN"]]


def test_accuracy_counts_words_not_sentences():
    found = [["DET", "NOUN", "X"], ["X", "X"], ["X"]]
    assert accuracy(found, BANK) == 3 / 6
    assert accuracy(found, BANK, lambda word: word == "a") == 2 / 3


def test_tags_come_back_in_the_order_of_the_sentences():
    torch.manual_seed(0)
    model, vocabulary = Tagger(4, 17), Vocabulary(["a", "b"])
    together = tag(model, vocabulary, BANK.words)
    assert together == [tag(model, vocabulary, [words])[0] for words in BANK.words]
    assert list(map(len, together)) == [3, 2, 1]


def test_a_tagger_learns_the_sample():
    bank = ud_sample()
    quick = recipes.Recipe(epochs=8, batch=16, embedding=32, hidden=32, endings=500)
    (tagger,), result = recipes.run(quick, bank, progress=False)
    facts = result["runs"][0]
    assert facts["dev"]["accuracy"] > 0.95 and facts["test"]["unknown"] is None
    assert accuracy([tagger.tag(words) for words in bank.dev.words], bank.dev) == pytest.approx(
        facts["dev"]["accuracy"], abs=1e-5
    )


# the command ---------------------------------------------------------------------------------------------------------


def test_the_command_writes_what_it_measured(monkeypatch, tmp_path, capsys):
    bank = Treebank(train=BANK, dev=BANK, test=BANK, sample=True)
    monkeypatch.setattr(train, "ud_english", lambda: bank)
    out = tmp_path / "result.json"
    result = train.main(["tagger", "--recipe", "forward", "--seeds", "2", "--validate", "--quiet", "--out", str(out)])
    assert json.loads(out.read_text()) == result
    assert [one["seed"] for one in result["runs"]] == [0, 1] and "test" not in result["runs"][0]
    assert result["recurrent_parameters"] == 4 * (64 * 64 + 64 * 64 + 2 * 64)
    assert "Seed 1:" in capsys.readouterr().out


def test_the_wide_forward_reader_has_the_recurrent_weights_of_both_within_two_percent():
    size = {}
    for name in ("both", "forward, wide"):
        model = Tagger(10, 17, **recipes.RECIPES[name].options())
        found = [rnn for rnn in (model.forward_rnn, model.backward_rnn) if rnn is not None]
        size[name] = sum(weight.numel() for rnn in found for weight in rnn.parameters())
    assert size["forward, wide"] == pytest.approx(size["both"], rel=0.02)


# the committed results -----------------------------------------------------------------------------------------------


def test_the_committed_table_holds_what_the_lesson_says():
    result = json.loads(RESULTS.read_text(encoding="utf-8"))
    test = {name: result["recipes"][name]["median"]["test"] for name in NAMES}
    assert test["both, endings"]["accuracy"] >= 0.93
    assert result["recipes"]["both, endings"]["median"]["cpu_seconds"] <= 120
    assert test["both"]["accuracy"] > max(test[name]["accuracy"] for name in ("forward", "backward", "forward, wide"))
    assert test["backward"]["accuracy"] > test["forward"]["accuracy"]
    assert test["both, summed"]["accuracy"] >= test["both"]["accuracy"] - 0.002
    assert test["both, endings"]["unknown"] > test["both"]["unknown"] + 0.1
    assert markdown(result) in (RESULTS.parents[2] / "docs/results.md").read_text(encoding="utf-8")
