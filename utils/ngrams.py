"""Baselines for a language model of characters: counting what followed, and compressors."""

from __future__ import annotations

import bz2
import gzip
import lzma
import math
from collections import Counter, defaultdict

from utils.errors import one_of, whole

COMPRESSORS = {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


class NGram:
    """The next character from the n - 1 before it, by counts; contexts of all shorter lengths are mixed in.

    With N the number of times that a context was seen, and D of different characters after it,
        p(a | context) = (count(context a) + D p(a | context without its first character)) / (N + D),
    the interpolation of Witten and Bell (1991, method C; no numbers to choose). Below the empty context stands the
    uniform distribution over the alphabet. n = 1 is the unigram: how often each character occurs.
    """

    def __init__(self, n: int, text: str, alphabet: str):
        """Count in `text`. Raises TypeError or ValueError."""
        if not isinstance(alphabet, str) or not alphabet:
            raise ValueError("alphabet must be a string of at least one character.")
        self.n, self.size = whole("n", n), len(alphabet)
        if not isinstance(text, str) or not text:
            raise ValueError("text must be a string of at least one character to count.")
        self.after: dict[str, Counter] = defaultdict(Counter)
        for length in range(n):
            for t in range(length, len(text)):
                self.after[text[t - length : t]][text[t]] += 1
        self.seen = {context: counts.total() for context, counts in self.after.items()}

    def probability(self, context: str, character: str) -> float:
        """The probability that `character` comes after `context`, of which the last n - 1 characters count."""
        p = 1 / self.size
        for length in range(min(self.n, len(context) + 1)):
            end = context[len(context) - length :]
            if end not in self.seen:  # then no longer context was seen either
                break
            counts = self.after[end]
            p = (counts[character] + len(counts) * p) / (self.seen[end] + len(counts))
        return p

    def bits_per_character(self, text: str) -> float:
        """The mean of -log2 p over all characters of `text`, read from its beginning. ValueError for an empty one."""
        if not text:
            raise ValueError("The text is empty; give at least one character.")
        bits = (-math.log2(self.probability(text[max(0, t - self.n + 1) : t], text[t])) for t in range(len(text)))
        return sum(bits) / len(text)


def compressed_bits(name: str, train: str, text: str) -> float:
    """Bits per character that a compressor needs for `text` when it has read `train` before.

    name: "gzip" (which looks back 32,768 characters at most), "bz2" or "xz". It is the difference of two files.
    Raises ValueError for another name or an empty text.
    """
    compress = COMPRESSORS[one_of("name", name, list(COMPRESSORS))]
    if not text:
        raise ValueError("The text is empty; give at least one character.")
    both, alone = (len(compress(part.encode())) for part in (train + text, train))
    return 8 * (both - alone) / len(text)
