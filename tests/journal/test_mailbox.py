"""What a person asks lies beside the journal until it is taken up."""

from __future__ import annotations

from pathlib import Path

from runner.journal.mailbox import Mailbox


def test_requests_wait_in_the_order_in_which_they_were_asked(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "journal.db")
    asked = [mailbox.post("close", symbol, at) for at, symbol in ((9, "B"), (10, "A"), (100, "C"))]

    assert mailbox.waiting() == asked
    mailbox.drop(asked[1])
    mailbox.drop(asked[1])

    assert mailbox.waiting() == [asked[0], asked[2]]


def test_nobody_else_can_read_or_leave_a_request(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "journal.db")
    assert mailbox.waiting() == []

    mailbox.post("halt", "", 1)

    (file,) = mailbox.folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert mailbox.folder.stat().st_mode & 0o777 == 0o700


def test_what_is_no_request_is_set_aside_and_kept(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path / "journal.db")
    asked = mailbox.post("halt", "", 5)
    for name, content in (("0001.json", "{"), ("0002.json", '["halt"]'), ("0003.part", "{}")):
        (mailbox.folder / name).write_text(content)

    assert mailbox.waiting() == [asked]

    names = {file.name for file in mailbox.folder.iterdir()}
    assert names >= {"0001.unreadable", "0002.unreadable", "0003.part"}
