"""What a row of a table of requests is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from runner.model.accounts import Permission
from runner.model.markets import MarketKind
from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class ByField:
    """The permission by a parameter of the request, where one path serves several kinds of market.

    Any value that is not listed may not leave.
    """

    name: str
    needs: Mapping[str, Permission]


@dataclass(frozen=True, slots=True)
class ByForm:
    """The same where the parameter names a market: by how its name is formed, from end to end."""

    name: str
    needs: Mapping[re.Pattern[str], Permission]


#: `None` needs no key.
Need = Permission | ByField | ByForm | None
#: (method, whose host, path) → what it needs.
Rows = dict[tuple[str, MarketKind, str], Need]
