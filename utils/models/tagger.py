"""A network that gives every word of a sentence its tag, reading forward, backward, or both ways; and a trained one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from utils.cells.layer import mask, states_within
from utils.checks import integer, number, one_of, tensor
from utils.data.batching import LengthBuckets
from utils.data.sources import Tagged
from utils.data.tagging import encoded, padded
from utils.data.treebank import UPOS
from utils.machine import cpu
from utils.models.classifier import KINDS
from utils.models.saved import Trained, fill, read
from utils.text import HashedVocabulary, Vocabulary, vocabulary_of

DIRECTIONS = ("forward", "backward", "both")
MERGES = ("concat", "sum")


class Tagger(nn.Module):
    """Embedding, a recurrent layer in one or both directions, one linear map to the tags at every word.

    tags: how many there are. rnn: "rnn", "lstm" or "gru" of utils.cells.layer, or a class that is built like nn.LSTM.
    directions: at word t, "forward" has read the words 1 to t, "backward" the words T to t, "both" all of them.
    merge: of both directions, "concat" puts the two states side by side, "sum" adds them.
    endings: rows of a table for parts of words such as their endings, shared by a hash (see utils.text.parts);
    the vectors of a word's parts are added to its own. 0 leaves them out, and the word is all there is.
    dropout: of the vectors that go into the recurrent layer and of the states that come out of it.
    word_dropout: the share of words that are read as unknown (id 1) in training, so that the network learns what to
    do with a word that it has never met.
    Padding never changes the result: the backward direction starts at each sentence's true last word.
    Source: Schuster and Paliwal 1997; as a tagger, Plank, Sogaard and Goldberg 2016.
    """

    def __init__(
        self,
        vocab_size: int,
        tags: int,
        embedding: int = 64,
        hidden: int = 64,
        rnn: str | Callable = "lstm",
        directions: str = "both",
        merge: str = "concat",
        endings: int = 0,
        dropout: float = 0.0,
        word_dropout: float = 0.0,
    ):
        super().__init__()
        for name, value, least in (("vocab_size", vocab_size, 2), ("tags", tags, 2), ("embedding", embedding, 1)):
            integer(name, value, least)
        integer("hidden", hidden)
        self.word_dropout = number("word_dropout", word_dropout, 0, 1)
        one_of("directions", directions, DIRECTIONS)
        self.merge = one_of("merge", merge, MERGES)
        build = rnn if callable(rnn) else KINDS[one_of("rnn", rnn, list(KINDS))]
        self.embedding = nn.Embedding(vocab_size, embedding, padding_idx=0)
        self.endings = nn.Embedding(integer("endings", endings, 0) + 1, embedding, padding_idx=0) if endings else None
        with torch.no_grad():
            for table in (self.embedding, self.endings):
                if table is not None:
                    table.weight.mul_(0.1)  # torch's N(0, 1) drowns what few examples can teach a rare word
        self.forward_rnn = build(embedding, hidden, batch_first=True) if directions != "backward" else None
        self.backward_rnn = build(embedding, hidden, batch_first=True) if directions != "forward" else None
        self.dropout = nn.Dropout(number("dropout", dropout, 0, 1))
        self.output = nn.Linear(2 * hidden if (directions, merge) == ("both", "concat") else hidden, tags)

    def forward(self, ids: Tensor, lengths: Tensor, parts: Tensor | None = None) -> Tensor:
        """Logits (B, T, tags) of ids (B, T) int64 with true lengths (B,) int64, each from 1 to T.

        parts (B, T, P) int64: rows of the table of endings, 0 for none; wanted exactly when the tagger has one.
        What stands at padding has no meaning. Raises TypeError or ValueError for other shapes, types or numbers.
        """
        B, T = tensor("ids", ids, ("B", "T"), torch.int64).shape
        tensor("lengths", lengths, (B,), torch.int64)
        if (parts is None) != (self.endings is None):
            raise ValueError(f"This tagger {'needs' if parts is None else 'does not take'} the parts of the words.")
        if parts is not None:
            tensor("parts", parts, (B, T, "P"), torch.int64)
        if ids.device.type == "cpu":  # elsewhere a look at the values would make the device wait
            if lengths.min() < 1 or lengths.max() > T:
                raise ValueError(f"lengths must be from 1 to {T}, the columns of ids, got {lengths.tolist()}.")
            _within("id", ids, self.embedding)
            if parts is not None:
                _within("part", parts, self.endings)
        return self.output(self.dropout(self.states(self.dropout(self.embed(ids, parts)), lengths)))

    def embed(self, ids: Tensor, parts: Tensor | None = None) -> Tensor:
        """The vectors (B, T, embedding) of words: the word's own, and those of its parts added."""
        if self.training and self.word_dropout:
            ids = ids.masked_fill((torch.rand(ids.shape, device=ids.device) < self.word_dropout) & (ids > 0), 1)
        x = self.embedding(ids)
        return x if parts is None else x + self.endings(parts).sum(2)

    def states(self, x: Tensor, lengths: Tensor) -> Tensor:
        """What has been read at each word, (B, T, D), from the vectors x (B, T, embedding)."""
        real, found = mask(lengths, x.shape[1]), []  # (B, T), and for each direction (B, T, H)
        if self.forward_rnn is not None:
            found.append(states_within(self.forward_rnn, x, real))
        if self.backward_rnn is not None:
            found.append(states_within(self.backward_rnn, x, real, backward=True))
        return sum(found) if self.merge == "sum" else torch.cat(found, dim=-1)


def _within(name: str, values: Tensor, table: nn.Embedding) -> None:
    most = table.num_embeddings - 1
    if values.min() < 0 or values.max() > most:
        raise ValueError(f"Each {name} must be from 0 to {most}; encode the sentence as this tagger was trained.")


@torch.no_grad()
def tag(
    model: Tagger, vocabulary: Vocabulary | HashedVocabulary, sentences: Sequence[Sequence[str]]
) -> list[list[str]]:
    """The part of speech that the tagger gives each word, sentence by sentence."""
    if not len(sentences) or isinstance(sentences[0], str):
        raise ValueError("Pass a list of sentences, each a list of words.")
    endings = 0 if model.endings is None else model.endings.num_embeddings - 1
    device = model.embedding.weight.device
    model.eval()
    inputs, found = encoded(sentences, vocabulary, endings), {}
    with cpu(threads=1):
        for chosen in LengthBuckets([len(words) for words in sentences], 64):
            best = model(*(t.to(device) for t in padded([inputs[n] for n in chosen]))).argmax(-1).cpu()  # (B, T)
            for n, row in zip(chosen, best.tolist()):
                found[n] = [UPOS[number] for number in row[: len(sentences[n])]]
    return [found[n] for n in range(len(sentences))]


def accuracy(found: Sequence[Sequence[str]], tagged: Tagged, where=lambda word: True) -> float:
    """The share of words with the right tag, among the words for which `where` is true. Raises ValueError."""
    if [len(tags) for tags in found] != [len(tags) for tags in tagged.tags]:
        raise ValueError("found must hold one tag for each word of these sentences; make it with tag.")
    right = [
        mine == true
        for words, mine_all, true_all in zip(tagged.words, found, tagged.tags)
        for word, mine, true in zip(words, mine_all, true_all)
        if where(word)
    ]
    if not right:
        raise ValueError("There is no such word in these sentences; let `where` be true for one.")
    return sum(right) / len(right)


class SentenceTagger(Trained):
    """A tagger and the words it knows: from a sentence to its parts of speech, and to a file and back.

    options: the arguments of the Tagger after vocab_size and tags. facts: how it was made and how well it does.
    """

    TASK = "tagger"

    def __init__(
        self, model: Tagger, vocabulary: Vocabulary | HashedVocabulary, options: dict, facts: dict | None = None
    ):
        super().__init__(model, options, facts)
        self.vocabulary = vocabulary

    def tag(self, words: Sequence[str]) -> list[str]:
        """The part of speech of each word of a sentence. Raises TypeError or ValueError when there is no word."""
        return tag(self.model, self.vocabulary, [words])[0]

    def _needed(self) -> dict:
        known = self.vocabulary.hashes if isinstance(self.vocabulary, HashedVocabulary) else self.vocabulary.words[2:]
        return {"words": known, "tags": list(UPOS)}


def load_tagger(path: Path | str) -> SentenceTagger:
    """Read what `SentenceTagger.save` wrote. Raises FileNotFoundError, or ValueError for another or a damaged file."""
    arrays, facts, (options, words, tags) = read(path, SentenceTagger, ("options", "words", "tags"))
    vocabulary = vocabulary_of(words)
    return SentenceTagger(fill(Tagger(len(vocabulary), len(tags), **options), arrays), vocabulary, options, facts)
