"""Tables on a terminal of 80 columns show all there is, and obey nothing of it."""

import pytest
from rich.table import Table

from econonexus.cli import happenings, inbox, output, remote
from econonexus.cli.depth import Quote, history

LONG = "auction-9ae8db931e6a920a"
ODD = "[/b] :key: \x1b[31m"
SHOWN = "[/b] :key: \\x1b[31m"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is shown is as wide as a terminal of 80 columns."""

    def show(*parts: Table) -> None:
        output._Console(80).print(*parts, sep="\n", crop=False)

    monkeypatch.setattr(remote, "show", show)
    monkeypatch.setattr(remote, "width", lambda: 80)


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
    assert columns(shown) == [*auction.values(), "12,345,678", "9,000,000,000,000", "2026-11-2119:35:47Z"]


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
def test_a_time_that_does_not_fit_is_cut_behind_its_day(capsys: pytest.CaptureFixture[str]) -> None:
    """What a list of grants looks like: the ids are whole, and each time is in two lines."""
    grant = {"id": "noon:1", "agent": "ann", "resource": "gpu", "units": 4, "used": 1, "left": 3}
    window = {"starts_at": "2026-11-21T19:35:47.474835Z", "ends_at": "2026-11-21T20:35:47Z", "paid_ucr": 700}
    remote.tell_all([grant | window], (*grant, *window), as_json=False)
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    rows = [line for line in shown.splitlines() if line.startswith("│")]
    cells = [[cell.strip() for cell in row.split("│")[1:-1]] for row in rows]
    day = "2026-11-21"
    assert cells[0] == ["noon:1", "ann", "gpu", "4", "1", "3", day, day, "700"]
    assert cells[1] == ["", "", "", "", "", "", "19:35:47Z", "20:35:47Z", ""]


def quote(resource: str, price: int) -> Quote:
    return Quote("2026-11-21T19:35:47.47Z", resource, "posted", price, price, price, 30_000, 90_000, 100_000)


@pytest.mark.parametrize(("room", "bars"), [(80, False), (119, False), (120, True)])
def test_a_history_of_prices_leaves_out_its_bars_before_its_figures(
    room: int, bars: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(remote, "width", lambda: room)
    table = history("llm", [quote("tokens", 2), quote("tokens", 1)], room)
    output._Console(room).print(table, crop=False)
    shown = capsys.readouterr().out
    assert "llm: prices in µcr a unit of tokens" in shown
    for word in ("2026-11-21", "19:35:47Z", "posted", "30,000", "90,000", "100,000", "wanted", "supply"):
        assert word in shown
    assert max(map(len, shown.splitlines())) <= room
    assert ("█" in shown) == bars


def test_a_history_of_several_resources_says_which(capsys: pytest.CaptureFixture[str]) -> None:
    output._Console(120).print(history("office", [quote("gpu", 2), quote("tpu", 1)], 120), crop=False)
    shown = capsys.readouterr().out
    assert shown.splitlines()[0].strip() == "office: prices in µcr a unit"
    assert (" gpu " in shown, " tpu " in shown) == (True, True)


@pytest.mark.usefixtures("narrow")
def test_the_inbox_has_room_for_what_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    asked = {"place": 1, "id": "q1", "agent": "ann", "minutes": 10, "price_ucr": 2_000_000}
    more = {"status": "waiting", "human": "", "subject": "Which of the two deeds is the one to sign?"}
    remote.tell_all([asked | more], inbox.COLUMNS, as_json=False)
    rows = [line.split("│")[1:-1] for line in capsys.readouterr().out.splitlines() if line.startswith("│")]
    assert rows[0][5].strip() == "waiting"
    assert len(rows) <= 4
