"""Networks around a recurrent layer, the trained ones that ship, sampling from them, and what they have to beat."""

from utils.models.classifier import Classifier
from utils.models.language import Language, load_language
from utils.models.language_model import Carried, LanguageModel, Streams
from utils.models.sentiment import Sentiment, load_sentiment
from utils.models.tagger import Tagger

__all__ = [
    "Carried", "Classifier", "Language", "LanguageModel", "Sentiment", "Streams", "Tagger", "load_language",
    "load_sentiment",
]  # fmt: skip
