"""What lesson 05 asks before it tells; what was trained or read from committed figures there, the lesson brings."""

from utils.course.guesses.prediction import Prediction

PREDICTIONS = {
    "english": Prediction(
        "New English sentences from the web; of their words, only those that stood in the training sentences too. "
        "Which of the two is right more often, the forward reader or the backward reader?",
        why="Small words of English point ahead: to, that, have, this announce what follows, and what follows decides.",
        options=("forward", "backward", "equally often"),
    ),
    "last_column": Prediction(
        "A network of two readers is shown one symbol of ten, then 29 others, and is asked for the first one. Its "
        "answer is made from `output[:, -1]`, the last step. After 150 steps of training, how often is it right? "
        "Guessing gives 10 %.",
        why="That is the mean of three networks. Of its two halves, one has read the last symbol alone.",
        unit="%",
        least=0,
        most=100,
    ),
    "limit": Prediction(
        "The words told after are nouns in 50 %, 60 % and 80 % of the cases. They are a quarter of all words; all "
        "others a forward reader can know. How many of all words can it get right at best?",
        why="It bets on the more frequent tag: three quarters, and of the last quarter the mean of 0.5, 0.6 and 0.8.",
        unit="%",
        least=0,
        most=100,
    ),
    "baseline": Prediction(
        "A baseline reads no neighbor at all: each word gets the tag that it has most often in training. Of 17 parts "
        "of speech, how often is it right, on English sentences that it has not seen?",
        why="Most words have one use by far. Whoever reports a tagger should report this figure too.",
        unit="%",
        least=0,
        most=100,
    ),
    "endings": Prediction(
        "Of the words that training never met, the tagger that reads both ways gets 45 % right. How many does it get "
        "when it also sees the first and last letters of each word?",
        why="-ing, -ly, -tion, a capital: an English word tells much of itself.",
        unit="%",
        least=0,
        most=100,
    ),
    "late": Prediction(
        "A forward reader of our small language may answer one word late: when it has read word 5, it tells the tag of "
        "word 4. How many words does it get right now, compared with its limit?",
        why="What tells a word comes one step later, and by then it has been read.",
        options=("as many as before", "some more", "nearly all"),
    ),
}
