"""Tables on a terminal of 80 columns show all there is, and obey nothing of it."""

import pytest
from rich.table import Table

from econonexus.cli import happenings, inbox, output, remote

LONG = "auction-9ae8db931e6a920a"
ODD = "[/b] :key: \x1b[31m"
SHOWN = "[/b] :key: \\x1b[31m"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is shown is as wide as a terminal of 80 columns."""

    def show(*parts: Table) -> None:
        output._Console(80).print(*parts, sep="\n", crop=False)

    monkeypatch.setattr(remote, "show", show)


def columns(text: str) -> list[str]:
    """The cells of each column below the heading, put together again."""
    rows = [line.split("│")[1:-1] for line in text.splitlines() if line.startswith("│")]
    return ["".join(cell.strip() for cell in column) for column in zip(*rows, strict=True)]


@pytest.mark.usefixtures("narrow")
def test_a_list_cuts_nothing_off(capsys: pytest.CaptureFixture[str]) -> None:
    auction = {"id": LONG, "market": "a-market-of-some-name", "mechanism": "multi_unit_vickrey"}
    more = {
        "units_free": 12_345_678,
        "paid_ucr": 9_000_000_000_000,
        "closes_at": "2026-11-21T19:35:47.474835Z",
    }
    remote.tell_all([auction | more], (*auction, *more), as_json=False)
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    assert columns(shown) == [*auction.values(), "12,345,678", "9,000,000,000,000", "2026-11-21T19:35:47Z"]


@pytest.mark.usefixtures("narrow")
def test_texts_are_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    remote.tell_all([{"subject": ODD}], ("subject",), as_json=False)
    assert columns(capsys.readouterr().out) == [SHOWN]
    remote.tell({"question": f"first line\n{ODD}"}, as_json=False)
    assert columns(capsys.readouterr().out) == ["question", f"first line{SHOWN}"]


def test_events_are_shown_and_not_obeyed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(happenings, "console", output._Console())
    event = {"id": "1", "time": "now", "type": "econonexus.minted.v1", "subject": "account/:key:"}
    happenings._line(event | {"data": {"reason": "[/b]\x9b"}}, as_json=False)
    shown = capsys.readouterr().out
    assert "account/:key:" in shown
    assert '{"reason":"[/b]\\x9b"}' in shown


@pytest.mark.usefixtures("narrow")
def test_the_inbox_has_room_for_what_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    asked = {"place": 1, "id": "q1", "agent": "ann", "minutes": 10, "price_ucr": 2_000_000}
    more = {"status": "waiting", "human": "", "subject": "Which of the two deeds is the one to sign?"}
    remote.tell_all([asked | more], inbox.COLUMNS, as_json=False)
    rows = [line.split("│")[1:-1] for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    assert rows[0][5].strip() == "waiting"
    assert len(rows) <= 4
