"""Instants as people write them on a command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_of(option: str, text: str) -> int:
    """UTC milliseconds of an ISO 8601 time; without an offset it is UTC. UsageError for others."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            f"`{option} {text}` is no time: write it like 2026-01-31T14:00Z"
        ) from None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(milliseconds=1)
