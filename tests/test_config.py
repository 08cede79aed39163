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


def test_the_environment_may_set_what_stands_in_the_gateways_table(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[gateway]\nstream_step_tokens = 1\nmax_waiting = 2\n")
    found = load({"ECONONEXUS_GATEWAY_STREAM_STEP_TOKENS": "3"}, file).gateway
    assert (found.stream_step_tokens, found.max_waiting) == (3, 2)


FAR = "[upstreams.far]\nurl = 'http://x/v1'\n"
GPT = "[models.gpt]\nupstream = 'mock'\n"
FAR_GPT = FAR + "[models.gpt]\nupstream = 'far'\n"
LIMITED = FAR + "spend_limit_ucr = 1\nspend_asset = 'usd'\n"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[gateway]\nmod = 'off'", "gateway.mod: there is no such setting"),
        ("[gateway]\nmode = 'of'", "gateway.mode: Invalid enum value 'of'"),
        ("gateway = 1", "gateway: it must be a table"),
        ("models = 1", "models: it must be a table of tables"),
        ("[models]\ngpt = 1", "models.gpt: it must be a table"),
        ("[models.gpt]\nname = 'x'", "models.gpt.upstream: it is missing"),
        ("[models.gpt]\nupstream = 'far'", "models.gpt.upstream: there is no [upstreams.far]"),
        (GPT + "prices.credit.input = 1", "models.gpt.prices.credit.input: there is"),
        (GPT + "prices.credit.input_ucr = -1", "models.gpt.prices.credit.input_ucr: "),
        (GPT + "prices.credit = {}", "models.gpt.prices.credit.input_ucr: it is missing"),
        (GPT + "bytes_per_token = 2", "models.gpt.bytes_per_token: this is for"),
        (FAR_GPT + "token_ms = 2", "models.gpt.token_ms: this is for the mock alone"),
        ("[models.mock]\nupstream = 'mock'", "models.mock: the model `mock` stays as it is"),
        ("[upstreams.mock]\nurl = 'http://x'", "upstreams.mock: the mock is built in"),
        ("[upstreams.far]\nurl = 'x'", "upstreams.far.url: it must be http:// or https://"),
        ("[upstreams.far]\nurl = 'https:///v1'", "upstreams.far.url: it must be http:// or https://"),
        ("[upstreams.far]\nurl = 'https://me:sk-1@x/v1'", "upstreams.far.url: it must be"),
        ("[upstreams.far]\nurl = 'https://x/v1?a=b'", "upstreams.far.url: it must be"),
        ("[upstreams.far]\nurl = 'https://x:y/v1'", "upstreams.far.url: it must be"),
        ("[models.'a b']\nupstream = 'mock'", "models.a b: a name is"),
        (GPT + "max_output_tokens = 2", "models.gpt.max_output_tokens: this is for"),
        (GPT + "bound_field = 'max_completion_tokens'", "models.gpt.bound_field: this is for"),
        (FAR + "key_env = 'NOT_THERE'", "upstreams.far.key_env: the environment has no NOT_THERE"),
        (FAR + "key = 'sk-1'", "upstreams.far.key: there is no such setting"),
        ("[upstreams.'a b']\nurl = 'http://x'", "upstreams.a b: a name is"),
        (
            LIMITED + "[models.gpt]\nupstream = 'far'\nprices.credit.input_ucr = 1",
            "models.gpt.prices: a spend limit is reckoned in usd",
        ),
    ],
)
def test_a_wrong_setting_of_the_gateway_is_named_with_its_table(
    tmp_path: Path, text: str, named: str
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load({}, file)
    assert str(caught.value).startswith(f"{file}: {named}")
    assert "sk-1" not in str(caught.value)


def test_a_variable_that_has_an_upstreams_key_is_no_setting(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(FAR + "key_env = 'ECONONEXUS_FAR_KEY'")
    assert load({"ECONONEXUS_FAR_KEY": "x"}, file).upstreams["far"].key_env == "ECONONEXUS_FAR_KEY"
    with pytest.raises(SettingsError, match="ECONONEXUS_OTHER"):
        load({"ECONONEXUS_FAR_KEY": "x", "ECONONEXUS_OTHER": "y"}, file)


@pytest.mark.parametrize("key", ["sk-1\n", "sk 1", "sk-é"])
def test_a_key_that_no_header_can_carry_is_declined_without_being_told(tmp_path: Path, key: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(FAR + "key_env = 'FAR_KEY'")
    with pytest.raises(
        SettingsError, match=r"upstreams\.far\.key_env: what FAR_KEY holds is no key"
    ) as caught:
        load({"FAR_KEY": key}, file)
    assert key not in str(caught.value)
