"""Exercise 10.3: the usual mistakes, which test_all.py tries, and other right answers."""

import torch
from judging import judged
from torch import nn


class Forecaster(nn.Module):
    def __init__(self, kind, hidden):
        super().__init__()
        self.rnn, self.head = kind(1, hidden, batch_first=True), nn.Linear(hidden, 1)

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


def mean_square(said, y):
    return (said - y).square().mean().item()


def table(lengths, waves, hidden, epochs, read=None, wanted=None, steps=1, draws="two", score=mean_square, use="test",
          learn_from="learn", units=None, reuse=False, rate=1e-2, clear=True, kinds=(nn.LSTM, nn.GRU)):  # fmt: skip
    """A table written apart from the solution; the last arguments are mistakes."""
    read, wanted = read or (lambda w, T: w[:, :T, None]), wanted or (lambda w, T: w[:, T:])
    result, kept = {}, {kind: Forecaster(kind, hidden) for kind in kinds}
    for T in lengths:
        shared = {"learn": waves(256, T + steps)}
        shared["test"] = shared["learn"] if draws == "one" else waves(256, T + steps)
        for name, kind in zip(("LSTM", "GRU"), kinds):
            if draws == "own" and name == "GRU":
                shared = {part: waves(256, T + steps) for part in ("learn", "test")}
            network = kept[kind] if reuse else Forecaster(kind, (units or {}).get(name, hidden))
            adam = torch.optim.Adam(network.parameters(), lr=rate)
            for _ in range(epochs):
                for batch in shared[learn_from].split(32):
                    if clear:
                        adam.zero_grad()
                    nn.functional.mse_loss(network(read(batch, T)), wanted(batch, T)).backward()
                    adam.step()
            with torch.no_grad():
                result[name, T] = score(network(read(shared[use], T)), wanted(shared[use], T)), network
    return result


def forecasts(**mistake):
    return lambda *given: table(*given, **mistake)


MISTAKES = [
    (forecasts(use="learn"), "the error on waves it learned from"),
    (forecasts(draws="one"), "you drew waves once for each T"),
    (forecasts(draws="own"), "each model has waves of its own"),
    (forecasts(learn_from="test"), "has learned from the second draw"),
    (forecasts(wanted=lambda w, T: w[:, T - 1 : T]), "the target is the last number it has read"),
    (forecasts(read=lambda w, T: w[:, :, None]), "it has read the very number that it forecasts"),
    (forecasts(steps=0, read=lambda w, T: w[:, :-1, None], wanted=lambda w, T: w[:, -1:]), "a wave needs 6 numbers"),
    (forecasts(score=lambda said, y: (said - y).abs().mean().item()), "the mean absolute error"),
    (forecasts(score=lambda said, y: mean_square(said, y) ** 0.5), "the root of the mean squared error"),
    (forecasts(score=lambda said, y: (said - y).square().sum().item()), "the sum of the squared errors"),
    (forecasts(score=lambda said, y: mean_square(said[:, 0], y)), "each forecast is compared with each target"),
    (forecasts(score=lambda said, y: 1.003 * mean_square(said, y)), "and your table says"),
    (forecasts(units={"GRU": 12}), "the GRU has 12 units where hidden = 10"),
    (forecasts(kinds=(nn.GRU, nn.LSTM)), "there is no LSTM in the network that stands under LSTM"),
    (forecasts(reuse=True), "one network goes on from entry to entry"),
    (forecasts(rate=1e-5), "where always answering 0 has 0.50"),
    (lambda lengths, waves, hidden, epochs: table(lengths, waves, hidden, 1), "where always answering 0 has 0.50"),
    (lambda lengths, waves, hidden, epochs: table(lengths[:1], waves, hidden, epochs), 'have table["LSTM", 12]'),
    (lambda *given: {key: mse for key, (mse, _) in table(*given).items()}, 'have table["LSTM", 5] = mse, network'),
    (lambda *given: None, "returns nothing"),
]


def test_a_network_that_gives_its_forecast_without_a_last_axis_is_right_too():
    class Flat(nn.Module):
        def __init__(self, network):
            super().__init__()
            self.network = network

        def forward(self, x):
            return self.network(x)[:, 0]

    def answer(*given):
        return {key: (mse, Flat(network)) for key, (mse, network) in table(*given).items()}

    assert judged("10.3", answer)[0] == "Correct"
