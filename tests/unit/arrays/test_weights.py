"""Arrays and facts on disk: they come back as they were, in the same bytes each time, or are refused."""

import hashlib
import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from refused import refused
from safetensors import safe_open
from safetensors.numpy import save

from utils.arrays import weights

ARRAYS = {
    "b": np.arange(6, dtype=np.float16).reshape(2, 3),
    "a": np.array([1.5, -2.0], np.float32),
    "step": np.array(3.0),
    "none": np.zeros((0, 4), np.int64),
    "yes": np.array([True, False, True]),
}
FACTS = {"words": ["film", "naïve", "\udcff"], "accuracy": 0.1 + 0.2, "options": {"rnn": "lstm", "segment": None}}
ADVICE = "make it again"


@pytest.fixture
def path(tmp_path):
    weights.write(tmp_path / "a.safetensors", ARRAYS, FACTS)
    return tmp_path / "a.safetensors"


def same(found, wanted):
    assert found.keys() == wanted.keys()
    for name, array in wanted.items():
        assert found[name].dtype == array.dtype and found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()


def test_what_was_written_is_read(path):
    arrays, facts = weights.read(path, ADVICE, ("words", "options"))
    same(arrays, ARRAYS)
    assert facts == FACTS
    arrays["a"] += 1  # they are the reader's own


number = st.sampled_from([np.dtype(name) for name in weights.TYPES.values()])
some_arrays = st.dictionaries(
    st.text(min_size=1).filter(lambda name: name != "__metadata__" and name.isprintable()),
    number.flatmap(lambda kind: arrays_of.arrays(kind, arrays_of.array_shapes(min_dims=0, min_side=0))),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60)
@given(some_arrays, st.dictionaries(st.text(), st.integers() | st.text() | st.booleans() | st.lists(st.floats(-9, 9))))
def test_any_arrays_and_facts_come_back(tmp_path_factory, arrays, facts):
    path = tmp_path_factory.mktemp("weights") / "a"
    weights.write(path, arrays, facts)
    found, again = weights.read(path, ADVICE)
    same(found, arrays)
    assert again == facts


def test_two_saves_are_the_same_bytes_whatever_the_order_of_the_arrays(path, tmp_path):
    for i in range(5):
        weights.write(tmp_path / f"{i}", dict(reversed(ARRAYS.items())), FACTS)
        assert (tmp_path / f"{i}").read_bytes() == path.read_bytes()


def test_rows_taken_apart_are_written_as_they_are_seen(tmp_path):
    table = np.arange(12.0).reshape(3, 4)
    weights.write(tmp_path / "a", {"columns": table.T, "some": table[:, ::2], "big": table.astype(">f8")}, {})
    arrays, _ = weights.read(tmp_path / "a", ADVICE)
    np.testing.assert_array_equal(arrays["columns"], table.T)
    np.testing.assert_array_equal(arrays["some"], table[:, ::2])
    np.testing.assert_array_equal(arrays["big"], table)


def test_other_tools_can_read_it(path):
    with safe_open(path, "np") as file:
        same({name: file.get_tensor(name) for name in file.keys()}, ARRAYS)
        assert json.loads(file.metadata()["about"])["facts"] == FACTS


def test_numbers_of_torch_go_there_and_back(tmp_path):
    """bfloat16 has no type in NumPy; float32 holds every one of its numbers."""
    half = torch.randn(50, generator=torch.Generator().manual_seed(0)).bfloat16()
    weights.write(tmp_path / "a", {"half": half.float().numpy()}, {})
    arrays, _ = weights.read(tmp_path / "a", ADVICE)
    assert torch.equal(torch.from_numpy(arrays["half"]).bfloat16(), half)


# What is not as it was written ---------------------------------------------------------------------------------------


def test_every_single_bit_counts(path):
    content = path.read_bytes()
    for place in range(len(content)):
        for bit in range(8):
            changed = bytearray(content)
            changed[place] ^= 1 << bit
            path.write_bytes(changed)
            with pytest.raises(ValueError, match=f"; {ADVICE}[.]$"):
                weights.read(path, ADVICE)


@pytest.mark.refusal("arrays.weights")
@pytest.mark.parametrize(
    "old, new",
    [
        (b'"F32"', b'"I32"'),
        (b'"F16"', b'"U16"'),
        (b'"F16"', b'"I16"'),
        (b'"step"', b'"stop"'),
        (b"[2,3]", b"[3,2]"),
        (b"sha256", b"sha255"),
        (b'"about"', b'"abouu"'),
        (b"lstm", b"gruu"),
        (b"film", b"Film"),
        (np.float32(1.5).tobytes(), np.float32(1.25).tobytes()),
        (b'"yes":', b'"yes" :'),
    ],
)
def test_whatever_is_changed_is_refused(path, old, new):
    content = path.read_bytes()
    assert old in content
    changed = content.replace(old, new, 1)
    grown = int.from_bytes(changed[:8], "little") + len(new) - len(old)
    path.write_bytes(grown.to_bytes(8, "little") + changed[8:])
    with refused(ValueError, f"is damaged.*; {ADVICE}"):
        weights.read(path, ADVICE)


@pytest.mark.refusal("arrays.weights")
@pytest.mark.parametrize(
    "change",
    [
        lambda c: b"",
        lambda c: c[:7],
        lambda c: c[:-1],
        lambda c: c + b"\0",
        lambda c: b"\xff" * 8 + c[8:],
        lambda c: (9).to_bytes(8, "little") + b"[" * 9,
        lambda c: (100_000).to_bytes(8, "little") + b"[" * 100_000,
        lambda c: (4).to_bytes(8, "little") + b"null",
        lambda c: save({"a": np.zeros(2)}),
        lambda c: save({"a": np.zeros(2)}, {"facts": "{}", "crc32": "00000000"}),
        lambda c: save({"a": np.zeros(2)}, {"about": '{"sha256": "", "facts": {}}'}),
        lambda c: save({"a": np.zeros(2)}, {"about": '{"sha256": 7, "facts": {}}'}),
        lambda c: save({"a": np.zeros(2)}, {"about": '{"sha256": "\\u00e9", "facts": 7}'}),
    ],
)
def test_what_is_no_such_file_is_refused(path, change):
    path.write_bytes(change(path.read_bytes()))
    with refused(ValueError, f"is damaged.*; {ADVICE}"):
        weights.read(path, ADVICE)


@pytest.mark.refusal("arrays.weights")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda p: weights.read(p, ADVICE, ["words", "seed"]), ValueError, f"of this kind, seed is missing; {ADVICE}"),
        (lambda p: weights.read(p.parent, ADVICE), ValueError, "is a folder; name a file in it"),
        (lambda p: weights.read(p.parent / "b", ADVICE), FileNotFoundError, f"There is no file at .*b; {ADVICE}"),
        (lambda p: weights.write(p, {"a": [1.0]}, {}), TypeError, "a must be an array of one of float64, .*, got list"),
        (lambda p: weights.write(p, {"a": np.zeros(2, complex)}, {}), TypeError, "a must be .* got complex128"),
        (lambda p: weights.write(p, {"a": np.zeros(1)}, {"a": {1}}), TypeError, "facts must be what JSON can hold"),
        (lambda p: weights.write(p, {}, {}), ValueError, "arrays must hold at least one array"),
    ],
)
def test_bad_input_gets_one_sentence_and_the_file_stays(path, call, error, sentence):
    before = path.read_bytes()
    with refused(error, sentence):
        call(path)
    assert path.read_bytes() == before


def test_the_digest_is_that_of_the_file_with_zeros_in_its_place(path):
    content = path.read_bytes()
    n = int.from_bytes(content[:8], "little")
    digest = json.loads(json.loads(content[8 : 8 + n])["__metadata__"]["about"])["sha256"]
    assert hashlib.sha256(content.replace(digest.encode(), b"0" * 64)).hexdigest() == digest
