"""Which data `--data` and `--replay` name."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from runner.data.store import dataset, digest, find, load_bars
from runner.model.bars import Timeframe
from runner.model.errors import Refused
from tests.data.test_barfile import HOUR, a_file, row


def a_folder(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


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


def test_gaps_of_real_data_are_reported(shared: Path) -> None:
    used = dataset([str(shared / "data" / "binance")], "BTC/USDT", HOUR, None).used()

    assert (used.bars, used.gaps, used.missing) == (42_565, 27, 127)
