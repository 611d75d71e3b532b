"""Parts of speech: sentences as tensors for a tagger, the tags it gives, and the baseline beside it."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

from utils.arrays.text import Vocabulary
from utils.corpora import UPOS, Tagged
from utils.devices import cpu
from utils.errors import shown, whole
from utils.tagger import Tagger
from utils.text import LengthBuckets, pad
from utils.training import LEFT_OUT


def parts(word: str, endings: int) -> list[int]:
    """Eight rows of a table of `endings` rows: the word's last 1 to 4 letters, its first 1 to 3, and its shape.

    The shape says whether it begins with a capital and which kinds of marks it holds. Different parts may share a row.
    """
    whole("endings", endings)
    if not isinstance(word, str):
        raise TypeError(f"word must be a string, got {shown(word)}.")
    small = word.lower()
    kinds = {"A" if c.isupper() else "a" if c.islower() else "9" if c.isdigit() else c for c in word}
    found = [f"-{small[-n:]}" for n in (1, 2, 3, 4)] + [f"{small[:n]}-" for n in (1, 2, 3)]
    found.append(f"{word[:1].isupper()} {''.join(sorted(kinds))}")
    return [zlib.crc32(part.encode()) % endings + 1 for part in found]  # unlike hash(), the same in every process


def batches(
    tagged: Tagged,
    vocabulary: Vocabulary,
    endings: int = 0,
    batch_size: int = 32,
    generator: torch.Generator | None = None,
) -> DataLoader:
    """A DataLoader of (ids (B, T), lengths (B,), targets (B, T)); with endings, parts (B, T, 8) stand before targets.

    Sentences of similar length come together. Targets are numbers in UPOS, and -100 at padding.
    generator: shuffles for training; leave it out for evaluation.
    """
    if unknown := {tag for tags in tagged.tags for tag in tags} - set(UPOS):
        raise ValueError(f"{min(unknown)!r} is no part of speech; take one of {', '.join(UPOS)}.")
    inputs = _encoded(tagged.words, vocabulary, endings)
    number = {tag: n for n, tag in enumerate(UPOS)}
    targets = [torch.tensor([number[tag] for tag in tags]) for tags in tagged.tags]
    sampler = LengthBuckets([len(words) for words in tagged.words], batch_size, generator)

    def collate(chosen: list[int]):
        target = pad_sequence([targets[n] for n in chosen], batch_first=True, padding_value=LEFT_OUT)
        return *_padded([inputs[n] for n in chosen]), target

    return DataLoader(range(len(tagged)), batch_sampler=sampler, collate_fn=collate)


@torch.no_grad()
def tag(model: Tagger, vocabulary: Vocabulary, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
    """The part of speech that the tagger gives each word, sentence by sentence."""
    if not len(sentences) or isinstance(sentences[0], str):
        raise ValueError("Pass a list of sentences, each a list of words.")
    endings = 0 if model.endings is None else model.endings.num_embeddings - 1
    device = model.embedding.weight.device
    model.eval()
    inputs, found = _encoded(sentences, vocabulary, endings), {}
    with cpu(threads=1):
        for chosen in LengthBuckets([len(words) for words in sentences], 64):
            best = model(*(t.to(device) for t in _padded([inputs[n] for n in chosen]))).argmax(-1).cpu()  # (B, T)
            for n, row in zip(chosen, best.tolist()):
                found[n] = [UPOS[number] for number in row[: len(sentences[n])]]
    return [found[n] for n in range(len(sentences))]


class MostFrequent:
    """The baseline without any context: each word gets the tag that it has most often in training.

    A word that training does not know gets the most frequent tag of the words that stand there only once.
    """

    def __init__(self, train: Tagged):
        counts = defaultdict(Counter)
        for words, tags in zip(train.words, train.tags):
            for word, its_tag in zip(words, tags):
                counts[word][its_tag] += 1
        if not counts:
            raise ValueError("There are no words to count; pass at least one sentence.")
        once = Counter(next(iter(tags)) for tags in counts.values() if tags.total() == 1)
        self.unknown = (once or sum(counts.values(), Counter())).most_common(1)[0][0]
        self.best = {word: tags.most_common(1)[0][0] for word, tags in counts.items()}

    def tag(self, sentences: Iterable[Sequence[str]]) -> list[list[str]]:
        """The tag of each word."""
        return [[self.best.get(word, self.unknown) for word in words] for words in sentences]


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


def _encoded(sentences: Sequence[Sequence[str]], vocabulary: Vocabulary, endings: int) -> list[tuple]:
    """For each sentence (ids (T,),), or with endings (ids (T,), parts (T, 8))."""
    ids = [torch.tensor(vocabulary.encode(words)) for words in sentences]
    if not endings:
        return [(row,) for row in ids]
    rows = {word: parts(word, endings) for words in sentences for word in words}
    return list(zip(ids, (torch.tensor([rows[word] for word in words]) for words in sentences)))


def _padded(inputs: Sequence[tuple]) -> tuple[torch.Tensor, ...]:
    """One batch (ids (B, T), lengths (B,)), or with endings (ids, lengths, parts (B, T, 8))."""
    ids, *rest = zip(*inputs)
    return *pad(ids), *(pad_sequence(parts, batch_first=True) for parts in rest)
