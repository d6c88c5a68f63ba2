"""Which data `--data` and `--replay` name."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from runner.data.specs import bars_file, specs_of
from runner.data.store import dataset, datasets, digest, load_bars
from runner.model.bars import Timeframe
from runner.model.errors import Refused
from tests.data.contracts import bars_csv
from tests.data.test_barfile import HOUR, a_file, row


def a_folder(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def find(words: list[str], symbol: str, timeframe: Timeframe) -> Path:
    return bars_file(specs_of(words), symbol, timeframe)


def test_the_symbols_own_file_comes_before_a_plain_one(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, "a.csv", "b.csv", "binance/spot/BTC-USDT-1h.csv.gz")
    specs = [str(folder), f"{folder}/a.csv", f"BTC/USDT={folder}/b.csv"]

    assert find(specs, "BTC/USDT", HOUR) == folder / "b.csv"
    assert find(specs[:2], "BTC/USDT", HOUR) == folder / "a.csv"
    assert find(specs[:1], "BTC/USDT", HOUR).name == "BTC-USDT-1h.csv.gz"


def test_a_folder_is_searched_by_symbol_and_timeframe(tmp_path: Path) -> None:
    a_folder(
        tmp_path,
        "binance/spot/BTC-USDT-1h.csv.gz",
        "binance/spot/BTC-USDT-15m-201804.csv",
        "binance/futures/BTC-USDT-USDT-1h.csv.gz",
        "binance/futures/BTC-USDT-USDT-1h-mark.csv.gz",
        "binance/spot/BTC-USDT-1h.txt",
    )
    specs, quarter = [str(tmp_path)], Timeframe("15m", 900_000)

    assert find(specs, "BTC/USDT", HOUR).name == "BTC-USDT-1h.csv.gz"
    assert find(specs, "BTC/USDT", quarter).name == "BTC-USDT-15m-201804.csv"
    assert find(specs, "BTC/USDT:USDT", HOUR).name == "BTC-USDT-USDT-1h.csv.gz"


def test_two_files_for_one_symbol_are_refused_by_name(tmp_path: Path) -> None:
    a_folder(tmp_path, "binance/spot/BTC-USDT-1h.csv", "bybit/spot/BTC-USDT-1h.csv.gz")

    with pytest.raises(Refused) as caught:
        find([str(tmp_path)], "BTC/USDT", HOUR)

    assert str(caught.value) == (
        f"2 files hold 1h bars of BTC/USDT: {tmp_path}/binance/spot/BTC-USDT-1h.csv, "
        f"{tmp_path}/bybit/spot/BTC-USDT-1h.csv.gz; name one with `BTC/USDT=FILE`"
    )


def test_a_folder_without_the_file_says_what_is_there(tmp_path: Path) -> None:
    a_folder(tmp_path, "binance/spot/BTC-USDT-4h.csv", "binance/spot/ETH-USDT-1h.csv")

    with pytest.raises(Refused) as caught:
        find([str(tmp_path)], "BTC/USDT", HOUR)

    assert str(caught.value) == (
        f"no BTC-USDT-1h.csv or .csv.gz below {tmp_path}; "
        f"there are {tmp_path}/binance/spot/BTC-USDT-4h.csv"
    )


def test_only_another_symbols_file_is_refused() -> None:
    with pytest.raises(Refused, match=r"^no data for BTC/USDT in ETH/USDT=x\.csv; add `BTC/USDT="):
        find(["ETH/USDT=x.csv"], "BTC/USDT", HOUR)


def test_the_digest_is_of_the_content_alone(tmp_path: Path) -> None:
    plain = a_file(tmp_path, row(0), row(1))
    packed = tmp_path / "bars.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    one = load_bars(plain, "BTC/USDT", HOUR)

    assert digest(one) == digest(load_bars(packed, "ETH/USDT", HOUR))
    assert digest(one) != digest(one.until(1))
    assert digest(one) != digest(load_bars(a_file(tmp_path, row(0), row(2)), "BTC/USDT", HOUR))


def test_a_dataset_tells_a_result_what_it_is(tmp_path: Path) -> None:
    path = a_file(tmp_path, row(0), row(1), row(5))

    used = dataset([str(path)], "BTC/USDT", HOUR, None).used()

    assert (used.bars, used.gaps, used.missing) == (3, 1, 3)
    assert used.to_ms - used.from_ms == 6 * HOUR.ms
    assert used.source == str(path)


def test_synthetic_data_is_named_so() -> None:
    made = dataset(["synthetic:7"], "BTC/USDT", HOUR, None)

    assert made.source == "synthetic:7"
    assert made.used().gaps == 0


@pytest.mark.parametrize("spec", ["synthetic:", "synthetic:x", "synthetic:-1", "synthetic:7.5"])
def test_a_synthetic_market_needs_a_seed(spec: str) -> None:
    with pytest.raises(Refused, match="whole number after the colon: `synthetic:7`"):
        dataset([spec], "BTC/USDT", HOUR, None)


def test_every_symbol_has_a_made_up_market_of_its_own_on_one_time_axis() -> None:
    symbols = ("BTC/USDT", "ETH/USDT", "XRP/USDT:USDT")

    made = datasets(["synthetic:7"], symbols, HOUR, None)

    assert [data.bars.symbol for data in made] == list(symbols)
    assert [len(data.bars) for data in made] == [3_000] * 3
    assert len({data.sha256 for data in made}) == 3
    assert all(np.array_equal(data.bars.opened_at, made[0].bars.opened_at) for data in made)
    assert made[0].sha256 == dataset(["synthetic:7"], "BTC/USDT", HOUR, None).sha256


def test_each_symbol_has_its_file_or_one_of_a_folder(tmp_path: Path) -> None:
    bars_csv(tmp_path / "all" / "BTC-USDT-1h.csv", 5)
    bars_csv(tmp_path / "all" / "ETH-USDT-1h.csv", 6)
    bars_csv(tmp_path / "mine.csv", 7)
    specs, symbols = [str(tmp_path / "all")], ("BTC/USDT", "ETH/USDT")
    named = [*specs, f"ETH/USDT={tmp_path}/mine.csv"]

    assert [len(data.bars) for data in datasets(specs, symbols, HOUR, None)] == [5, 6]
    assert [len(data.bars) for data in datasets(named, symbols, HOUR, None)] == [5, 7]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["a.csv"],
            "`a.csv` does not say whose bars it holds; write `BTC/USDT=a.csv` or `ETH/USDT=a.csv`",
        ),
        (
            ["BTC/USDT=a.csv", "b.csv"],
            "`b.csv` does not say whose bars it holds; write `ETH/USDT=b.csv`",
        ),
        (["ETH/USDT=a.csv"], "no data for BTC/USDT in ETH/USDT=a.csv; add `BTC/USDT=FILE`"),
        (
            ["BTC/USDT=a.csv", "BTC/USDT=b.csv"],
            "2 files hold bars of BTC/USDT: a.csv, b.csv; name one with `BTC/USDT=FILE`",
        ),
        (["synthetic:7", "a.csv"], "`synthetic:7` makes up every symbol; leave out `a.csv`"),
        (["synthetic:7", "synthetic:8"], "`synthetic:7` makes up every symbol; leave out"),
        (["funding:XRP=a.csv"], "`funding:XRP=a.csv` names no symbol; write `funding:BTC/USDT:"),
    ],
)
def test_words_that_do_not_name_one_file_per_symbol_are_refused(
    words: list[str], said: str
) -> None:
    with pytest.raises(Refused) as caught:
        datasets(words, ("BTC/USDT", "ETH/USDT"), HOUR, None)

    assert str(caught.value).startswith(said)


def test_a_file_for_a_symbol_that_is_not_used_is_refused(tmp_path: Path) -> None:
    path = bars_csv(tmp_path / "a.csv", 5)

    with pytest.raises(Refused, match=r"does not use; it uses BTC/USDT$"):
        datasets([str(path), f"mark:ETH/USDT:USDT={path}"], ("BTC/USDT",), HOUR, None)


def test_bars_from_the_cache_stay_on_disk_until_they_are_read(tmp_path: Path) -> None:
    path = bars_csv(tmp_path / "BTC-USDT-1h.csv", 50)
    os.utime(path, (1_000_000, 1_000_000))
    datasets([str(path)], ("BTC/USDT",), HOUR, tmp_path)

    bars = datasets([str(path)], ("BTC/USDT",), HOUR, tmp_path)[0].bars

    for column in (bars.opened_at, bars.open, bars.high, bars.low, bars.close, bars.volume):
        owner: object = column
        while isinstance(owner, np.ndarray) and not isinstance(owner, np.memmap):
            owner = owner.base
        assert isinstance(owner, np.memmap)


def test_gaps_of_real_data_are_reported(shared: Path) -> None:
    used = dataset([str(shared / "data" / "binance")], "BTC/USDT", HOUR, None).used()

    assert (used.bars, used.gaps, used.missing) == (42_565, 27, 127)
