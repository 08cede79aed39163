"""Settings: the command line before the environment before the file; nothing unknown passes."""

from pathlib import Path

import pytest

from econonexus.config import Settings, SettingsError, load


def test_without_anything_the_settings_are_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load({}) == Settings()


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("port = 1\nrate_per_s = 2\nhost = 'h'\n")
    found = load({"ECONONEXUS_PORT": "3", "ECONONEXUS_RATE_PER_S": "4"}, file, {"port": 5})
    assert (found.port, found.rate_per_s, found.host) == (5, 4, "h")


def test_the_environment_may_name_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("port = 1\n")
    assert load({"ECONONEXUS_CONFIG": str(file)}).port == 1


def test_variables_that_are_no_settings_are_left_alone() -> None:
    assert load({"ECONONEXUS_URL": "x", "ECONONEXUS_KEY": "y", "ECONONEXUS_ADMIN_KEY": "z", "HOME": "/"})


@pytest.mark.parametrize(
    "text", ["port = 1.5", "port = -1", "port = true", "max_body_bytes = 10", "[http]\nport = 1"]
)
def test_the_file_keeps_to_types_and_bounds(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=str(file)):
        load({}, file)
