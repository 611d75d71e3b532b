"""Texts to learn from, real ones where this machine has them, else the course's sample; and tasks made to order."""

from utils.data.batching import batches, pad
from utils.data.prose import Prose, python_docs, text_file
from utils.data.reviews import (
    ARCHIVE,
    find_imdb,
    imdb,
    imdb_sample,
    read_imdb_archive,
    read_imdb_folder,
)
from utils.data.sources import Corpus, Split, Tagged, Treebank
from utils.data.treebank import UPOS, find_ud_english, read_conllu, ud_english, ud_sample
from utils.text import Vocabulary, plain, tokenise, truncate

__all__ = [
    "ARCHIVE", "Corpus", "Prose", "Split", "Tagged", "Treebank", "UPOS", "Vocabulary",
    "batches", "find_imdb", "find_ud_english", "imdb", "imdb_sample", "pad", "plain", "python_docs", "read_conllu",
    "read_imdb_archive", "read_imdb_folder", "text_file", "tokenise", "truncate", "ud_english", "ud_sample",
]  # fmt: skip
