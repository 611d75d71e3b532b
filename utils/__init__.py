"""Gates and Gradients: LSTM and GRU that a learner can take apart."""

__version__ = "0.1.0"
