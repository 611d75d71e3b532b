"""A small training that test_trainer.py runs in one process, and in several: torchrun several_processes.py FOLDER."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import torch

from utils.data.batching import batches
from utils.models.classifier import Classifier
from utils.train.trainer import Trainer


def toy(n=96, seed=0):
    """Texts of the ids 2 to 9; the label says whether a 2 stands in them."""
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(2, 8, (n,), generator=generator).tolist()
    rows = [torch.randint(3, 10, (length,), generator=generator) for length in lengths]
    labels = [i % 2 for i in range(n)]
    for row, label in zip(rows, labels):
        row[len(row) // 2] = 2 if label else 3
    return batches(rows, labels, 16, generator=generator), batches(rows, labels, 32)


def train(checkpoint: Path) -> dict:
    """What there is to compare: scores, weights, and how many rows this process read in one evaluation."""
    torch.manual_seed(0)
    model = Classifier(10, 8, 8, pooling="max")
    learn, check = toy(97)  # batches of 16 and of 32, and a last one of 1, fewer than there are processes
    trainer = Trainer(model, lr=3e-2, epochs=8, label_smoothing=0.05, average=0.8)
    history = trainer.fit(learn, check, progress=False, checkpoint=checkpoint)
    weights = torch.cat([w.detach().flatten() for w in model.parameters()])

    read = []
    hook = model.register_forward_hook(lambda module, inputs, logits: read.append(len(logits)))
    test = trainer.evaluate(toy(97)[1])
    hook.remove()

    trainer.fit(learn, check, progress=False)  # the same model once more, wrapped anew
    trainer.fit(learn, check, progress=False, checkpoint=checkpoint)  # back to the checkpoint, which is at its end
    back = torch.equal(weights, torch.cat([w.detach().flatten() for w in model.parameters()]))
    found = {"history": asdict(history), "test": test, "weights": weights.tolist()}
    return found | {"processes": trainer.processes, "read": read, "back": back}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    result = train(folder / "several.safetensors")
    (folder / f"rank{torch.distributed.get_rank()}.json").write_text(json.dumps(result))
    torch.distributed.destroy_process_group()
