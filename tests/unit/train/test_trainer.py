import json
import os
import random
import shutil
import time
from dataclasses import asdict

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState, PartialState
from refused import refused
from safetensors import safe_open
from several_processes import toy
from torch import nn
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader, TensorDataset
from two import in_two

from utils import files
from utils.arrays import weights
from utils.models.classifier import Classifier
from utils.train.trainer import History, Score, Trainer, _Average


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


def test_the_weights_after_each_epoch_can_be_kept():
    net, kept = model(), []
    untrained = [weight.detach().clone() for weight in net.parameters()]
    trainer = Trainer(net, epochs=2, device="cpu")
    trainer.fit(*toy(), progress=False, after=lambda net: kept.append([w.detach().clone() for w in net.parameters()]))
    assert len(kept) == 3 and all(map(torch.equal, kept[0], untrained))
    assert not any(map(torch.equal, kept[0], kept[1])) and not any(map(torch.equal, kept[1], kept[2]))


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
        ((5, 1, 2, None, 9), 1, 3, "by hand, in epoch 4"),
        ((None, 1, 1, 1, 1), 0, 0, "by hand, in epoch 1: none has ended, so the model is not trained"),
        ((5, 2, 2, 2, 9), 1, 4, "early"),  # of equal losses the first counts
    ],
)
def test_the_best_weights_are_kept(losses, kept, epochs, stopped):
    net = nn.Linear(1, 1)
    trainer = Scripted(net, epochs=5, device="cpu").script(*losses)
    history = trainer.fit([0], [0], progress=False)
    assert net.weight.item() == kept and len(history.seconds) == epochs and history.stopped.startswith(stopped)
    assert history.best == (kept if epochs else -1) and history.interrupted == (None in losses)


def test_the_cpu_is_left_as_it_was():
    before = torch.get_num_threads()
    tiny = torch.tensor([1e-40])
    fit(epochs=1)
    assert torch.get_num_threads() == before and (tiny * 0.5).item() > 0


@pytest.mark.refusal("train.trainer")
def test_a_loss_that_is_no_number_is_said():
    net = model()
    net.output.bias.data.fill_(torch.nan)
    with refused(ValueError, "The loss is no longer a number"):
        Trainer(net, device="cpu").fit(*toy(), progress=False)


def test_history_plots_itself():
    history = History()
    for loss in (0.7, 0.4, 0.5):
        history.add(Score(loss, 0.6), Score(loss, 0.6), 1.0)
    fig = history.plot()
    assert history.best == 1 and [ax.get_ylabel() for ax in fig.axes] == ["loss", "accuracy"]
    assert list(fig.axes[0].lines[1].get_ydata()) == [0.7, 0.4, 0.5]


# Checkpoints


class Interrupted(Classifier):
    """Presses Ctrl-C at its n-th batch; draws from all three global random states."""

    stop_at, calls = None, 0  # calls of all, since an averaged model is a copy

    def forward(self, ids, lengths):
        Interrupted.calls += 1
        if self.calls == self.stop_at:
            raise KeyboardInterrupt
        noise = random.random() + np.random.random()
        return super().forward(ids, lengths) * (1 + 0.1 * noise if self.training else 1)


def interrupted(stop_at=None, seed=0):
    torch.manual_seed(seed)
    net = Interrupted(10, 8, 8, pooling="max", dropout=0.2)
    net.stop_at, Interrupted.calls = stop_at, 0
    return net


def measured(history):
    return {name: value for name, value in asdict(history).items() if name != "seconds"}


def equal(a, b):
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


# An epoch of toy() has 6 batches to learn from and 3 to validate on: 9 calls of the model.
@pytest.mark.parametrize("stop_at", [3, 12, 17, 27])  # in epoch 1 (before any checkpoint), 2, 2's validation, 3's
@pytest.mark.parametrize(
    "options", [{}, {"schedule": "plateau", "average": 0.9}, {"schedule": None, "patience": 1, "lr": 0.1}]
)
def test_interrupted_and_resumed_is_uninterrupted(tmp_path, stop_at, options):
    options = {"epochs": 5, "lr": 3e-2, "device": "cpu"} | options
    whole = interrupted()
    expected = Trainer(whole, **options).fit(*toy(), progress=False)

    path = tmp_path / "checkpoint"
    broken = Trainer(interrupted(stop_at), **options).fit(*toy(), progress=False, checkpoint=path)
    assert broken.interrupted and len(broken.seconds) == (stop_at - 1) // 9
    assert path.exists() == (stop_at > 9)

    torch.manual_seed(123)  # another day, another state of the random numbers, another model at the start
    resumed = interrupted(seed=7) if stop_at > 9 else interrupted()
    history = Trainer(resumed, **options).fit(*toy(), progress=False, checkpoint=path)
    assert measured(history) == measured(expected) and equal(resumed, whole)
    assert len(history.seconds) == len(expected.seconds)


def test_a_shuffled_loader_of_torch_resumes_too(tmp_path):
    def run(stop_at, path):
        data = TensorDataset(*(torch.cat(parts) for parts in ids_of_one_length()))
        loader = DataLoader(data, batch_size=16, shuffle=True, generator=torch.Generator().manual_seed(3))
        net = interrupted(stop_at)
        history = Trainer(net, epochs=3, device="cpu").fit(loader, toy()[1], progress=False, checkpoint=path)
        return net, measured(history)

    whole, expected = run(None, None)
    run(12, tmp_path / "c")
    resumed, history = run(None, tmp_path / "c")
    assert history == expected and equal(resumed, whole)


def ids_of_one_length():
    ids = torch.randint(2, 10, (96, 5), generator=torch.Generator().manual_seed(0))
    return (ids,), (torch.full((96,), 5),), ((ids == 2).any(1).long(),)


def test_a_finished_training_is_only_read(tmp_path):
    path = tmp_path / "c"
    net = model()
    first = Trainer(net, epochs=2, device="cpu").fit(*toy(), progress=False, checkpoint=path)
    before = path.read_bytes()
    other = interrupted(stop_at=1)  # would stop at once, were it called
    again = Trainer(other, epochs=2, device="cpu").fit(*toy(), progress=False, checkpoint=path)
    assert asdict(again) == asdict(first) and equal(other, net) and path.read_bytes() == before


def test_the_best_weights_may_be_older_than_the_interruption(tmp_path):
    def run(net, *losses):
        trainer = Scripted(net, epochs=5, patience=3, device="cpu").script(*losses)
        return trainer.fit([0], [0], progress=False, checkpoint=tmp_path / "c")

    run(nn.Linear(1, 1), 5, 1, 2, None, 0)  # the weight is the number of the epoch; 1 is the best
    net = nn.Linear(1, 1)
    history = run(net, 3, 4)
    assert history.valid_loss == [5, 1, 2, 3, 4] and history.stopped == "after the last epoch"
    assert history.best == 1 and net.weight.item() == 1


def test_a_checkpoint_that_cannot_be_written_loses_nothing(tmp_path, monkeypatch):
    path, replace, writes = tmp_path / "c", os.replace, []

    def full(*names):
        writes.append(names)
        if len(writes) == 2:
            raise OSError(28, "No space left on device")
        replace(*names)

    monkeypatch.setattr(files.os, "replace", full)
    net = model()
    with pytest.raises(OSError, match="No space"):
        Trainer(net, epochs=3, device="cpu").fit(*toy(), progress=False, checkpoint=path)
    assert list(tmp_path.iterdir()) == [path] and not net.training
    resumed = model()
    history = Trainer(resumed, epochs=3, device="cpu").fit(*toy(), progress=False, checkpoint=path)
    whole, _, expected = fit(epochs=3)
    assert measured(history) == measured(expected) and equal(resumed, whole)


def test_a_checkpoint_opens_without_pickle(tmp_path):
    Trainer(model(), epochs=1, device="cpu").fit(*toy(), progress=False, checkpoint=tmp_path / "c")
    with safe_open(tmp_path / "c", framework="pt") as file:
        assert {name.split("/")[0] for name in file.keys()} == {"model", "best", "optimizer", "shuffles"}
        assert json.loads(file.metadata()["about"])["facts"]["settings"]["lr"] == 1e-2


def cut(share):
    def damage(path):
        path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])

    return damage


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.refusal("train.trainer")
@pytest.mark.parametrize(
    "spoil, net, options, sentence",
    [
        (cut(0), model, {}, "is damaged"),
        (cut(0.3), model, {}, "is damaged"),
        (cut(0.99), model, {}, "is damaged"),
        (flip, model, {}, "is damaged .its checksum is wrong"),
        (folder, model, {}, "is a folder; name a file in it"),
        (lambda path: weights.write(path, {"a": np.zeros(1)}, {"a": 1}), model, {}, "holds weights but no training"),
        (lambda path: None, lambda: Classifier(10, 8, 9, pooling="max"), {}, "holds the training of another model"),
        (lambda path: None, lambda: model().double(), {}, "holds the training of another model"),
        (lambda path: None, model, {"lr": 0.02}, "was begun with lr = 0.01, not 0.02"),
        (lambda path: None, model, {"epochs": 3}, "was begun with epochs = 2, not 3"),
        (lambda path: None, model, {"schedule": None}, "was begun with schedule = 'one cycle', not None"),
        (lambda path: None, model, {"n": 40}, "was begun with batches = 6, not 3"),
        (lambda path: None, model, {"generator": False}, "batches that are shuffled in another way"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(tmp_path, finished, spoil, net, options, sentence):
    path, net = tmp_path / "c", net()
    shutil.copy(finished, path)
    spoil(path)
    was = {name: t.clone() for name, t in net.state_dict().items()}
    content = path.is_file() and path.read_bytes()
    train, valid = toy(options.pop("n", 96))
    if not options.pop("generator", True):
        train = list(train)
    with refused(ValueError, sentence) as failure:
        Trainer(net, **{"epochs": 2, "device": "cpu"} | options).fit(train, valid, progress=False, checkpoint=path)
    assert "\n" not in str(failure.value)
    assert all(torch.equal(t, was[name]) for name, t in net.state_dict().items())
    assert (path.is_file() and path.read_bytes()) == content  # nothing is lost


@pytest.mark.parametrize("old, new", [(b"model/output", b"modem/output"), (b"best/", b"bess/"), (b'"F32"', b'"I32"'),
                                      (b"sha256", b"sha255"), (b"shuffles/0", b"shuffles/1")])  # fmt: skip
def test_a_changed_name_or_type_is_refused_before_anything_is_touched(tmp_path, finished, old, new):
    content = finished.read_bytes()
    assert old in content
    (tmp_path / "c").write_bytes(content.replace(old, new, 1))
    net, (train, valid) = model(), toy()
    was, order = [t.clone() for t in net.state_dict().values()], train.batch_sampler.generator.get_state()
    with refused(ValueError, "is damaged"):
        Trainer(net, epochs=2, device="cpu").fit(train, valid, progress=False, checkpoint=tmp_path / "c")
    assert all(torch.equal(a, b) for a, b in zip(was, net.state_dict().values()))
    assert torch.equal(train.batch_sampler.generator.get_state(), order)


def test_weights_of_bfloat16_come_back(tmp_path):
    nets = [nn.Linear(2, 2).bfloat16() for _ in range(2)]
    data = [(X.bfloat16(), Y)]
    for net in nets:
        Trainer(net, epochs=1, device="cpu").fit(data, data, progress=False, checkpoint=tmp_path / "c")
    assert equal(*nets) and nets[1].weight.dtype == torch.bfloat16


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    path = tmp_path_factory.mktemp("finished") / "c"
    Trainer(model(), epochs=2, device="cpu").fit(*toy(), progress=False, checkpoint=path)
    return path


# Schedules, averages, precision


def rates(monkeypatch, trainer, *data):
    """The learning rate of each step."""
    seen, step = [], torch.optim.AdamW.step

    def watch(self, *args, **kwargs):
        seen.append(self.param_groups[0]["lr"])
        return step(self, *args, **kwargs)

    monkeypatch.setattr(torch.optim.AdamW, "step", watch)
    trainer.fit(*data, progress=False)
    return seen


@pytest.mark.parametrize("schedule", ["one cycle", None])
def test_the_learning_rate_cycles_or_stays(monkeypatch, schedule):
    seen = rates(monkeypatch, Trainer(model(), lr=0.02, epochs=4, device="cpu", schedule=schedule), *toy())
    assert len(seen) == 24 and max(seen) == pytest.approx(0.02, rel=0.01)
    if schedule is None:
        assert set(seen) == {0.02}
    else:
        top = seen.index(max(seen))
        assert 0 < top < 12 and seen[:top] == sorted(seen[:top]) and seen[top:] == sorted(seen[top:], reverse=True)
        assert seen[-1] < 1e-5


def test_on_a_plateau_the_learning_rate_is_halved(monkeypatch):
    class Plateau(Trainer):
        losses = [3.0, 2.0, 2.5, 1.0, 1.5, 1.2]

        def _epoch(self, model, batches, learn=None):
            return Score(self.losses.pop(0), 0.5) if learn is None else super()._epoch(model, batches, learn)

    seen = rates(monkeypatch, Plateau(model(), lr=0.02, epochs=6, patience=3, device="cpu", schedule="plateau"), *toy())
    assert seen[::6] == [0.02, 0.02, 0.02, 0.01, 0.01, 0.005]


def test_the_average_of_the_weights_is_validated_and_kept(monkeypatch):
    seen, step = [], torch.optim.AdamW.step
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
    x = torch.randn(64, 2, generator=torch.Generator().manual_seed(0))
    data = [(x, (x[:, 0] > 0).long())] * 20

    def watch(self, *args, **kwargs):
        step(self, *args, **kwargs)
        seen.append(net[0].weight.detach().clone())

    monkeypatch.setattr(torch.optim.AdamW, "step", watch)
    trainer = Trainer(net, epochs=1, device="cpu", average=0.8)
    history = trainer.fit(data, data[:1], progress=False)
    mean = seen[0]
    for n, weight in enumerate(seen[1:], start=1):
        keep = min(0.8, (1 + n) / (10 + n))
        mean = keep * mean + (1 - keep) * weight
    torch.testing.assert_close(net[0].weight.detach(), mean)
    assert (net[0].weight - seen[-1]).abs().max() > 1e-4  # it is not simply the last weight
    assert trainer.evaluate(data[:1]).loss == pytest.approx(history.valid_loss[0], abs=1e-9)


class Precise(nn.Module):
    """Takes 5 ms longer in the precision it dislikes, and dropout, so that a stray random number shows."""

    def __init__(self, slow, fails=None):
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Dropout(0.3))
        self.last, self.slow, self.fails = nn.Linear(4, 2), slow, fails
        self.seen = []

    def forward(self, x):
        logits = self.last(self.layers(x))
        self.seen.append((self.training, logits.dtype))
        if logits.dtype == self.slow and self.training:
            time.sleep(0.005)
        if logits.dtype == torch.bfloat16 and self.fails:
            raise self.fails("no such product for BFloat16")
        return logits


def points(seed=0):
    x = torch.randn(64, 2, generator=torch.Generator().manual_seed(seed))
    data = TensorDataset(x, (x[:, 0] > 0).long())
    return DataLoader(data, 16, shuffle=True, generator=torch.Generator().manual_seed(1)), DataLoader(data, 16)


def test_the_average_is_that_of_torch_bit_for_bit():
    """AveragedModel, told our formula weight by weight."""
    net = nn.LSTM(3, 4)

    def forget(old, new, n):
        return old + (1 - torch.clamp((1 + n) / (10 + n), max=0.3)) * (new - old)

    ours, theirs = _Average(net, 0.3), AveragedModel(net, avg_fn=forget)
    for _ in range(6):
        for weight in net.parameters():
            nn.init.normal_(weight)
        for average in (ours, theirs):
            average.update_parameters(net)
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    for mine, want in zip(ours.state_dict().values(), theirs.state_dict().values()):
        assert torch.equal(mine, want)


def test_a_gpu_gets_its_batches_from_pinned_memory_without_waiting():
    """Told by a stand-in, since a GPU may not be at hand."""

    class Recorder:
        def __init__(self, device):
            self.device, self.calls = torch.device(device), []

        def pin_memory(self):
            return self.calls.append("pinned") or self

        def to(self, device, non_blocking=False):
            return self.calls.append((str(device), non_blocking)) or self

    trainer = Trainer(nn.Linear(1, 1), device="cpu")
    for device, where, calls in (
        ("cuda", "cpu", ["pinned", ("cuda", True)]),
        ("cuda", "cuda", [("cuda", False)]),
        ("cpu", "cpu", [("cpu", False)]),
    ):
        trainer.device = torch.device(device)
        assert trainer._moved(Recorder(where)).calls == calls


def test_where_bf16_does_not_gain_the_result_is_that_of_fp32_exactly():
    plain, slow = Precise(None), Precise(torch.bfloat16)
    failing = [
        Precise(None, error) for error in (RuntimeError, TypeError, ValueError)
    ]  # so layers say it
    expected = Trainer(plain, epochs=2, device="cpu").fit(*points(), progress=False)
    for net in (slow, *failing):
        history = Trainer(net, epochs=2, device="cpu", precision="auto").fit(*points(), progress=False)
        assert history.precision == expected.precision == "fp32"
        assert measured(history) == measured(expected) and equal(net, plain)


def test_bf16_is_taken_where_it_gains():
    net = Precise(torch.float32)
    trainer = Trainer(net, epochs=6, lr=3e-2, device="cpu", precision="auto")
    history = trainer.fit(*points(), progress=False)
    assert history.precision == "bf16" and history.valid_accuracy[history.best] > 0.8
    assert set(net.seen) == {(True, torch.bfloat16), (False, torch.float32)}  # evaluation is exact
    assert {p.dtype for p in net.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    "slow, other, chosen", [(torch.float32, torch.bfloat16, "bf16"), (torch.bfloat16, torch.float32, "fp32")]
)
def test_a_resumed_training_keeps_its_precision(tmp_path, slow, other, chosen):
    for dislikes in (slow, other):  # the second time, a probe would choose otherwise
        trainer = Trainer(Precise(dislikes), epochs=2, device="cpu", precision="auto")
        assert trainer.fit(*points(), progress=False, checkpoint=tmp_path / "c").precision == chosen


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_plain_rnn_trains_in_the_precision_that_gains(dtype):
    torch.set_default_dtype(dtype)
    try:
        net = Classifier(10, 8, 8, rnn="rnn")
        history = Trainer(net, epochs=1, device="cpu", precision="auto").fit(*toy(), progress=False)
    finally:
        torch.set_default_dtype(torch.float32)
    assert len(history.seconds) == 1 and {p.dtype for p in net.parameters()} == {dtype}


# What a step is made of


def one_step(monkeypatch, x, y, **options):
    """The gradient and the weights after one step of a map from zero weights, without clipping."""
    net = nn.Linear(2, 2, bias=False)
    nn.init.constant_(net.weight, 0.5)
    seen, step = [], torch.optim.AdamW.step

    def watch(self, *args, **kwargs):
        seen.append(net.weight.grad.clone())
        return step(self, *args, **kwargs)

    options = {"lr": 0.1, "clip": 1e9, "schedule": None, "weight_decay": 0.0} | options
    with monkeypatch.context() as patch:
        patch.setattr(torch.optim.AdamW, "step", watch)
        Trainer(net, epochs=1, device="cpu", **options).fit([(x, y)], [(x, y)], progress=False)
    return seen[0], net.weight.detach()


X, Y = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5], [9.0, 9.0]]), torch.tensor([0, 1, 1, -100])


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_the_gradient_is_that_of_the_mean_over_targets_that_count_smoothed_as_asked(monkeypatch, smoothing):
    weight = torch.full((2, 2), 0.5, requires_grad=True)
    nn.functional.cross_entropy(X[:3] @ weight.T, Y[:3], label_smoothing=smoothing).backward()
    grad, _ = one_step(monkeypatch, X, Y, label_smoothing=smoothing)
    torch.testing.assert_close(grad, weight.grad)


def test_weight_decay_shrinks_the_weights_by_its_share_of_the_step(monkeypatch):
    plain = one_step(monkeypatch, X, Y)[1]
    decayed = one_step(monkeypatch, X, Y, weight_decay=0.2)[1]
    torch.testing.assert_close(plain - decayed, torch.full((2, 2), 0.5 * 0.1 * 0.2))  # weight x lr x decay


def test_an_average_forgets_no_slower_than_it_was_asked_to():
    data = [(X[:3], Y[:3])] * 60
    nets = [nn.Linear(2, 2, bias=False) for _ in range(2)]
    for net, average in zip(nets, (0.5, 0.99)):
        nn.init.zeros_(net.weight)
        Trainer(net, epochs=1, device="cpu", average=average, schedule=None).fit(data, data[:1], progress=False)
    assert (nets[0].weight - nets[1].weight).abs().max() > 0.01  # (1 + n) / (10 + n) passes 0.5 at n = 8


# The machine


@pytest.mark.parametrize(
    "name, value",
    [("MIXED_PRECISION", "bf16"), ("MIXED_PRECISION", "fp8"), ("GRADIENT_ACCUMULATION_STEPS", "4"),
     ("DYNAMO_BACKEND", "INDUCTOR")],
)  # fmt: skip
def test_a_configuration_of_accelerate_for_other_work_changes_nothing(monkeypatch, name, value):
    net, _, expected = fit(epochs=1)
    monkeypatch.setenv(f"ACCELERATE_{name}", value)
    AcceleratorState._reset_state(reset_partial_state=True)
    other, trainer, history = fit(epochs=1)
    assert equal(net, other) and measured(history) == measured(expected)
    assert trainer.accelerator.mixed_precision == "no"


def test_an_accelerator_of_the_users_own_in_bf16_changes_nothing():
    net, _, _ = fit(epochs=1)
    AcceleratorState._reset_state(reset_partial_state=True)
    Accelerator(cpu=True, mixed_precision="bf16")
    other, trainer, _ = fit(epochs=1)
    assert equal(net, other) and trainer.accelerator.mixed_precision == "no"


def test_targets_that_do_not_count_are_left_out():
    logits = torch.randn(4, 5, 3, generator=torch.Generator().manual_seed(0))  # (B, T, classes), as a tagger gives
    target = torch.randint(3, (4, 5), generator=torch.Generator().manual_seed(1))
    target[1, 2:] = target[3] = -100
    score = Trainer(nn.Identity(), device="cpu").evaluate([(logits, target)])
    real = target != -100
    assert score.loss == pytest.approx(nn.functional.cross_entropy(logits[real], target[real]).item(), abs=1e-6)
    assert score.accuracy == pytest.approx((logits.argmax(-1) == target)[real].float().mean().item())


class Full(nn.Module):
    """Asks the CPU for a petabyte, or raises what a GPU raises."""

    def __init__(self, failure=None):
        super().__init__()
        self.weight, self.failure = nn.Parameter(torch.zeros(2)), failure

    def forward(self, x):
        if self.failure is not None:
            raise self.failure
        return x + torch.empty(2**50)


gpu_is_full = getattr(torch, "OutOfMemoryError", torch.cuda.OutOfMemoryError)("CUDA out of memory. Tried to allocate")


@pytest.mark.refusal("train.trainer")
@pytest.mark.parametrize(
    "failure", [None, gpu_is_full, RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)")]
)
def test_memory_that_is_full_is_said_in_one_sentence(failure):
    data = [(torch.zeros(1, 2), torch.zeros(1).long())]
    trainer = Trainer(Full(failure), device="cpu")
    for call in (
        lambda: trainer.fit(data, data, progress=False),
        lambda: trainer.evaluate(data),
        lambda: trainer.predict(data[0][0]),
    ):
        with refused(MemoryError, "use a smaller batch") as raised:
            call()
        assert raised.value.__context__ is None  # which would keep the full memory full


def test_other_runtime_errors_stay_what_they_are():
    data = [(torch.zeros(1, 2), torch.zeros(1).long())]
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        Trainer(Full(RuntimeError("shapes cannot be multiplied")), device="cpu").evaluate(data)


def test_two_trainers_with_different_devices_live_side_by_side():
    batch = next(iter(toy()[1]))
    first = Trainer(model(), epochs=1, device="cpu")
    second = Trainer(model(), epochs=1, device="auto")
    for trainer in (first, second, first):
        assert len(trainer.fit(*toy(), progress=False).seconds) == 1
        assert trainer.processes == 1 and trainer.predict(*batch[:2]).device.type == "cpu"
    assert first.device.type == "cpu"


def test_the_cpu_can_be_had_after_a_gpu():
    Trainer(model(), device="auto")
    PartialState._shared_state["device"] = torch.device("cuda", 0)  # as it is where there is one
    assert Trainer(model(), device="cpu").device.type == "cpu"


@pytest.mark.refusal("train.trainer")
def test_processes_that_do_not_know_of_each_other_are_refused(monkeypatch):
    Trainer(model(), device="cpu")
    for name, value in {"WORLD_SIZE": "2", "LOCAL_RANK": "0", "MASTER_ADDR": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    with refused(RuntimeError, "2 processes were started but each would train alone"):
        Trainer(model(), device="cpu")


@pytest.mark.refusal("train.trainer")
@pytest.mark.parametrize("missing", ["LOCAL_RANK", "MASTER_ADDR"])
def test_processes_that_nobody_started_are_not_waited_for(monkeypatch, missing):
    """A cluster's containers set some of these for whatever runs in them, and an older job may have left others."""
    values = {"WORLD_SIZE": "2", "RANK": "1", "LOCAL_RANK": "1", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29577"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(missing)
    with refused(RuntimeError, "WORLD_SIZE is 2, but torchrun did not start this process"):
        Trainer(model(), device="cpu")


def test_two_processes_train_as_one(tmp_path):
    from several_processes import train

    first, second = in_two("several_processes.py", tmp_path)
    alone = train(tmp_path / "alone.safetensors")

    assert (first["processes"], second["processes"], alone["processes"]) == (2, 2, 1)
    assert alone["read"] == [32, 32, 32, 1]  # 97 texts; the process without one reads one that does not count
    assert first["read"] == [16, 16, 16, 1] and second["read"] == [16, 16, 16, 1]
    assert first["back"] and second["back"] and alone["back"]
    assert first["weights"] == second["weights"] and first["test"] == second["test"]
    for name in ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy"):
        assert first["history"][name] == second["history"][name]
        assert first["history"][name] == pytest.approx(alone["history"][name], abs=1e-3)
    assert alone["test"].accuracy > 0.8 and first["test"] == pytest.approx(list(alone["test"]), abs=1e-3)


@pytest.mark.parametrize("eps, ratio", [(1e-8, 1.0), (10.0, 0.1)])
def test_eps_decides_whether_a_rare_input_moves_its_weight_as_far_as_a_frequent_one(eps, ratio):
    x = torch.zeros(10, 2)
    x[:, 0], x[0, 1] = 1, 1  # one input in every row, one in a single row: a tenth of the gradient
    both = nn.Linear(2, 2, bias=False)
    nn.init.zeros_(both.weight)
    trainer = Trainer(both, lr=1e-3, epochs=1, clip=1e9, weight_decay=0, eps=eps, schedule=None, device="cpu")
    trainer.fit([(x, torch.ones(10, dtype=torch.long))], [(x, torch.ones(10, dtype=torch.long))], progress=False)
    moved = both.weight.detach().abs()[0]
    assert (moved[1] / moved[0]).item() == pytest.approx(ratio, rel=0.05)


def uncounted():
    return [(torch.zeros(1, 2), torch.tensor([-100]))]


@pytest.mark.refusal("train.trainer")
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
        (lambda p: Trainer(model(), eps=0), ValueError, "eps must be above 0"),
        (lambda p: Trainer(model(), device="abacus"), ValueError, "device must be one of"),
        (lambda p: Trainer(model(), threads=0), ValueError, "threads must be at least 1"),
        (lambda p: Trainer(model(), schedule="cosine"), ValueError, "schedule must be one of"),
        (lambda p: Trainer(model(), average=-0.1), ValueError, "average must be between 0 and 1"),
        (lambda p: Trainer(model(), average=1), ValueError, "average must be below 1"),
        (lambda p: Trainer(model(), average=float("nan")), ValueError, "average must be finite"),
        (lambda p: Trainer(model(), precision="fp16"), ValueError, "precision must be one of 'no', 'auto'"),
        (lambda p: Trainer(nn.Identity(), device="cpu").evaluate(uncounted()), ValueError, "No target counts"),
        (lambda p: Trainer(model(), device="cpu").fit([], [1]), ValueError, "needs at least one batch"),
        (lambda p: Trainer(model(), device="cpu").evaluate([]), ValueError, "no batch to evaluate"),
        (lambda p: History().plot(), ValueError, "No epoch has ended"),
        (lambda p: History().kept, ValueError, "No epoch has ended"),
    ],
)
def test_bad_input_gets_one_sentence(tmp_path, call, error, sentence):
    with refused(error, sentence):
        call(tmp_path)
