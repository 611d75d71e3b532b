import pytest
import torch
from safetensors import safe_open
from torch import nn

from utils import files
from utils.models import Classifier
from utils.text import batches
from utils.training import History, Score, Trainer, load_weights, save_weights


def toy(n=96, seed=0):
    """Texts of the ids 2 to 9; the label says whether a 2 stands in them."""
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(2, 8, (n,), generator=generator).tolist()
    rows = [torch.randint(3, 10, (length,), generator=generator) for length in lengths]
    labels = [i % 2 for i in range(n)]
    for row, label in zip(rows, labels):
        row[len(row) // 2] = 2 if label else 3
    return batches(rows, labels, 16, generator=generator), batches(rows, labels, 32)


def model():
    torch.manual_seed(0)
    return Classifier(10, 8, 8, pooling="max", dropout=0.1)


def fit(epochs=6, **options):
    net = model()
    trainer = Trainer(net, epochs=epochs, device="cpu", **options)
    return net, trainer, trainer.fit(*toy(), progress=False)


def test_it_learns_and_the_history_says_so():
    _, trainer, history = fit(epochs=12, lr=3e-2)
    assert history.valid_accuracy[history.best] > 0.95 and history.valid_loss[-1] < history.valid_loss[0]
    lists = (history.train_loss, history.train_accuracy, history.valid_loss, history.valid_accuracy, history.seconds)
    assert {len(values) for values in lists} == {12}
    score = trainer.evaluate(toy()[1])
    assert score.loss == pytest.approx(history.valid_loss[history.best], abs=1e-6)
    assert not trainer.model.training


def test_the_same_seed_gives_the_same_training():
    (a, _, first), (b, _, second) = fit(epochs=2), fit(epochs=2)
    assert first.train_loss == second.train_loss and first.valid_accuracy == second.valid_accuracy
    assert all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values()))
    assert fit(epochs=2, seed=1)[2].train_loss != first.train_loss


def test_evaluate_is_the_mean_over_texts_not_over_batches():
    net = model().eval()
    _, valid = toy(n=40)  # batches of 32 and 8
    logits, labels = zip(*((net(ids, lengths), y) for ids, lengths, y in valid))
    logits, labels = torch.cat(logits), torch.cat(labels)
    score = Trainer(net, device="cpu").evaluate(valid)
    assert score.loss == pytest.approx(nn.functional.cross_entropy(logits, labels).item(), abs=1e-6)
    assert score.accuracy == pytest.approx((logits.argmax(1) == labels).float().mean().item())


def test_predict_gives_probabilities():
    net, trainer, _ = fit(epochs=1)
    *inputs, labels = next(iter(toy()[1]))
    p = trainer.predict(*inputs)
    assert p.shape == (len(labels), 2) and not p.requires_grad
    torch.testing.assert_close(p, net(*inputs).softmax(-1))


def test_gradients_are_clipped(monkeypatch):
    norms = []
    step = torch.optim.AdamW.step

    def watch(self, *args, **kwargs):
        grads = [p.grad for group in self.param_groups for p in group["params"] if p.grad is not None]
        norms.append(torch.stack([g.norm() for g in grads]).norm().item())
        return step(self, *args, **kwargs)

    monkeypatch.setattr(torch.optim.AdamW, "step", watch)
    fit(epochs=1, clip=0.01)
    assert norms and max(norms) <= 0.01 + 1e-6


class Scripted(Trainer):
    """Takes its validation losses from a list and notes the epoch in the weights."""

    def script(self, *losses):
        self.losses = list(losses)
        return self

    def _epoch(self, model, batches, learn=None):
        if learn is not None:
            self.model.weight.data.fill_(5 - len(self.losses))
            return Score(1.0, 0.5)
        loss = self.losses.pop(0)
        if loss is None:
            raise KeyboardInterrupt
        return Score(loss, 0.5)


@pytest.mark.parametrize(
    "losses, kept, epochs, stopped",
    [
        ((5, 4, 3, 2, 1), 4, 5, "after the last epoch"),
        ((5, 1, 2, 2, 9), 1, 4, "early"),
        ((5, 1, 2, None, 9), 1, 3, "by hand"),
        ((None, 1, 1, 1, 1), 0, 0, "by hand"),
    ],
)
def test_the_best_weights_are_kept(losses, kept, epochs, stopped):
    net = nn.Linear(1, 1)
    trainer = Scripted(net, epochs=5, device="cpu").script(*losses)
    history = trainer.fit([0], [0], progress=False)
    assert net.weight.item() == kept and len(history.seconds) == epochs and history.stopped.startswith(stopped)
    assert history.best == (kept if epochs else -1)


def test_the_cpu_is_left_as_it_was():
    before = torch.get_num_threads()
    tiny = torch.tensor([1e-40])
    fit(epochs=1)
    assert torch.get_num_threads() == before and (tiny * 0.5).item() > 0


def test_a_loss_that_is_no_number_is_said():
    net = model()
    net.output.bias.data.fill_(torch.nan)
    with pytest.raises(ValueError, match="The loss is no longer a number"):
        Trainer(net, device="cpu").fit(*toy(), progress=False)


def test_history_plots_itself():
    history = History()
    for loss in (0.7, 0.4, 0.5):
        history.add(Score(loss, 0.6), Score(loss, 0.6), 1.0)
    fig = history.plot()
    assert history.best == 1 and [ax.get_ylabel() for ax in fig.axes] == ["loss", "accuracy"]
    assert list(fig.axes[0].lines[1].get_ydata()) == [0.7, 0.4, 0.5]


def test_weights_round_trip_with_their_facts(tmp_path):
    path, net = tmp_path / "deep" / "model.safetensors", model()
    save_weights(net, path, {"seed": 0, "note": "é"})
    other = Classifier(10, 8, 8, pooling="max")
    assert load_weights(other, path) == {"seed": 0, "note": "é"}
    assert all(torch.equal(a, b) for a, b in zip(net.state_dict().values(), other.state_dict().values()))
    with safe_open(path, framework="pt") as file:  # a safetensors file, not a pickle
        assert set(file.keys()) == set(net.state_dict())


def test_a_failed_write_leaves_the_old_weights(tmp_path, monkeypatch):
    path, net = tmp_path / "model.safetensors", model()
    save_weights(net, path, {"epoch": 1})

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        save_weights(net, path, {"epoch": 2})
    assert load_weights(net, path) == {"epoch": 1} and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_damaged_weights_are_refused(tmp_path, share):
    path = tmp_path / "model.safetensors"
    save_weights(model(), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ValueError, match="is damaged"):
        load_weights(model(), path)


def saved(tmp_path):
    save_weights(model(), tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda p: Trainer("model"), TypeError, "model must be an nn.Module"),
        (lambda p: Trainer(model(), lr=0), ValueError, "lr must be above 0"),
        (lambda p: Trainer(model(), lr=float("nan")), ValueError, "lr must be finite"),
        (lambda p: Trainer(model(), epochs=0), ValueError, "epochs must be at least 1"),
        (lambda p: Trainer(model(), clip=-1), ValueError, "clip must be above 0"),
        (lambda p: Trainer(model(), patience=0), ValueError, "patience must be at least 1"),
        (lambda p: Trainer(model(), label_smoothing=2), ValueError, "label_smoothing must be between 0 and 1"),
        (lambda p: Trainer(model(), weight_decay=-1), ValueError, "weight_decay must be at least 0"),
        (lambda p: Trainer(model(), device="abacus"), ValueError, "device must be one of"),
        (lambda p: Trainer(model(), threads=0), ValueError, "threads must be at least 1"),
        (lambda p: Trainer(model(), device="cpu").fit([], [1]), ValueError, "needs at least one batch"),
        (lambda p: Trainer(model(), device="cpu").evaluate([]), ValueError, "no batch to evaluate"),
        (lambda p: History().plot(), ValueError, "No epoch has ended"),
        (lambda p: load_weights(model(), p / "no"), FileNotFoundError, "There are no weights at"),
        (lambda p: load_weights(nn.Linear(2, 2), saved(p)), ValueError, "a model of other sizes"),
    ],
)
def test_bad_input_gets_one_sentence(tmp_path, call, error, sentence):
    with pytest.raises(error, match=sentence):
        call(tmp_path)
