import gzip
import hashlib
import http.server
import io
import json
import os
import re
import tarfile
import threading

import numpy as np
import pooch
import pytest
from refused import refused

from utils.data import (
    ARCHIVE,
    Corpus,
    Split,
    __main__,
    imdb,
    imdb_sample,
    read_imdb_archive,
    read_imdb_folder,
    reviews,
)
from utils.files import DATA

FOLDERS = [f"aclImdb/{split}/{label}" for split in ("train", "test") for label in ("neg", "pos")]


@pytest.fixture(autouse=True)
def small_world(monkeypatch, tmp_path):
    """An empty cache, no data of this machine, and archives of three reviews a folder."""
    monkeypatch.setenv("RNN_COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RNN_COURSE_DATA", raising=False)
    monkeypatch.setattr(reviews, "REVIEWS", 3)


def members(n=3):
    rows = [("aclImdb/README", b"about"), ("aclImdb/train/unsup/0_0.txt", b"no label")]
    for folder in FOLDERS:
        rows += [(f"{folder}/{i}_{9 if 'pos' in folder else 2}.txt", f"{folder} {i} é".encode()) for i in range(n)]
    return rows


def write(path, rows, extra=(), mode="w:gz"):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as tar:
        for name, content in rows:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for info in extra:
            tar.addfile(info)
    return path


def test_reads_the_archive_in_the_order_of_its_numbers(tmp_path):
    path = write(tmp_path / ARCHIVE, members()[::-1])
    corpus = imdb(path)
    assert not corpus.sample
    assert corpus.train.texts == [f"aclImdb/train/{label} {i} é" for label in ("neg", "pos") for i in range(3)]
    assert corpus.test.texts[0] == "aclImdb/test/neg 0 é"
    for split in (corpus.train, corpus.test):
        assert split.labels.tolist() == [0, 0, 0, 1, 1, 1] and split.labels.dtype == np.int64
        assert set(split.labels.tolist()) == {0, 1}


def test_the_second_time_comes_from_the_cache(tmp_path, monkeypatch):
    path = write(tmp_path / ARCHIVE, members())
    first = imdb(path)
    monkeypatch.setattr(reviews, "read_imdb_archive", None)  # not called again
    second = imdb(tmp_path)
    assert second.train.texts == first.train.texts and second.test.texts == first.test.texts
    assert (second.train.labels == first.train.labels).all() and (second.test.labels == first.test.labels).all()


def test_a_damaged_cache_is_made_again_wherever_the_damage_is(tmp_path):
    path = write(tmp_path / ARCHIVE, members())
    first = imdb(path)
    (cached,) = (tmp_path / "home" / "cache").iterdir()
    content = cached.read_bytes()
    damaged = [content[:i] + bytes([content[i] ^ 1 << i % 8]) + content[i + 1 :] for i in range(0, len(content), 3)]
    damaged += [content[: len(content) * tenth // 10] for tenth in range(10)]
    for harmed in damaged:
        cached.write_bytes(harmed)
        again = imdb(path)
        assert again.train.texts == first.train.texts and again.test.texts == first.test.texts
        assert again.train.labels.tolist() == again.test.labels.tolist() == [0, 0, 0, 1, 1, 1]
        assert cached.read_bytes() == content


def test_search_order(tmp_path, monkeypatch, capsys):
    assert imdb().sample
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "make data" in said
    rows = members()
    for place in ("home/cache", "env", "argument"):
        write(tmp_path / place / ARCHIVE, [(name, f"{place}".encode()) for name, _ in rows])
    assert imdb().train.texts[0] == "home/cache"
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path / "env"))
    assert imdb().train.texts[0] == "env"
    assert imdb(tmp_path / "argument").train.texts[0] == "argument"
    assert capsys.readouterr().out == ""
    (tmp_path / "env" / ARCHIVE).unlink()  # a folder of other data is no error
    assert imdb().train.texts[0] == "home/cache"


def unpack(folder, rows):
    for name, content in rows:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / "aclImdb"


def same(one, other):
    pairs = (one.train, other.train), (one.test, other.test)
    return all(a.texts == b.texts and a.labels.tolist() == b.labels.tolist() for a, b in pairs)


MANY = members(12)  # so many that the order of the numbers is not that of the names


@pytest.mark.parametrize("place", ["aclImdb", ".", "aclImdb_v1/aclImdb"])
def test_the_unpacked_folder_gives_what_the_archive_gives(tmp_path, monkeypatch, place):
    monkeypatch.setattr(reviews, "REVIEWS", 12)
    others = [("aclImdb/train/neg/.DS_Store", b"\0"), ("aclImdb/train/urls_neg.txt", b"http")]
    folder = unpack((tmp_path / "here" / place).parent if place != "." else tmp_path / "here", MANY[::-1] + others)
    found = imdb(folder if place == "." else tmp_path / "here")
    assert not found.sample and same(found, imdb(write(tmp_path / ARCHIVE, MANY)))
    assert found.train.texts[2] == "aclImdb/train/neg 2 é"


def test_a_folder_is_kept_in_the_cache_until_a_file_changes(tmp_path, monkeypatch):
    folder = unpack(tmp_path, members())
    first = imdb(folder)
    monkeypatch.setattr(reviews, "read_imdb_folder", None)  # not called again
    assert same(imdb(folder), first)
    monkeypatch.undo()
    monkeypatch.setattr(reviews, "REVIEWS", 3)
    monkeypatch.setenv("RNN_COURSE_HOME", str(tmp_path / "home"))
    file = folder / "test" / "pos" / "0_9.txt"
    before = file.stat()
    file.write_bytes(b"another length")
    os.utime(file, ns=(0, before.st_mtime_ns))  # of the same time
    assert imdb(folder).test.texts[3] == "another length"
    file.write_bytes(b"of that length")
    os.utime(file, ns=(0, before.st_mtime_ns + 1))
    assert imdb(folder).test.texts[3] == "of that length"


def test_the_archive_is_taken_before_the_folder_beside_it(tmp_path):
    unpack(tmp_path, [(name, b"of the folder") for name, _ in members()])
    write(tmp_path / ARCHIVE, [(name, b"of the archive") for name, _ in members()])
    assert imdb(tmp_path).test.texts[0] == "of the archive"


@pytest.mark.parametrize(
    "name, mode",
    [
        ("aclImdb_v1.tar", "w"), ("aclImdb_v1.tgz", "w:gz"), ("aclImdb_v1 (1).tar.gz", "w:gz"),
        ("aclImdb.tar.xz", "w:xz"), ("aclImdb.TAR.BZ2", "w:bz2"), ("aclImdb_v1.tar", "w:gz"),
    ],
)  # fmt: skip
def test_an_archive_of_another_name_or_compression_is_found_and_read(tmp_path, name, mode):
    whole = imdb(write(tmp_path / "whole" / ARCHIVE, members()))
    path = write(tmp_path / "other" / name, members(), mode=mode)
    assert same(imdb(path), whole) and same(imdb(path.parent), whole)
    assert same(imdb(path.rename(path.with_name("reviews"))), whole)  # a name of one's own, named


@pytest.mark.parametrize("prefix", ["./", "", "backup/"])
def test_the_members_of_an_archive_may_lie_in_another_folder(tmp_path, prefix):
    rows = [(prefix + (name if prefix else name.removeprefix("aclImdb/")), content) for name, content in members()]
    assert same(imdb(write(tmp_path / "b" / ARCHIVE, rows)), imdb(write(tmp_path / "a" / ARCHIVE, members())))


def test_a_download_that_has_not_ended_is_not_taken_for_the_archive(tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path))
    for name in (f"{ARCHIVE}.part", f"{ARCHIVE}.crdownload", f".{ARCHIVE}.sb-1"):
        (tmp_path / name).write_bytes(b"\x1f\x8b")
    unpack(tmp_path, [row for row in members() if "test/pos" not in row[0]])  # nor is half a folder
    assert imdb().sample


TABLE = b'review,sentiment\r\n"An invented review.<br /><br />It was dull.",negative\r\n'
WANTED = "wanted is aclImdb_v1.tar.gz, which `make data` fetches, or the folder aclImdb that it unpacks to"


@pytest.mark.refusal("data")
@pytest.mark.parametrize(
    "name, content, what",
    [
        ("IMDB Dataset.csv", TABLE, "is a table that does not say which reviews are for training and which for the"),
        ("reviews", TABLE, "is a table that"),
        ("reviews.txt", b'\xef\xbb\xbf"review","sentiment"\n', "is a table that"),
        ("train.parquet", b"PAR1", "is a table that"),
        ("archive.zip", b"PK\3\4", "is a zip file, which is not read"),
        (ARCHIVE, b"", "is not the archive of the reviews"),
        (ARCHIVE, b"<html>404</html>", "is not the archive of the reviews"),
        (ARCHIVE, gzip.compress(b"hello", mtime=0), "is not the archive of the reviews"),
    ],
)
def test_a_sound_file_of_another_form_is_not_called_damaged(tmp_path, name, content, what):
    (tmp_path / name).write_bytes(content)
    with refused(ValueError, f"{re.escape(name)} {what}.*: {WANTED}") as failure:
        imdb(tmp_path / name)
    assert "damaged" not in str(failure.value) and "delete" not in str(failure.value)
    with refused(ValueError, f"{re.escape(name)} {what}.*: {WANTED}"):
        read_imdb_archive(tmp_path / name)
    assert not list(tmp_path.glob("home/cache/*"))


@pytest.mark.refusal("data")
def test_an_unpacked_folder_that_is_not_whole_is_refused(tmp_path):
    folder = unpack(tmp_path, members()[:-1])
    with refused(ValueError, f"aclImdb has 2 reviews in test/pos instead of 3: {WANTED}"):
        imdb(folder)
    (folder / "test" / "pos" / "2_9.txt").write_bytes(b"\xff\xfe\xff")
    with refused(ValueError, "aclImdb is refused: 'test/pos/2_9.txt' in it is not text in UTF-8"):
        imdb(folder)
    (folder / "test" / "pos" / "2_9.txt").write_bytes(b"a" * ((1 << 20) + 1))
    with refused(ValueError, "'test/pos/2_9.txt' in it is larger than any review"):
        imdb(folder)
    with refused(ValueError, "neg cannot be read .No such file or directory.: wanted is"):
        read_imdb_folder(tmp_path)


@pytest.mark.refusal("data")
@pytest.mark.parametrize("tenth", range(10))
def test_a_truncated_archive_is_refused_and_never_cached(tmp_path, tenth):
    path = write(tmp_path / ARCHIVE, members())
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * tenth // 10 + (len(content) // 10 - 1) * (tenth == 9)])
    with refused(ValueError, "is damaged or cut short .* fetch it again" if tenth else "is not the archive"):
        imdb(path)
    assert not list(tmp_path.glob("home/cache/*"))


def hostile():
    link = tarfile.TarInfo("aclImdb/train/pos/7_9.txt")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    hard = tarfile.TarInfo("aclImdb/train/pos/7_9.txt")
    hard.type, hard.linkname = tarfile.LNKTYPE, "aclImdb/README"
    pipe = tarfile.TarInfo("aclImdb/pipe")
    pipe.type = tarfile.FIFOTYPE
    device = tarfile.TarInfo("aclImdb/train/pos/7_9.txt")
    device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 5
    return {
        "symbolic link": link, "hard link": hard, "pipe": pipe, "device": device,
        "parent": tarfile.TarInfo("aclImdb/../../escape"), "absolute": tarfile.TarInfo("/etc/cron.d/job"),
    }  # fmt: skip


@pytest.mark.refusal("data")
@pytest.mark.parametrize("kind", hostile())
def test_a_hostile_archive_is_refused_and_never_cached(tmp_path, kind):
    path = write(tmp_path / ARCHIVE, members(), [hostile()[kind]])
    with refused(ValueError, "is refused: .* is a link, or leads out of its folder"):
        imdb(path)
    assert not list(tmp_path.glob("home/cache/*")) and not list(tmp_path.rglob("escape"))


def wrong():
    rows = members()
    yield "review missing", rows[:-1], "2 reviews in test/pos instead of 3"
    yield "review too many", [*rows, ("aclImdb/test/pos/77_9.txt", b"x")], "4 reviews in test/pos instead of 3"
    yield "folder missing", [r for r in rows if "train/pos" not in r[0]], "0 reviews in train/pos"
    yield "another archive", [("readme.txt", b"hello")], "0 reviews in train/neg"
    yield (
        "not text",
        [*rows[:-1], (rows[-1][0], b"\xff\xfe\xff")],
        "is refused: 'aclImdb/test/pos/2_9.txt' in it is not text",
    )
    yield "huge review", [*rows[:-1], (rows[-1][0], b"a" * ((1 << 20) + 1))], "larger than any review"


@pytest.mark.refusal("data")
@pytest.mark.parametrize("rows, sentence", [case[1:] for case in wrong()], ids=[case[0] for case in wrong()])
def test_a_wrong_archive_is_refused(tmp_path, rows, sentence):
    with refused(ValueError, sentence):
        read_imdb_archive(write(tmp_path / ARCHIVE, rows))


@pytest.mark.refusal("data")
def test_a_wrong_download_is_refused_and_not_kept(tmp_path, monkeypatch):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"not the archive")

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(reviews, "URL", f"http://127.0.0.1:{server.server_port}/{ARCHIVE}")
        with refused(ConnectionError, "could not be fetched"):
            imdb(download=True)
        server.shutdown()
    assert not list(tmp_path.glob("home/cache/*"))
    assert imdb().sample


def test_a_download_happens_only_when_asked_for(tmp_path, monkeypatch):
    archive = write(tmp_path / "home" / "elsewhere" / ARCHIVE, members())
    calls = []

    def retrieve(url, known_hash, **options):
        calls.append((url, known_hash, options["progressbar"]))
        return str(archive)

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    assert imdb().sample and calls == []
    assert not imdb(download=True).sample
    assert calls == [(reviews.URL, "md5:7c2ac02c03563afcf9b574c7e56c153a", True)]


def test_make_data_says_how_many_reviews_there_are_and_where(tmp_path):
    archive = write(tmp_path / "home" / "cache" / ARCHIVE, members())
    assert __main__.reviews() == f"IMDb: 6 reviews to learn from and 6 to test on, in {archive}."


def test_the_sample_is_what_its_card_says():
    corpus = imdb_sample()
    assert corpus.sample and (len(corpus.train), len(corpus.test)) == (800, 200)
    assert corpus.train.labels.mean() == corpus.test.labels.mean() == 0.5
    assert not set(corpus.train.texts) & set(corpus.test.texts)
    content = (DATA / "imdb_sample.jsonl").read_bytes()
    assert len(content) <= 300_000
    assert hashlib.sha256(content).hexdigest() in (DATA / "README.md").read_text(encoding="utf-8")


def test_the_sample_is_made_by_its_command(monkeypatch):
    monkeypatch.syspath_prepend(DATA.parent / "tools")
    import make_sample

    assert make_sample.make() == (DATA / "imdb_sample.jsonl").read_text(encoding="utf-8")


def test_held_out_texts_are_runs_of_neighbors_in_each_class():
    split = Split([str(i) for i in range(200)], np.arange(200) // 100)
    rest, held = split.hold_out(0.2, blocks=5)
    assert sorted(rest.texts + held.texts) == sorted(split.texts)
    assert held.labels.sum() == 20 and len(held) == 40
    assert [int(text) for text in held.texts[:8]] == [8, 9, 10, 11, 28, 29, 30, 31]
    assert all(int(text) // 100 == label for part in (rest, held) for text, label in zip(part.texts, part.labels))


def test_as_much_or_as_little_as_there_can_be_is_held_out():
    for share, held in ((0.94, 9), (0.06, 1)):
        rest, out = TWENTY.hold_out(share, blocks=1)
        assert np.bincount(out.labels).tolist() == [held] * 2 and np.bincount(rest.labels).tolist() == [10 - held] * 2


def test_a_sample_follows_its_seed():
    split = Split([str(i) for i in range(100)], np.arange(100) % 2)
    some = split.sample(50)
    assert len(set(some.texts)) == 50 and all(int(text) % 2 == label for text, label in zip(some.texts, some.labels))
    assert split.sample(50).texts == some.texts != split.sample(50, seed=1).texts
    assert len(split.sample(1000)) == 100


split = Split(["a", "b"], np.array([0, 1]))
TWENTY = Split(["a"] * 20, np.arange(20) % 2)  # 0.96 of ten is all of them, 0.04 none


@pytest.mark.refusal("data")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: imdb("/nowhere"), FileNotFoundError, "data names /nowhere, which does not exist"),
        (
            lambda: imdb(os.path.dirname(__file__)),
            FileNotFoundError,
            "There is no aclImdb_v1.tar.gz or folder aclImdb in",
        ),
        (lambda: imdb(7), TypeError, "data must be a path"),
        (lambda: read_imdb_archive("/nowhere.tar.gz"), FileNotFoundError, "There is no archive at"),
        (lambda: split.hold_out(0), ValueError, "share must be above 0"),
        (lambda: split.hold_out(1.0), ValueError, "below 1"),
        (lambda: split.hold_out(0.5), ValueError, "Runs of 1 texts are too short"),
        (
            lambda: TWENTY.hold_out(0.96, blocks=1),
            ValueError,
            "Runs of 10 texts are too short to hold out 0.96 of each",
        ),
        (
            lambda: TWENTY.hold_out(0.04, blocks=1),
            ValueError,
            "Runs of 10 texts are too short to hold out 0.04 of each",
        ),
        (lambda: split.hold_out(0.5, blocks=0), ValueError, "blocks must be at least 1"),
        (lambda: split.sample(0), ValueError, "limit must be at least 1"),
        (lambda: split.sample(1, seed=-1), ValueError, "seed must be at least 0"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence):
        call()


@pytest.mark.refusal("data")
def test_a_missing_folder_in_the_environment_is_said(monkeypatch):
    monkeypatch.setenv("RNN_COURSE_DATA", "/nowhere")
    with refused(FileNotFoundError, "RNN_COURSE_DATA names /nowhere"):
        imdb()


@pytest.mark.refusal("data")
def test_a_missing_sample_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(reviews, "DATA", tmp_path)
    with refused(FileNotFoundError, "make_sample.py"):
        imdb_sample()


OFFICIAL = reviews.REVIEWS
REAL = os.environ.get("RNN_COURSE_DATA", "")


@pytest.mark.skipif(not os.path.isfile(os.path.join(REAL, ARCHIVE)), reason="the real reviews are not here")
def test_the_real_reviews(monkeypatch):
    monkeypatch.setattr(reviews, "REVIEWS", OFFICIAL)
    corpus = imdb(REAL)
    assert isinstance(corpus, Corpus) and not corpus.sample
    for part in (corpus.train, corpus.test):
        assert len(part) == 25_000 and part.labels.sum() == 12_500 and all(part.texts)
    both = set(corpus.train.texts)
    assert sum(text in both for text in corpus.test.texts) == 123
    assert imdb(REAL).test.texts == corpus.test.texts


def test_the_sample_lines_are_json():
    for line in (DATA / "imdb_sample.jsonl").read_text(encoding="utf-8").splitlines():
        assert set(json.loads(line)) == {"split", "label", "text"}
