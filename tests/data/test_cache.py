"""The cache of bars: the same arrays, never stale, never in the way."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from runner.data import barfile, cache, store
from runner.model.bars import Timeframe
from runner.model.errors import Refused
from tests.data.test_barfile import HOUR, a_file, row


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files that were read, not taken from the cache."""
    seen: list[Path] = []
    really = barfile.read

    def read(path: Path, timeframe: Timeframe) -> object:
        seen.append(path)
        return really(path, timeframe)

    monkeypatch.setattr(barfile, "read", read)
    return seen


def settled(path: Path, modified_s: int = 1_000_000) -> Path:
    os.utime(path, (modified_s, modified_s))
    return path


def load(path: Path, folder: Path) -> store.Dataset:
    return store.read(path, "BTC/USDT", HOUR, folder / "state")


def entries(folder: Path) -> list[Path]:
    return sorted((folder / "state" / "data-cache").glob("*"))


def test_a_second_load_reads_no_csv_and_gives_the_same(tmp_path: Path, reads: list[Path]) -> None:
    path = settled(a_file(tmp_path, row(0), row(1, "4261.48,4313.62,4261.32,4308.83,47")))

    first, second = load(path, tmp_path), load(path, tmp_path)

    assert reads == [path]
    assert second.sha256 == first.sha256 == store.digest(second.bars)
    assert np.array_equal(second.bars.close, first.bars.close)
    assert second.bars.opened_at.dtype == np.int64
    assert second.bars.close.flags.c_contiguous


def test_a_changed_file_is_read_again_and_its_old_entry_is_dropped(
    tmp_path: Path, reads: list[Path]
) -> None:
    path = settled(a_file(tmp_path, row(0)))
    load(path, tmp_path)
    settled(a_file(tmp_path, row(0, "100,101,99,100.9,7")), 1_000_001)

    assert load(path, tmp_path).bars.close.tolist() == [100.9]
    assert len(reads) == 2
    assert len(entries(tmp_path)) == 1


def test_a_file_written_just_now_is_not_kept(tmp_path: Path, reads: list[Path]) -> None:
    path = a_file(tmp_path, row(0))

    load(path, tmp_path)
    load(path, tmp_path)

    assert len(reads) == 2
    assert entries(tmp_path) == []


@pytest.mark.parametrize("name", ["about.json", "opened_at.npy", "values.npy"])
@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "gone"])
def test_a_damaged_entry_is_made_again(
    name: str, damage: str, tmp_path: Path, reads: list[Path]
) -> None:
    path = settled(a_file(tmp_path, *map(row, range(50))))
    whole = load(path, tmp_path)
    file = entries(tmp_path)[0] / name
    content = bytearray(file.read_bytes())
    content[-5] ^= 4
    broken = {"cut": bytes(content[:-9]), "empty": b"", "flipped": bytes(content)}
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(broken[damage])

    again, kept = load(path, tmp_path), load(path, tmp_path)

    assert np.array_equal(again.bars.close, whole.bars.close)
    assert kept.sha256 == whole.sha256
    assert len(reads) == 2


def test_who_writes_to_the_arrays_changes_neither_file_nor_cache(tmp_path: Path) -> None:
    path = settled(a_file(tmp_path, row(0)))
    load(path, tmp_path)

    load(path, tmp_path).bars.close[0] = 1.0

    assert load(path, tmp_path).bars.close.tolist() == [100.5]


def test_a_writer_that_comes_second_leaves_the_first_ones_entry(tmp_path: Path) -> None:
    path = settled(a_file(tmp_path, row(0)))
    entry = cache.entry_of(path, HOUR, tmp_path / "cache")
    assert entry is not None
    opened_at, values = np.array([1]), np.ones((5, 1))

    cache.save(entry, cache.Arrays(opened_at, values, "first"))
    entry_of_another = cache.Entry(entry.folder, "nothing-*", settled=True)
    cache.save(entry_of_another, cache.Arrays(opened_at, values, "second"))

    kept = cache.load(entry)
    assert kept is not None
    assert kept.digest == "first"
    assert list((tmp_path / "cache").iterdir()) == [entry.folder]


def test_a_state_folder_that_cannot_be_written_costs_only_time(
    tmp_path: Path, reads: list[Path]
) -> None:
    path = settled(a_file(tmp_path, row(0)))
    (tmp_path / "state").write_text("a file is in the way")

    assert len(load(path, tmp_path).bars) == 1
    assert len(load(path, tmp_path).bars) == 1
    assert len(reads) == 2


def test_the_timeframe_is_judged_again(tmp_path: Path) -> None:
    path = settled(a_file(tmp_path, *map(row, range(20))))
    load(path, tmp_path)

    with pytest.raises(Refused, match="holds no bars of 4h"):
        store.read(path, "BTC/USDT", Timeframe("4h", 14_400_000), tmp_path / "state")
