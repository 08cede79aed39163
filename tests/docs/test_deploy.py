"""What docs/deploy.md names is there: files, settings, commands, routes."""

import re
from pathlib import Path

from econonexus.cli import app
from econonexus.interfaces.http.roles import MAY

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")


def test_the_files_it_names_are_there() -> None:
    named = re.findall(r"(?:^|[ `])(packaging/\S+?|requirements-run\.lock)(?=[` ]|$)", PAGE, re.MULTILINE)
    assert {"packaging/econonexus.service", "requirements-run.lock"} <= set(named)
    assert all((ROOT / name).is_file() for name in named)


def test_the_places_it_names_are_the_units_and_the_images() -> None:
    unit = (ROOT / "packaging" / "econonexus.service").read_text(encoding="utf-8")
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "/opt/econonexus/bin/econonexus up" in unit
    assert "EnvironmentFile=-/etc/econonexus/environment" in unit
    assert "TimeoutStopSec=30" in unit
    assert "WORKDIR /etc/econonexus" in image
    assert "USER 10001" in image


def test_its_commands_and_routes_exist() -> None:
    for command in re.findall(r"`econonexus\s(\w+)", PAGE):
        assert command in app, command
    for route in re.findall(r"`(/\w+z)`", PAGE):
        assert ("GET", route) in MAY
