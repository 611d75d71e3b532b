"""The treebank: the format's rules, where it is looked for, what is refused, and the sample that ships."""

import collections
import hashlib
import http.server
import itertools
import os
import threading
import time

import pytest
from refused import refused

from utils.data import UPOS, read_conllu, treebank, ud_english, ud_sample
from utils.data.__main__ import main
from utils.data.treebank import parse_conllu
from utils.files import DATA

RULES = """\
# newdoc id = a
# text = Don't!
1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\t_
1\tDo\tdo\tAUX\t_\t_\t_\t_\t_\t_
2\tn't\tnot\tPART\t_\t_\t_\t_\t_\t_
2.1\tgo\tgo\tVERB\t_\t_\t_\t_\t_\t_
3\t!\t!\tPUNCT\t_\t_\t_\t_\t_\t_

# text = # 10 000
1\t#\t#\tSYM\t_\t_\t_\t_\t_\t_
2\t10 000\t10 000\tNUM\t_\t_\t_\t_\t_\t_

"""


@pytest.fixture(autouse=True)
def small_world(monkeypatch, tmp_path):
    """An empty cache, no data of this machine, and a treebank of two sentences a part."""
    monkeypatch.setenv("RNN_COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RNN_COURSE_DATA", raising=False)
    monkeypatch.setattr(treebank, "SIZES", dict.fromkeys(("train", "dev", "test"), (2, 5)))


def write(folder, word="Do"):
    folder.mkdir(parents=True)
    for part in ("train", "dev", "test"):
        text = RULES.replace("\tDo\t", f"\t{word}{part}\t")
        (folder / f"en_ewt-ud-{part}.conllu").write_text(text, encoding="utf-8")
    return folder


def test_the_rules_of_the_format(tmp_path):
    found = parse_conllu(RULES)
    assert found.words == [["Do", "n't", "!"], ["#", "10 000"]]
    assert found.tags == [["AUX", "PART", "PUNCT"], ["SYM", "NUM"]]


@pytest.mark.parametrize(
    "content",
    [
        RULES.replace("\n", "\r\n").encode(),  # of Windows
        RULES.replace("\n", "\r").encode(),  # of the first Macintosh
        b"\xef\xbb\xbf" + RULES.encode(),  # a byte-order mark, before a comment
        b"\xef\xbb\xbf" + RULES[RULES.index("1-2") :].replace("\n", "\r\n").encode(),  # and before a word
        RULES[:-1].encode(),  # the last sentence without its empty line
        RULES[:-2].encode(),  # the last line without its end
        RULES.replace("\n\n", "\n \t\n\n\n").encode(),
    ],
)
def test_what_editors_and_systems_do_to_a_file_changes_nothing(tmp_path, content):
    path = tmp_path / "file.conllu"
    path.write_bytes(content)
    assert read_conllu(path) == parse_conllu(content.decode()) == parse_conllu(RULES)


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\x0b", "\x1c"])
def test_only_the_end_of_a_line_ends_one(end):
    assert parse_conllu(RULES.replace("#\t#", f"a{end}b\t#")).words[1] == [f"a{end}b", "10 000"]


def test_words_that_were_not_written_may_stand_before_the_first_and_several_in_a_row():
    row = RULES.split("\n")[5]
    rows = RULES.replace("1-2", row.replace("2.1", "0.1") + "\n1-2").replace(
        row, row + "\n" + row.replace("2.1", "2.2")
    )
    assert rows.count("2.2") == 1 and parse_conllu(rows) == parse_conllu(RULES)


def test_the_17_parts_of_speech():
    assert len(set(UPOS)) == 17 and list(UPOS) == sorted(UPOS)


OFFICIAL = treebank.SIZES


def test_the_official_sizes_are_those_of_the_card():
    card = " ".join((DATA / "README.md").read_text(encoding="utf-8").split())
    train, dev, test = (sentences for sentences, _ in OFFICIAL.values())
    assert f"{train:,} sentences for training, {dev:,} for validation and {test:,} for the test" in card
    assert f"{sum(words for _, words in OFFICIAL.values()):,} words" in card


LINE = "1\tDo\tdo\tAUX\t_\t_\t_\t_\t_\t_\n"


@pytest.mark.refusal("data")
@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "holds no sentence"),
        ("# only a comment\n\n", "holds no sentence"),
        ("<html>404: Not Found</html>\n", "line 1 has 1 columns, not 10"),
        (RULES + "1", "line 13 has 1 columns, not 10"),
        (RULES[:-8], "line 11 has 7 columns, not 10"),
        (LINE.replace("\t", "  "), "line 1 has 1 columns, not 10 with tabs between them"),
        (LINE.replace("1", "-1", 1), "line 1 is word '-1', not 1"),
        (LINE.replace("1", "1-", 1), "line 1 is word '1-', not 1"),
        (LINE.replace("1", "1.", 1), "line 1 is word '1.', not 1"),
        (LINE.replace("1", "1.1", 1), "line 1 is word '1.1', not 1"),
        (LINE.replace("1", "٠", 1), "line 1 is word '٠', not 1"),
        (LINE + LINE.replace("1", "1-2", 1), "line 2 is the range '1-2', which does not stand before its first word"),
        (LINE.replace("1", "1-1", 1) + LINE, "line 1 is the range '1-1'"),
        (LINE.replace("1", "2-1", 1) + LINE, "line 1 is the range '2-1'"),
        (LINE.replace("1", "1-3", 1) + LINE + LINE.replace("1", "2-3", 1), "line 3 is the range '2-3'"),
        (LINE.replace("1", "1-2", 1) + LINE, "line 3 ends a sentence before its word 2, which a range names"),
        (LINE.replace("Do", "", 1), "line 1 has no word in its second column"),
        (LINE[:-3] + "\n\n", "line 1 has 9 columns, not 10"),
        (RULES.replace("PART", "TEIL"), "line 5 has the unknown part of speech 'TEIL'"),
        (RULES.replace("AUX", "_"), "line 4 has the unknown part of speech '_'"),
        (LINE + LINE + "\n", "line 2 is word '1', not 2"),
        (LINE.replace("1", "one"), "line 1 is word 'one', not 1"),
    ],
)
def test_what_is_not_conllu_is_refused(tmp_path, text, sentence):
    path = tmp_path / "file.conllu"
    path.write_text(text, encoding="utf-8")
    with refused(ValueError, f"file.conllu is damaged or not CoNLL-U: .*{sentence}") as failure:
        read_conllu(path)
    assert "\n" not in str(failure.value)


@pytest.mark.refusal("data")
def test_bytes_that_are_no_text_are_refused(tmp_path):
    for content in (b"\xff\xfe\x00", RULES.encode("utf-16"), RULES.replace("t", "é").encode("latin-1")):
        (tmp_path / "file.conllu").write_bytes(content)
        with refused(ValueError, "file.conllu cannot be read, for it is not text in UTF-8; CoNLL-U is"):
            read_conllu(tmp_path / "file.conllu")


@pytest.mark.refusal("data")
@pytest.mark.parametrize(
    "call, error, sentence",
    [
        (lambda: ud_english("/nowhere"), FileNotFoundError, "data names /nowhere, which does not exist"),
        (lambda: ud_english(os.path.dirname(__file__)), FileNotFoundError, "There is no ud_english_ewt in"),
        (lambda: ud_english(7), TypeError, "data must be a path"),
        (lambda: read_conllu("/nowhere.conllu"), FileNotFoundError, "There is no treebank file at"),
    ],
)
def test_bad_input_gets_one_sentence(call, error, sentence):
    with refused(error, sentence):
        call()


def test_search_order(tmp_path, monkeypatch, capsys):
    assert ud_english().sample
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "600 generated sentences" in said and "make data" in said
    folders = [write(tmp_path / place / "ud_english_ewt", place[0]) for place in ("home/cache", "env", "argument")]
    assert ud_english().train.words[0][0] == "htrain"
    monkeypatch.setenv("RNN_COURSE_DATA", str(tmp_path / "env"))
    found = ud_english()
    assert not found.sample
    assert [part.words[0][0] for part in (found.train, found.dev, found.test)] == ["etrain", "edev", "etest"]
    for place in (tmp_path / "argument", folders[2], str(folders[2])):
        assert ud_english(place).dev.words[0][0] == "adev"
    assert capsys.readouterr().out == ""
    (folders[1] / "en_ewt-ud-dev.conllu").unlink()  # a treebank with a part missing is none
    assert ud_english().train.words[0][0] == "htrain"


@pytest.mark.refusal("data")
def test_a_part_with_sentences_missing_is_refused(tmp_path):
    folder = write(tmp_path / "ud_english_ewt")
    (folder / "en_ewt-ud-test.conllu").write_text(RULES[: RULES.index("# text = # 10")], encoding="utf-8")
    sizes = "has 1 sentences of 3 words instead of 2 of 5; fetch it again"
    with refused(ValueError, f"en_ewt-ud-test.conllu {sizes}"):
        ud_english(folder)


@pytest.mark.refusal("data")
def test_a_part_that_was_cut_between_two_words_is_refused(tmp_path):
    folder = write(tmp_path / "ud_english_ewt")
    (folder / "en_ewt-ud-dev.conllu").write_text(RULES[: RULES.index("2\t10 000")], encoding="utf-8")
    with refused(ValueError, "en_ewt-ud-dev.conllu has 2 sentences of 4 words instead of 2 of 5; fetch it again"):
        ud_english(folder)


@pytest.mark.parametrize("name", ["ud_english_ewt", "UD_English-EWT", "UD_English-EWT-r2.16", "mine"])
def test_the_folder_has_the_name_of_the_course_or_of_its_release_or_is_named_itself(tmp_path, name):
    folder = write(tmp_path / "data" / name)
    assert not ud_english(folder if name == "mine" else tmp_path / "data").sample


@pytest.fixture
def server(monkeypatch):
    """A stand-in for the network: gives the small treebank; `.asked` has the paths, `.wrong` a file to spoil."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>" if self.server.wrong in self.path else RULES.encode())

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.wrong = [], "nothing"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(treebank, "URL", f"http://127.0.0.1:{server.server_port}/")
        sha = hashlib.sha256(RULES.encode()).hexdigest()
        monkeypatch.setattr(treebank, "SHA256", dict.fromkeys(("train", "dev", "test"), sha))
        yield server
        server.shutdown()


def test_a_download_happens_once_and_only_when_asked_for(server):
    assert ud_english().sample and server.asked == []
    for _ in range(2):
        found = ud_english(download=True)
        assert not found.sample and found.dev.words[0] == ["Do", "n't", "!"]
    assert server.asked == [f"/en_ewt-ud-{part}.conllu" for part in ("train", "dev", "test")]
    assert not ud_english().sample


@pytest.mark.refusal("data")
def test_a_wrong_download_is_refused_and_what_was_right_is_kept(server, tmp_path):
    server.wrong = "test"
    with refused(ConnectionError, "test.conllu could not be fetched"):
        ud_english(download=True)
    assert len(list(tmp_path.glob("home/cache/ud_english_ewt/*"))) == 2
    assert ud_english().sample
    server.wrong = "nothing"
    assert not ud_english(download=True).sample
    assert len(server.asked) == 4


def test_make_data_fetches_what_it_can_and_says_what_failed(server, capsys, monkeypatch):
    monkeypatch.setattr("utils.data.reviews.URL", treebank.URL + "archive")
    assert main() == 1
    said = capsys.readouterr()
    assert said.out.startswith("UD English EWT: 2 sentences to learn from, 2 to choose by and 2 to test on, in ")
    assert "/archive could not be fetched" in said.err and "Traceback" not in said.err


def sentences(bank):
    return [tuple(words) for part in (bank.train, bank.dev, bank.test) for words in part.words]


def test_the_sample_is_what_its_card_says():
    bank = ud_sample()
    assert bank.sample and [len(bank.train), len(bank.dev), len(bank.test)] == [480, 60, 60]
    assert len(set(sentences(bank))) == 600
    tags = collections.defaultdict(collections.Counter)
    for words, parts in zip(bank.train.words, bank.train.tags):
        assert len(words) == len(parts)
        for word, tag in zip(words, parts):
            tags[word.lower()][tag] += 1
    several = [word for word in tags if len(tags[word]) > 1]
    share = sum(tags[word].total() for word in several) / sum(map(len, bank.train.words))
    assert (len(tags), len(several), round(share, 2)) == (136, 34, 0.19)
    assert len({tag for counts in tags.values() for tag in counts}) == 15
    test = list(zip(itertools.chain(*bank.test.words), itertools.chain(*bank.test.tags)))
    right = sum(tags[word.lower()].most_common(1)[0][0] == tag for word, tag in test)
    assert round(right / len(test), 2) == 0.94
    content, card = (DATA / "ud_sample.conllu").read_bytes(), (DATA / "README.md").read_text(encoding="utf-8")
    assert f"{hashlib.sha256(content).hexdigest()}  ud_sample.conllu" in card and f"| {len(content)} bytes |" in card


def test_some_words_are_decided_only_by_what_follows():
    bank = ud_sample()
    beginnings = collections.defaultdict(set)
    for words, tags in zip(bank.train.words, bank.train.tags):
        for i in range(len(words)):
            beginnings[" ".join(words[: i + 1]).lower()].add(tags[i])
    for word, wanted in (("that", 3), ("no", 2), ("before", 2), ("have", 2), ("to", 2), ("after", 2), ("man", 2)):
        found = [tags for text, tags in beginnings.items() if text.split()[-1] == word]
        assert max(map(len, found)) >= min(wanted, 2), word
        assert len(set().union(*found)) == wanted, word


def test_the_sample_is_made_by_its_command(monkeypatch):
    monkeypatch.syspath_prepend(DATA.parent / "tools")
    import make_treebank

    assert make_treebank.make() == (DATA / "ud_sample.conllu").read_text(encoding="utf-8")


@pytest.mark.refusal("data")
def test_a_missing_sample_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(treebank, "DATA", tmp_path)
    with refused(FileNotFoundError, "make_treebank.py"):
        ud_sample()


REAL = os.path.join(os.environ.get("RNN_COURSE_DATA", ""), "ud_english_ewt")


@pytest.mark.skipif(not os.path.isdir(REAL), reason="the real treebank is not here")
def test_the_real_treebank(monkeypatch):
    monkeypatch.setattr(treebank, "SIZES", OFFICIAL)
    began = time.perf_counter()
    bank = ud_english(REAL)
    assert time.perf_counter() - began < 20  # measured below 1 s; the bound leaves room for a busy machine
    assert not bank.sample and [len(bank.train), len(bank.dev), len(bank.test)] == [12_544, 2_001, 2_077]
    assert sum(map(len, sentences(bank))) == 254_818
    assert {tag for tags in bank.train.tags for tag in tags} == set(UPOS)
    for part in ("dev", "test"):  # of these the official files are at hand
        with open(os.path.join(REAL, f"en_ewt-ud-{part}.conllu"), "rb") as file:
            assert hashlib.file_digest(file, "sha256").hexdigest() == treebank.SHA256[part]
