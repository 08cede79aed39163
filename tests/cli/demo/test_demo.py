"""`econonexus demo` keeps what it promises: no overspend, nothing lost, within a minute."""

from pathlib import Path

from tests.cli.conftest import Run


def test_the_demo_overspends_nothing_and_loses_nothing(econonexus: Run, tmp_path: Path) -> None:
    done = econonexus("demo", "--keep", tmp_path / "kept")

    assert done.returncode == 0, done.stderr
    assert "overspend 0, lost 0, ledger verify passed." in done.stdout
    theirs, ours = done.stdout.split("reserve on the ledger")
    assert _overspent(theirs) > 0
    assert _overspent(ours) == 0
    assert econonexus("ledger", "verify", "--data", tmp_path / "kept" / "budgets").returncode == 0


def test_the_demo_overwrites_nothing(econonexus: Run, tmp_path: Path) -> None:
    done = econonexus("demo", "--keep", tmp_path)

    assert done.returncode == 2
    assert "exists already" in done.stderr


def test_a_place_where_nothing_can_be_kept_is_one_line(econonexus: Run) -> None:
    done = econonexus("demo", "--keep", "/proc/x/y")

    assert done.returncode == 3
    assert done.stderr.startswith("econonexus: /proc/x/y/budgets: ")
    assert done.stderr.count("\n") == 1


def _overspent(table: str) -> int:
    (line,) = [line for line in table.splitlines() if "organisation │" in line]
    return int(line.split("│")[-2].strip().replace(",", ""))
