"""`make data`: fetch the real data sets into the course's cache; what is already here is not fetched again."""

import sys

from utils.data import find_imdb, find_ud_english, imdb, ud_english


def reviews() -> str:
    corpus = imdb(download=True)
    return f"IMDb: {len(corpus.train):,} reviews to learn from and {len(corpus.test):,} to test on, in {find_imdb()}."


def sentences() -> str:
    bank = ud_english(download=True)
    sizes = (
        f"{len(bank.train):,} sentences to learn from, {len(bank.dev):,} to choose by and {len(bank.test):,} to test on"
    )
    return f"UD English EWT: {sizes}, in {find_ud_english()}."


def main() -> int:
    """Fetch each data set, also when another one failed; 1 when one did."""
    failed = 0
    for fetch in (reviews, sentences):
        try:
            print(fetch())
        except (OSError, ValueError) as failure:  # a sentence of ours
            print(failure, file=sys.stderr)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
