"""What lesson 02 asks before it tells."""

from utils.course.guesses.prediction import Prediction


def forget_gate() -> float:
    """The mean forget gate of the lesson's fresh LSTM; torch is here for that alone, and its dice stay as they are."""
    import torch

    from utils import probes
    from utils.data import tasks

    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        fresh = torch.nn.LSTM(10, 32, batch_first=True)
        x, _ = tasks.first_element_recall(64, T=50)  # (B, T, 10)
        return probes.gate_trace(fresh, x)[0]["f"].mean().item()


PREDICTIONS = {
    "from_the_box": Prediction(
        "The best-known test of memory: show a network one of ten symbols, then 49 silent steps, and ask which symbol "
        "it was. We take `nn.LSTM` with 32 units, as PyTorch makes it, and train it for 600 steps. How often is its "
        "answer right?",
        why="That is the mean of five networks. Not knowing gives 10 %.",
        unit="%",
        least=0,
        most=100,
    ),
    "forget_gate": Prediction(
        "What is the forget gate of an LSTM that nobody has trained yet, on average over its units and steps? A number "
        "from 0, shut, to 1, open.",
        answer=forget_gate,
        why="PyTorch draws the weights around zero, so the sum is near 0, and σ(0) = 0.5.",
        least=0,
        most=1,
    ),
}
