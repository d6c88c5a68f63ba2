"""One exchange of ccxt is imported, and ccxt itself stays whole for others."""

from __future__ import annotations

import subprocess
import sys

import pytest

from runner.exchange import importing


def told(code: str) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_only_the_one_exchange_is_imported() -> None:
    exchanges = told(
        "from runner.exchange.importing import async_exchange\n"
        "import sys\n"
        "made = async_exchange('binance')({})\n"
        "print(made.id, 'ccxt.async_support.kraken' in sys.modules, 'ccxt' in sys.modules,"
        " sum(name.startswith('ccxt') for name in sys.modules) < 40)"
    )

    assert exchanges == "binance False False True"


def test_the_real_package_can_be_imported_afterwards_with_the_same_classes() -> None:
    same = told(
        "from runner.exchange.importing import async_exchange, error_class\n"
        "ours = async_exchange('binance')\n"
        "import ccxt.async_support as ccxt\n"
        "print(ccxt.binance is ours, ccxt.BaseError is error_class(), ccxt.kraken({}).id)"
    )

    assert same == "True True kraken"


def test_the_door_itself_imports_no_other_exchange() -> None:
    assert told("import runner.exchange.client, sys; print('ccxt' in str(sys.modules))") == "False"


def test_exchanges_whose_keys_alone_are_audited_are_imported_alone() -> None:
    """Also where a hash is needed that ccxt imports by way of all its exchanges."""
    loaded = told(
        "from runner.exchange.importing import address_of, async_exchange\n"
        "from runner.model.exchanges import AUDITED\n"
        "import sys\n"
        "made = [async_exchange(name)({}).id for name in AUDITED]\n"
        "address = address_of('0x' + '46' * 32)\n"
        "found = {name.split('.')[2] for name in sys.modules if name.count('.') == 2 and "
        "name.startswith('ccxt.async_support.')} - {'base'}\n"
        "print(sorted(made) == sorted(found), 'ccxt' in sys.modules, address)"
    )

    assert loaded == "True False 0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"


def test_what_only_synchronous_exchanges_need_is_not_imported() -> None:
    told_of = told(
        "from runner.exchange.importing import async_exchange\n"
        "import sys\n"
        "made = async_exchange('binance')({})\n"
        "print([name for name in sys.modules if name.startswith(('requests', 'urllib3'))])\n"
        "import requests\n"
        "print(made.userAgent == requests.utils.default_user_agent())"
    )

    assert told_of.split() == ["[]", "True"]


def test_a_synchronous_exchange_sends_through_the_real_requests() -> None:
    failed = told(
        "from runner.exchange.importing import async_exchange\n"
        "async_exchange('binance')\n"
        "import ccxt, requests\n"
        "made = ccxt.kraken({'timeout': 1})\n"
        "def away(*_, **__):\n"
        "    raise requests.exceptions.ReadTimeout('away')\n"
        "print(type(made.session) is requests.Session)\n"
        "made.session.request = away\n"
        "try:\n"
        "    made.fetch('https://nobody.invalid')\n"
        "except ccxt.RequestTimeout:\n"
        "    print('caught')"
    )

    assert failed.split() == ["True", "caught"]


@pytest.mark.parametrize("before", ["import requests", "from requests import utils"])
def test_requests_that_are_there_already_stay(before: str) -> None:
    same = told(
        f"{before}\n"
        "import sys\n"
        "there = sys.modules['requests']\n"
        "from runner.exchange.importing import async_exchange\n"
        "async_exchange('binance')\n"
        "print(sys.modules['requests'] is there,"
        " sys.modules['ccxt.base.exchange'].Session is there.Session)"
    )

    assert same == "True True"


@pytest.mark.parametrize("lost", ["HTTPError", "default_user_agent"])
def test_a_ccxt_that_takes_more_of_requests_gets_the_real_one(lost: str) -> None:
    real = told(
        "from runner.exchange import importing\n"
        "import sys\n"
        f"del importing._REQUESTS[{lost!r}]\n"
        "made = importing.async_exchange('binance')({})\n"
        f"print(made.id, vars(sys.modules['ccxt.base.exchange'])[{lost!r}].__module__)"
    )

    assert real.startswith("binance requests.")


def test_a_package_that_is_there_already_is_used() -> None:
    same = told(
        "import ccxt.async_support as ccxt\n"
        "from runner.exchange.importing import async_exchange\n"
        "print(async_exchange('binance') is ccxt.binance)"
    )

    assert same == "True"


def test_a_ccxt_that_needs_more_of_its_parent_is_imported_whole() -> None:
    fallen_back = told(
        "from runner.exchange import importing\n"
        "import sys\n"
        "importing._lend_names = lambda parent: None\n"
        "made = importing.async_exchange('binance')({})\n"
        "print(made.id, 'ccxt.async_support.kraken' in sys.modules,"
        " importing.error_class().__name__)"
    )

    assert fallen_back == "binance True BaseError"


def test_without_ccxt_the_reason_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "ccxt"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(importing, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "path", [])

    with pytest.raises(ImportError):
        importing.async_exchange("binance")


def test_aiohttp_itself_trusts_nobody_and_the_door_trusts_the_authorities_it_names() -> None:
    trusted = told(
        "import ssl\n"
        "made = ssl.create_default_context\n"
        "import runner.exchange.client, runner.exchange.ownaddress, asyncio\n"
        "from aiohttp import connector as theirs\n"
        "from runner.exchange.connecting import connector\n"
        "async def named(): return connector(None)._ssl.cert_store_stats()['x509_ca'] > 50\n"
        "count = theirs._SSL_CONTEXT_VERIFIED.cert_store_stats()['x509_ca']\n"
        "print(count, asyncio.run(named()), ssl.create_default_context is made)"
    )

    assert trusted == "0 True True"
