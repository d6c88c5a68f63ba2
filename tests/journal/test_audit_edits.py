"""Whatever is done to an audit log shows, at the right line, to us and to the guide's verifier.

The right line is the first one that is not what was written there.
"""

from __future__ import annotations

import random
from itertools import zip_longest
from pathlib import Path

import pytest

from runner.journal.auditfile import files_in, verified, vouched_for
from runner.journal.auditline import Mark
from tests.journal.audited import filled, verifier

VERIFY = verifier()
PARTS = 10
EDITS = 1_000  # in each of the parts

Edited = list[bytes]


def flip(lines: Edited, chance: random.Random) -> Edited:
    """One bit."""
    text = bytearray(b"".join(lines))
    text[chance.randrange(len(text))] ^= 1 << chance.randrange(8)
    return [bytes(text)]


def overwrite(lines: Edited, chance: random.Random) -> Edited:
    """Some bytes, with others of the same file."""
    text = bytearray(b"".join(lines))
    length = chance.randint(1, 40)
    to, source = chance.randrange(len(text)), chance.randrange(len(text))
    text[to : to + length] = text[source : source + length]
    return [bytes(text)]


def cut(lines: Edited, chance: random.Random) -> Edited:
    """Some bytes out of the middle."""
    text = b"".join(lines)
    at = chance.randrange(len(text))
    return [text[:at], text[at + chance.randint(1, 700) :]]


def insert(lines: Edited, chance: random.Random) -> Edited:
    """Some bytes that are none of ours."""
    text = b"".join(lines)
    at = chance.randrange(len(text) + 1)
    return [text[:at], chance.randbytes(chance.randint(1, 9)), text[at:]]


def swap(lines: Edited, chance: random.Random) -> Edited:
    """Two lines."""
    changed = list(lines)
    one, other = chance.sample(range(len(lines)), 2)
    changed[one], changed[other] = changed[other], changed[one]
    return changed


def double(lines: Edited, chance: random.Random) -> Edited:
    """A line, right behind itself or elsewhere."""
    changed = list(lines)
    changed.insert(chance.randint(0, len(lines)), chance.choice(lines))
    return changed


def drop(lines: Edited, chance: random.Random) -> Edited:
    """A line."""
    changed = list(lines)
    del changed[chance.randrange(len(lines))]
    return changed


def truncate(lines: Edited, chance: random.Random) -> Edited:
    """The file, at any byte."""
    text = b"".join(lines)
    return [text[: chance.randrange(len(text))]]


def end(lines: Edited, chance: random.Random) -> Edited:
    """The last lines, whole ones."""
    return lines[: chance.randint(0, len(lines) - 1)]


HOW = (flip, flip, overwrite, cut, insert, swap, double, drop, truncate, end)


def right_line(before: Edited, after: bytes) -> int:
    """The first line that is not what was written there; 0: all are."""
    pairs = zip_longest(before, newlines(after)[: after.count(b"\n") + 1], fillvalue=b"")
    return next((number for number, (one, other) in enumerate(pairs, 1) if one != other), 0)


def newlines(text: bytes) -> Edited:
    """Lines end with a line feed and with nothing else."""
    return [line + b"\n" for line in text.split(b"\n")[:-1]] + [text.rpartition(b"\n")[2]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], Mark]:
    """A log of two files, and its last line."""
    folder = tmp_path_factory.mktemp("log")
    last = filled(folder, 14, most_bytes=4_000)
    return files_in(folder), last


@pytest.mark.parametrize("part", range(PARTS))
def test_every_edit_shows_at_the_right_line(
    part: int, written: tuple[list[Path], Mark], tmp_path: Path
) -> None:
    originals, last = written
    assert len(originals) == 2
    texts = [path.read_bytes() for path in originals]
    copies = [tmp_path / path.name for path in originals]
    for copy, text in zip(copies, texts, strict=True):
        copy.write_bytes(text)
    chance = random.Random(part)

    done = 0
    while done < EDITS:
        place, how = chance.randrange(2), chance.choice(HOW)
        lines = newlines(texts[place])[:-1]
        edited = b"".join(how(lines, chance))
        wanted = right_line(lines, edited)
        if not wanted:
            continue  # it left everything as it was
        done += 1
        copies[place].write_bytes(edited)

        found = vouched_for(verified(copies, {last.hash}), last)
        told = [(one.path, one.bad[0]) for one in found if one.bad]
        said, _ = VERIFY([str(path) for path in copies], last.hash)

        assert told == [(copies[place], wanted)], (how.__name__, done)
        is_end = place == 1 and texts[1].startswith(edited) and edited.endswith(b"\n")
        assert said == (f"{last.hash} is not in it" if is_end else f"{copies[place]}:{wanted}")
        copies[place].write_bytes(texts[place])


def test_a_log_that_nobody_touched_is_intact(written: tuple[list[Path], Mark]) -> None:
    paths, last = written

    found = vouched_for(verified(paths, {last.hash}), last)

    assert [one.bad for one in found] == [None, None]
    assert found[-1].last == last
    assert VERIFY([str(path) for path in paths], last.hash) == ("", (last.seq, last.hash))


def test_files_in_another_order_or_without_one_do_not_follow(
    written: tuple[list[Path], Mark], tmp_path: Path
) -> None:
    filled(tmp_path, 30, most_bytes=4_000)
    one, two, three, *_ = files_in(tmp_path)

    for paths, line in (([one, three], 1 + lines_in(one)), ([two, one], 1 + lines_in(two))):
        found = verified(paths)
        assert found[0].bad is not None
        assert found[0].bad[0] == line
        assert VERIFY([str(path) for path in paths], None)[0] == f"{paths[0]}:{line}"
    assert [found.bad for found in verified([two, three])] == [None, None]
    assert VERIFY([str(two), str(three)], None)[0] == ""


def lines_in(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def test_a_log_that_was_written_anew_is_not_what_the_journal_vouches_for(tmp_path: Path) -> None:
    last = filled(tmp_path / "one", 5)
    filled(tmp_path / "other", 7)

    (found,) = vouched_for(verified(files_in(tmp_path / "other"), {last.hash}), last)

    assert found.bad == (6, "is not line 6 of the log as the journal vouches for it")
