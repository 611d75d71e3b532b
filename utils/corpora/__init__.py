"""Texts to learn from: real ones where this machine has them, else the sample that ships with the course."""

from utils.corpora.base import Corpus, Split, Tagged, Treebank
from utils.corpora.docs import Prose, python_docs
from utils.corpora.reviews import ARCHIVE, NEGATIVE, POSITIVE, find_imdb, imdb, imdb_sample, read_imdb_archive
from utils.corpora.treebank import UPOS, find_ud_english, read_conllu, ud_english, ud_sample

__all__ = [
    "ARCHIVE", "Corpus", "NEGATIVE", "POSITIVE", "Prose", "Split", "Tagged", "Treebank", "UPOS", "find_imdb",
    "find_ud_english", "imdb", "imdb_sample", "python_docs", "read_conllu", "read_imdb_archive", "ud_english",
    "ud_sample",
]  # fmt: skip
