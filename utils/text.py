"""From text to numbers: words, the vocabulary that counts them off, and how a long text is cut."""

from __future__ import annotations

import operator
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence

from utils.checks import integer, number, short_repr

PAD, UNK = "<pad>", "<unk>"  # ids 0 and 1

# The rules of torchtext's "basic_english", in its order. Replacing plain strings one after the other
# is several times faster than one regular expression, and gives the same words.
_RULES = (
    ("'", " '  "), ('"', ""), (".", " . "), ("<br />", " "), (",", " , "), ("(", " ( "), (")", " ) "),
    ("!", " ! "), ("?", " ? "), (";", " "), (":", " "),
)  # fmt: skip

# What phones, word processors and typesetters put in the place of plain characters, and marks that nobody sees.
_PLAIN = {
    **dict.fromkeys(map(ord, "‘’‚‛′‹›´ʹʼ"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»〝〞"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–−"), "-"),
    ord("…"): "...",
    **dict.fromkeys(map(ord, "\r\x85\u2028\u2029"), "\n"),
    **dict.fromkeys([0x09, 0x0B, 0x0C, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([0xAD, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)]),
    **dict.fromkeys(range(0xFE00, 0xFE10)),  # how the character before it is to be drawn
    **{i: unicodedata.normalize("NFKC", chr(i)) for i in (*range(0xFB00, 0xFB07), *range(0xFF01, 0xFF5F))},  # ﬁ, Ａ
}
_DASH = re.compile(" *[—―] *")  # stands between words, often without a blank
_WORD = re.compile(
    r"""
    (?:https?://|www\.)\S+ | [\w.+-]{1,64}@[\w.-]{1,64}\.\w+     # addresses
  | (?:[^\W\d_]\.){2,} | (?:mr|mrs|ms|dr|st|jr|vs|etc)\.       # U.S., Mr.
  | \d+(?:[.,:/]\d+)*(?:(?:st|nd|rd|th)\b)?                   # 3.5, 10:30, 9/11, 20th
  | [^\W\d_]+?(?=n't\b) | n't\b | '(?:s|m|d|re|ve|ll)\b       # do n't, she 's
  | can(?=not\b) | [^\W\d_][^\W_]*
  | [:;]-?[()] | [-.!?*=_#$]{2,} | \S                         # :-), ...; any other mark by itself
    """,
    re.VERBOSE | re.IGNORECASE,
)


def plain(text: str) -> str:
    """`text` as a keyboard of ASCII would have typed it, as far as that has a way.

    Typographic quotes, apostrophes and dashes, dots, blanks of all widths, ends of lines, full-width letters and
    ligatures become the plain ones, invisible marks go, and a letter and its accent become one character (Unicode's
    NFC). Printable ASCII and all else stays. It belongs at the doors where people type or paste. `tokenise` does not do
    it: its words are those of "basic_english", and what the models have learned from the archive's text would change.
    Raises TypeError when `text` is not a string.

    >>> print(plain("It wasn’t “good”…"))
    It wasn't "good"...
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, got {short_repr(text)}.")
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").translate(_PLAIN)
    return _DASH.sub(
        " - ", unicodedata.normalize("NFC", text)
    )  # again: nothing stands between an accent and its letter


def tokenise(text: str) -> list[str]:
    """The words and marks of `text`, in lower case: "Don't go!" gives ["don", "'", "t", "go", "!"].

    Raises TypeError when `text` is not a string. A text without words gives an empty list.

    >>> tokenise("Not bad, at all.")
    ['not', 'bad', ',', 'at', 'all', '.']
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, got {short_repr(text)}.")
    text = text.lower()
    for old, new in _RULES:
        text = text.replace(old, new)
    return text.split()


def words_and_marks(text: str) -> list[str]:
    """The words and marks of `text` as the treebank EWT writes them: "I don't." gives ["I", "do", "n't", "."].

    Capitals stay. Blanks part words; n't, 's, 'm, 'd, 're, 've, 'll and the not of cannot are words of their own. Each
    mark stands alone, a hyphen too, but for rows such as ... and !!, smileys, what stands in a number such as 3.5 or
    10:30, the points of U.S. and Mr., and addresses. So 98% of the words of the treebank's dev part come out as they
    stand there. Raises TypeError when `text` is not a string.

    >>> words_and_marks("She cannot have 3.5 well-known cats, can't she?")
    ['She', 'can', 'not', 'have', '3.5', 'well', '-', 'known', 'cats', ',', 'ca', "n't", 'she', '?']
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a string, got {short_repr(text)}.")
    return _WORD.findall(text)


def parts(word: str, endings: int) -> list[int]:
    """Eight rows of a table of `endings` rows: the word's last 1 to 4 letters, its first 1 to 3, and its shape.

    The shape says whether it begins with a capital and which kinds of marks it holds. Different parts may share a row.
    """
    integer("endings", endings)
    if not isinstance(word, str):
        raise TypeError(f"word must be a string, got {short_repr(word)}.")
    small = word.lower()
    kinds = {"A" if c.isupper() else "a" if c.islower() else "9" if c.isdigit() else c for c in word}
    found = [f"-{small[-n:]}" for n in (1, 2, 3, 4)] + [f"{small[:n]}-" for n in (1, 2, 3)]
    found.append(f"{word[:1].isupper()} {''.join(sorted(kinds))}")
    return [_hash(part) % endings + 1 for part in found]


def _hash(word: str) -> int:
    """A number from 0 to 2^32 - 1; unlike hash(), the same in every process."""
    return zlib.crc32(word.encode(errors="surrogatepass"))


class Vocabulary:
    """Words and their ids: 0 is padding, 1 any word that is not in the list, 2 the first word, and so on."""

    def __init__(self, words: Sequence[str]):
        """words: the words of ids 2, 3, ...; each once. Raises TypeError or ValueError."""
        if (
            isinstance(words, str)
            or not isinstance(words, Iterable)
            or not all(isinstance(word, str) for word in words)
        ):
            raise TypeError("words must be a list of strings.")
        if len(set(words)) < len(words) or {PAD, UNK} & set(words):
            raise ValueError(f"Each word may stand once in words, and {PAD} and {UNK} are added by themselves.")
        self.words = [PAD, UNK, *words]
        # "<pad>" in someone's text is an unknown word, not padding, so the two marks are not looked up
        self._ids = {word: i for i, word in enumerate(words, start=2)}

    @classmethod
    def build(cls, texts: Iterable[Sequence[str]], max_size: int = 20_000) -> Vocabulary:
        """The most frequent words of `texts` (lists of words), `max_size` ids in all, the two marks among them.

        Words that are equally frequent go in alphabetical order, so the same texts give the same ids.

        >>> Vocabulary.build([["a", "film"], ["a", "bore"]]).encode(["a", "bore", "unheard"])
        [2, 3, 1]
        """
        integer("max_size", max_size, 3)
        counts = Counter()
        for words in texts:
            counts.update(_words(words))
        del counts[PAD], counts[UNK]
        if not counts:
            raise ValueError("The texts hold no words; a vocabulary needs at least one.")
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        return cls(ranked[: max_size - 2])

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def encode(self, words: Sequence[str]) -> list[int]:
        """The id of each word; 1 for a word that is not in the list."""
        return [self._ids.get(word, 1) for word in _words(words)]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The word of each id. Raises ValueError for an id outside the vocabulary."""
        ids = [integer("Each id", _integer(i), 0) for i in ids]
        if max(ids, default=0) >= len(self):
            raise ValueError(f"Each id must be below {len(self)}, the size of the vocabulary, got {max(ids)}.")
        return [self.words[i] for i in ids]


class HashedVocabulary:
    """A Vocabulary that holds a hash of each word in its place: it knows a word when it meets it and can list none."""

    def __init__(self, hashes: Sequence[int]):
        """hashes: of the words of ids 2, 3, ...; each once."""
        self.hashes = list(hashes)
        self._ids = {hashed: i for i, hashed in enumerate(self.hashes, start=2)}

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> HashedVocabulary:
        """The same words with the same ids; of two words with one hash, the rarer is left out.

        >>> HashedVocabulary.of(Vocabulary(["a", "film"])).encode(["a", "film", "unheard"])
        [2, 3, 1]
        """
        return cls(list(dict.fromkeys(map(_hash, vocabulary.words[2:]))))

    def __len__(self) -> int:
        return len(self.hashes) + 2

    def encode(self, words: Sequence[str]) -> list[int]:
        """The id of each word; 1 for a word whose hash is not in the list."""
        return [self._ids.get(_hash(word), 1) for word in _words(words)]


def vocabulary_of(words: Sequence[str] | Sequence[int]) -> Vocabulary | HashedVocabulary:
    """The vocabulary of these words, or of these hashes of words."""
    return HashedVocabulary(words) if words and isinstance(words[0], int) else Vocabulary(words)


def _integer(value):
    """`value` as an int if it stands for one, such as a tensor or an array of one integer; else as it is."""
    try:
        return value if isinstance(value, bool) else operator.index(value)
    except TypeError:
        return value


def _words(words) -> Sequence[str]:
    if isinstance(words, str):
        raise TypeError(f"Pass a list of words, tokenise(text), not the text itself: {words[:40]!r}.")
    if not isinstance(words, Iterable):
        raise TypeError(f"Pass a list of words, got {short_repr(words)}.")
    return words


def truncate(ids: Sequence[int], max_tokens: int, head: float = 0.25) -> Sequence[int]:
    """At most `max_tokens` of `ids`: the share `head` of them from the beginning, the rest from the end.

    Reviews tend to open with a judgement and close with a verdict; the plot stands in between. So the rule is a
    quarter and three quarters. Raises TypeError or ValueError unless max_tokens >= 1 and 0 <= head <= 1.
    """
    integer("max_tokens", max_tokens)
    number("head", head, 0, 1)
    if len(ids) <= max_tokens:
        return ids
    first = int(head * max_tokens)
    return [*ids[:first], *ids[len(ids) - (max_tokens - first) :]]
