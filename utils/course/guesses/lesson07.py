"""What lesson 07 asks before it tells."""

import numpy as np

from utils.arrays.sentiment import load_reader
from utils.course.guesses.prediction import Prediction
from utils.files import measured


def share_of_word_vectors() -> float:
    """Of all parameters of the network of recipe "quick", those of the embedding, in percent."""
    quick = measured("imdb")["quick"]
    return 100 * quick["recipe"]["vocabulary"] * quick["recipe"]["embedding"] / quick["parameters"]


def worst_beside_good() -> float:
    """The norm of the vector of "worst" over that of "good", in the model that ships."""
    reader = load_reader()
    worst, good = (np.linalg.norm(reader.embedding[reader.vocabulary.encode([word])[0]]) for word in ("worst", "good"))
    return float(worst / good)


PREDICTIONS = {
    "lead": Prediction(
        "An LSTM and a bag of words learn from the same 5,000 reviews, and both are asked about the same others. By "
        "how many points does the LSTM lead in right answers? A number below 0 says that the bag leads.",
        why="It depends on how much of what the data says stands in the order of its words.",
        unit="points",
        least=-50,
        most=50,
    ),
    "vectors": Prediction(
        "With 10,000 words in the vocabulary: of all the numbers that this network learns, how many are word vectors?",
        answer=share_of_word_vectors,
        why="A vector of 50 numbers for each word; both LSTMs, attention and output together are a small rest. Most of "
        "the words are rare, and this is where few reviews hurt.",
        unit="%",
        least=0,
        most=100,
    ),
    "norms": Prediction(
        "In its embedding, how many times as long as the vector of “good” is the vector of “worst”?",
        answer=worst_beside_good,
        why="“Good” stands in reviews of both kinds: not good, a good idea but. Whoever writes “worst” has decided.",
        unit="times",
        least=0,
    ),
    "as_a_person": Prediction(
        "How many of these 13 sentences does the LSTM that ships read as the person does?",
        why="The first four are easy.",
        unit="sentences",
        least=0,
        most=13,
    ),
    "follow": Prediction(
        "Of its 64 units, how many follow the verdict with a correlation beyond 0.7, up or down?",
        why="It was trained to answer, and every unit was free to help.",
        unit="units",
        least=0,
        most=64,
    ),
    "turned": Prediction(
        "Take the unit that follows the verdict best, and cut both of its wires. What share of the 400 answers turns "
        "from positive to negative, or back?",
        why="The others stand in for it.",
        unit="%",
        least=0,
        most=100,
    ),
}
