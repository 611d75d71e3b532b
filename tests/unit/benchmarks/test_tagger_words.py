"""Words by what reading both ways gains, on sentences whose counts can be done by hand."""

from benchmarks.tagger_words import by_word
from utils.data import Tagged


def test_words_are_counted_and_sorted_by_what_both_ways_gain():
    words = [["To", "have", "to"], ["to", "have"], ["rare"]]
    tagged = Tagged(words, [["A", "V", "P"], ["P", "V"], ["V"]])
    forward = [["P", "A", "P"], ["P", "A"], ["A"]]
    both = [["P", "V", "P"], ["P", "A"], ["V"]]
    assert by_word({"forward": forward, "both": both}, tagged, often=2, shown=5) == [
        {"word": "have", "times": 2, "forward": 0.0, "both": 0.5},
        {"word": "to", "times": 3, "forward": 0.66667, "both": 0.66667},
    ]
    assert [one["word"] for one in by_word({"forward": forward, "both": both}, tagged, often=1, shown=1)] == ["rare"]
