"""Exercises 06.1 to 06.5: the usual mistakes, which test_exercises.py tries, and right answers of other kinds."""

import numpy as np
import pytest
import torch
from judging import judged, rejected, solution
from sklearn.metrics import confusion_matrix
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from utils.arrays.text import tokenise
from utils.course.exercises import lesson06_improve
from utils.data import imdb_sample
from utils.data.batching import pad
from utils.models.sentiment import load_sentiment

# 06.1 ----------------------------------------------------------------------------------------------------------------


def with_p(change):
    def safe_predict(text, sentiment):
        p, known = solution("06.1")(text, sentiment)
        return change(p), known

    return safe_predict


def with_known(share):
    def safe_predict(text, sentiment):
        p, _ = solution("06.1")(text, sentiment)
        return p, share(text, tokenise(text), sentiment.vocabulary)

    return safe_predict


def split(text, words, vocabulary):
    return np.mean([word in vocabulary for word in text.split()])


def only(error, message="Type a review, please."):
    """The right answer, but every refusal is of one kind."""

    def safe_predict(text, sentiment):
        if not isinstance(text, str) or not tokenise(text):
            raise error(message)
        return solution("06.1")(text, sentiment)

    return safe_predict


def of_str(text, sentiment):
    return solution("06.1")(str(text), sentiment)


def empty_is_even(text, sentiment):
    return (0.5, 0.0) if text == "" else solution("06.1")(text, sentiment)


def refuses_unknown(text, sentiment):
    p, known = solution("06.1")(text, sentiment)
    if not known:
        raise ValueError("There is no known word.")
    return p, known


def blank_only(text, sentiment):
    if not isinstance(text, str):
        raise TypeError("Type a text, please.")
    if not text.strip():
        raise ValueError("Type a word, please.")
    words = tokenise(text)
    return sentiment.predict(text) if words else 0, sum(word in sentiment.vocabulary for word in words) / len(words)


def silent(text, sentiment):
    if not isinstance(text, str):
        raise TypeError
    return solution("06.1")(text, sentiment)


def cut(text, sentiment):
    return solution("06.1")(text[:500] if isinstance(text, str) else text, sentiment)


def logit(text, sentiment):
    p, known = solution("06.1")(text, sentiment)
    return sentiment.model(*sentiment.encode(text))[0, 1].item(), known


def own_model(text, sentiment):
    return solution("06.1")(text, load_sentiment())


SAFE_MISTAKES = [
    (with_p(lambda p: 1 - p), "p is the probability that the text is negative"),
    (with_p(lambda p: 100 * p), "p is in percent"),
    (with_p(lambda p: int(p > 0.5)), "p is the label"),
    (with_p(lambda p: round(p, 2)), "p is rounded"),
    (with_p(lambda p: "good"), "should return numbers, and among them is 'good'"),
    (with_known(lambda text, words, v: np.mean([w not in v for w in words])), "the model does not know"),
    (with_known(lambda text, words, v: sum(w in v for w in words)), "known is a number of words"),
    (with_known(split), "leaves capitals and marks on the words"),
    (with_known(lambda text, words, v: split(text.lower(), words, v)), "text.lower().split() leaves marks"),
    (with_known(lambda text, words, v: np.mean([w in v for w in set(words)])), "each different word once"),
    (with_known(lambda text, words, v: np.mean([w in v.words for w in words])), "<pad> and <unk>, typed by someone"),
    (only(ValueError), "for None your function raises ValueError; for what is not a string it should be TypeError"),
    (only(TypeError), "for '' your function raises TypeError; for a text without words it should be ValueError"),
    (of_str, "str() turns None into the word None"),
    (empty_is_even, "for '' your function returns (0.5, 0.0)"),
    (blank_only, "for '<br /><br />' your function raises ZeroDivisionError"),
    (refuses_unknown, "for the text 'zzyxq blorf' your function raises ValueError"),
    (silent, "your TypeError carries no sentence"),
    (cut, "the model cuts it itself"),
    (logit, "p should be"),
    (own_model, "another model than the one passed"),
    (lambda text, sentiment: solution("06.1")(text, sentiment)[::-1], "have changed places"),
    (lambda text, sentiment: sentiment.predict(text), "should return two numbers"),
    (lambda text, sentiment: print(end=""), "returns nothing"),
]


# 06.2 ----------------------------------------------------------------------------------------------------------------


def network(read=None, layers=2, hidden=128, two=True, batch_first=True, out=256, embedding=64, after=lambda y: y):
    """A class like the solution's, with another way to read x (B, T, 64), or other sizes."""

    class LSTMClassifier(nn.Module):
        def __init__(self, vocab_size):
            super().__init__()
            self.embedding = nn.Embedding(vocab_size, embedding, padding_idx=0)
            self.lstm = nn.LSTM(embedding, hidden, layers, bidirectional=two, batch_first=batch_first)
            self.output = nn.Linear(out, 2)

        def forward(self, ids, lengths):
            return after(self.output((read or right)(self.lstm, self.embedding(ids), lengths)))

    return LSTMClassifier


def packed(lstm, x, lengths):
    out, states = lstm(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
    return pad_packed_sequence(out, batch_first=True)[0], states


def right(lstm, x, lengths):
    return torch.cat(tuple(packed(lstm, x, lengths)[1][0][-2:]), dim=-1)


def h_n(pick):
    return lambda lstm, x, lengths: pick(packed(lstm, x, lengths)[1][0])


def at_true_last(lstm, x, lengths):
    return packed(lstm, x, lengths)[0][torch.arange(len(x)), lengths - 1]


def padding_read(lstm, x, lengths):
    return torch.cat(tuple(lstm(x)[1][0][-2:]), dim=-1)


def swapped(lstm, x, lengths):
    return h_n(lambda h: torch.cat([h[-1], h[-2]], dim=-1))(lstm, x, lengths)


def one_by_one(lstm, x, lengths):
    return torch.cat([padding_read(lstm, row[None, :n], None) for row, n in zip(x, lengths)])


def sorted_only(lstm, x, lengths):
    return lstm(pack_padded_sequence(x, lengths, batch_first=True))[1][0][-1]


def pack_time_first(lstm, x, lengths):
    return lstm(pack_padded_sequence(x, lengths, enforce_sorted=False))[1][0][-1]


def frozen(lstm, x, lengths):
    with torch.no_grad():
        return right(lstm, x, lengths)


class Unused(network()):
    def __init__(self, vocab_size):
        super().__init__(vocab_size)
        self.spare = nn.Linear(3, 3)


class PaddingInTheLogits(network()):
    def forward(self, ids, lengths):
        return super().forward(ids, lengths) + ids.shape[1]


class Unregistered(network()):
    def __init__(self, vocab_size):
        super().__init__(vocab_size)
        del self.lstm
        self.lstm = [nn.LSTM(64, 128, 2, bidirectional=True)]


class NoLinear(network()):
    def forward(self, ids, lengths):
        return right(self.lstm, self.embedding(ids), lengths)[:, :2]


CLASSIFIER_MISTAKES = [
    (network(lambda lstm, x, _: lstm(x)[0][:, -1]), "the last column of output is padding"),
    (network(lambda lstm, x, n: packed(lstm, x, n)[0][:, -1]), "the last column of output is padding"),
    (network(at_true_last), "the backward half has read one word only"),
    (network(padding_read), "the LSTM reads the padding as if it were words"),
    (network(h_n(lambda h: h[-1]), out=128), "h_n[-1] is the backward direction alone"),
    (network(h_n(lambda h: h[-2]), out=128), "h_n[-2] is the forward direction alone"),
    (network(h_n(lambda h: torch.cat([h[0], h[1]], dim=-1))), "belong to the lower layer"),
    (network(h_n(lambda h: h[-2:].reshape(3, -1))), "view and reshape do not turn axes"),
    (network(h_n(lambda h: h.transpose(0, 1).reshape(3, -1)), out=512), "all four states of h_n are used"),
    (network(h_n(lambda h: h[-2] + h[-1]), out=128), "the two directions are added up"),
    (network(lambda lstm, x, n: torch.cat(tuple(packed(lstm, x, n)[1][1][-2:]), dim=-1)), "that is c_n, the memory"),
    (network(lambda lstm, x, n: lstm(x)[0].mean(1)), "that are not the two final states"),
    (network(lambda lstm, x, _: lstm(x)[0][:, -1], batch_first=False), "the LSTM takes reviews for time steps"),
    (network(sorted_only, out=128), "give pack_padded_sequence enforce_sorted=False"),
    (network(pack_time_first, out=128), "give pack_padded_sequence batch_first=True"),
    (network(out=128), "the linear layer was built for another width"),
    (network(after=lambda y: y.softmax(-1)), "already probabilities"),
    (network(after=lambda y: y.log_softmax(-1)), "already probabilities"),
    (network(after=lambda y: y[:, 1]), "should be a tensor (3, 2), and forward returns a tensor (3,)"),
    (network(after=lambda y: (y, y)), "and forward returns tuple"),
    (network(after=lambda y: None), "forward returns nothing"),
    (network(layers=1), "num_layers of your nn.LSTM is 1"),
    (network(two=False), "bidirectional of your nn.LSTM is False"),
    (network(hidden=64), "hidden_size of your nn.LSTM is 64"),
    (network(embedding=50), "embedding_dim of your nn.Embedding is 50"),
    (Unregistered, "there should be one nn.LSTM and 0 are found"),
    (NoLinear, "no nn.Linear is used"),
    (PaddingInTheLogits, "five more columns of padding change your logits"),
    (network(frozen), "no gradient reaches embedding.weight"),
    (Unused, "no gradient reaches spare.weight"),
    (network()(40), "pass the class LSTMClassifier itself"),
    (lambda vocab_size: "network", "should be an nn.Module"),
]


@pytest.mark.parametrize("answer", [network(swapped), network(one_by_one), network(batch_first=False)])
def test_other_ways_to_read_both_ends_are_right_too(answer):
    assert judged("06.2", answer)[0] == "Correct"


def test_a_class_whose_forward_is_still_to_be_written_is_not_tried_yet():
    class LSTMClassifier(network()):
        def forward(self, ids, lengths):
            raise NotImplementedError

    assert judged("06.2", LSTMClassifier)[0] == "Not tried yet"


# 06.3 ----------------------------------------------------------------------------------------------------------------


def matrix(truth, predicted):
    return confusion_matrix(truth, predicted, labels=[0, 1])


def fancy(truth, predicted):
    counts = np.zeros((2, 2))
    counts[truth, predicted] += 1
    return counts


CONFUSION_MISTAKES = [
    (lambda t, p: matrix(t, p).T, "rows and columns have changed places"),
    (lambda t, p: matrix(t, p)[::-1, ::-1], "the classes have changed places"),
    (lambda t, p: matrix(t, p).T[::-1, ::-1], "rows and classes are both turned"),
    (lambda t, p: matrix(t, p) / matrix(t, p).sum(1, keepdims=True), "each row is divided by its sum"),
    (lambda t, p: matrix(t, p) / matrix(t, p).sum(0), "each column is divided by its sum"),
    (lambda t, p: matrix(t, p) / len(t), "divided by the number of reviews"),
    (fancy, "adds 1 to each place once"),
    (lambda t, p: matrix(t, p) if t.any() else np.array([[len(t)]]), "there are still two classes"),
    (lambda t, p: matrix(t, p).ravel(), "should have shape (2, 2), and yours has (4,)"),
    (lambda t, p: matrix(t, p) + 1, "is the count, and yours is"),
    (lambda t, p: "four", "should return a 2 by 2 array"),
    (lambda t, p: None, "returns nothing"),
]


@pytest.mark.parametrize("form", [np.asarray, torch.as_tensor, np.ndarray.tolist])
def test_scikit_learns_matrix_is_right_in_any_form(form):
    assert judged("06.3", lambda t, p: form(matrix(t, p)))[0] == "Correct"


# 06.4 ----------------------------------------------------------------------------------------------------------------


def ranked(norm=lambda w: w.norm(dim=1), skip=2, shift=2, sign=-1):
    def top_norms(weight, words, k=5):
        order = np.argsort(sign * norm(weight.detach())[skip:].numpy())
        return [words[i + shift] for i in order[:k]]

    return top_norms


def three_at_most(weight, words, k=5):
    return ranked()(weight, words, min(k, 3))


NORM_MISTAKES = [
    (ranked(skip=0, shift=0), "<pad> and <unk> are not words"),
    (ranked(shift=0), "the words stand two places off"),
    (ranked(sign=1), "these are the shortest vectors"),
    (ranked(lambda w: w.sum(1)), "where minus cancels plus"),
    (ranked(lambda w: w.abs().amax(1)), "that is the largest number of each vector"),
    (ranked(lambda w: w.abs().sum(1)), "that is the sum of absolute values"),
    (lambda *given: ranked()(*given)[::-1], "their order is not: the longest comes first"),
    (three_at_most, "with k = 5 and 10 words there should be 5, not 3"),
    (lambda weight, words, k=5: list(range(k)), "should hold the words themselves"),
    (lambda weight, words, k=5: words[2 : 2 + k], "are the longest, and you name"),
    (lambda weight, words, k=5: "worst", "should return a list of words"),
    (lambda weight, words, k=5: None, "returns nothing"),
]


def test_squared_lengths_give_the_same_order():
    assert judged("06.4", ranked(lambda w: (w**2).sum(1)))[0] == "Correct"


# 06.5 ----------------------------------------------------------------------------------------------------------------


def same_again(train, validation, vocabulary):
    trainer = lesson06_improve.train_baseline(train, validation, vocabulary, seed=3)
    return lambda ids: trainer.predict(*pad(ids)).argmax(-1)


def looked_up(train, validation, vocabulary):
    """Someone who knows the file by heart."""
    corpus = imdb_sample()
    pairs = zip([*corpus.train.texts, *corpus.test.texts], [*corpus.train.labels, *corpus.test.labels])
    known = {tuple(vocabulary.encode(tokenise(text))): label for text, label in pairs}
    return lambda ids: [known.get(tuple(row), len(row) % 2) for row in ids]


def says(make):
    """An answer whose predict says make(a label of 0 or 1 for each review)."""
    return lambda train, validation, vocabulary: lambda ids: make(np.array([sum(row) % 2 for row in ids]))


def knows(change):
    """An answer that knows the hidden labels, to see what the check makes of them."""
    ids, labels = lesson06_improve.task().hidden
    known = {tuple(row): label for row, label in zip(ids, labels)}
    return lambda *given: lambda ids: change(np.array([known[tuple(row)] for row in ids]), ids)


def sorted_by_length(train, validation, vocabulary):
    return lambda ids: [sum(row) % 2 for row in sorted(ids, key=len)]


def never_the_same(train, validation, vocabulary):
    random = np.random.default_rng(0)
    return lambda ids: random.integers(0, 2, len(ids))


def validation_only(train, validation, vocabulary):
    return lambda ids: validation[1]


IMPROVE_MISTAKES = [
    (lambda *given: None, "improve returns nothing"),
    (lambda *given: nn.Linear(2, 2), "it returns the network itself"),
    (lambda *given: [0, 1], "it returns list"),
    (says(lambda y: None), "predict returns nothing"),
    (says(lambda y: np.ones_like(y)), "every hidden review is called 1"),
    (says(lambda y: y * 0.8), "a label is 0 or 1"),
    (says(lambda y: np.stack([y, 1 - y], axis=1)), "argmax(-1)"),
    (says(lambda y: y[:, None]), "predict should return 400 labels, and it gives (400, 1)"),
    (validation_only, "predict should return 400 labels, and it gives (100,)"),
    (sorted_by_length, "batches() sorts by length"),
    (never_the_same, "is dropout still on?"),
    (knows(lambda y, ids: 1 - y), "less than by guessing: 1 means positive"),
    (looked_up, "% are needed"),
]


def test_the_baseline_itself_is_not_two_points_better():
    assert "are needed" in rejected("06.5", same_again)


@pytest.mark.parametrize(("wrong", "status"), [(93, "Not yet"), (92, "Correct")])
def test_two_points_are_needed_and_enough(wrong, status, monkeypatch):
    monkeypatch.setattr(lesson06_improve, "baseline_accuracy", lambda: 0.75)  # 308 of 400 are needed
    ids = lesson06_improve.task().hidden[0]
    mistaken = {tuple(row) for row in ids[:wrong]}
    answer = knows(lambda y, ids: np.where([tuple(row) in mistaken for row in ids], 1 - y, y))
    assert judged("06.5", answer)[0] == status


def test_the_task_has_as_many_reviews_as_it_says_and_none_of_the_file():
    task = lesson06_improve.task()
    assert [len(part[0]) for part in (task.train, task.validation, task.hidden)] == [500, 100, 400]
    assert all(0.45 < part[1].mean() < 0.55 for part in (task.train, task.validation, task.hidden))
    texts = {tuple(task.vocabulary.encode(tokenise(text))) for text in imdb_sample().train.texts}
    assert np.mean([tuple(row) in texts for row in task.train[0]]) < 0.1


MISTAKES = {
    "06.1": SAFE_MISTAKES,
    "06.2": CLASSIFIER_MISTAKES,
    "06.3": CONFUSION_MISTAKES,
    "06.4": NORM_MISTAKES,
    "06.5": IMPROVE_MISTAKES,
}
