"""The settings: one file, `econonexus.toml`, and the environment, which goes first.

A setting `max_body_bytes` is written so in the file and as ECONONEXUS_MAX_BODY_BYTES in the environment,
one of a table such as `[gateway]` as ECONONEXUS_GATEWAY_MODE; tables that have names of their own,
`[models.NAME]` and `[upstreams.NAME]`, stand in the file alone. Whatever is unknown or out of range in
either is an error that names it: a misspelt limit is no limit. No secret stands in the file: an upstream's
names the variable that has it.
"""

import re
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,119}")
_URL = re.compile(r"https?://([^/?#\s@:\[\]]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[^?#\s]*)?")
_KEY = re.compile(r"[!-~]*")
"""What a header can carry: a line's end that came with the key would make every call fail."""

PREFIX = "ECONONEXUS_"
DEFAULT_FILE = Path("econonexus.toml")
OTHERS = frozenset({"ADMIN_KEY", "CONFIG", "KEY", "URL"})
"""Variables that are no settings of a node: secrets, where the file is, and what clients are told."""
MOCK = "mock"
"""The upstream that is built in, and its model."""
DAY_MS = 24 * 3_600_000

Admission = Literal["first_come", "priority", "weighted_fair"]
Mode = Literal["off", "shadow", "advise", "enforce", "stopped"]
Ucr = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
Window = Annotated[int, msgspec.Meta(ge=1_000, le=366 * DAY_MS)]


class SettingsError(Exception):
    """A setting is unknown or wrong; the message names it and where it stands."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What tables of settings share."""


class PriceSettings(_Table, frozen=True):
    """What a million tokens cost, in the smallest unit of one asset."""

    input_ucr: Ucr
    """Tokens read."""
    output_ucr: Ucr = 0
    """Tokens written; embeddings write none."""
    cached_ucr: Ucr | None = None
    """Tokens read that the upstream had in its cache; as `input_ucr` by default."""


class ModelSettings(_Table, frozen=True):
    """A model that may be called, under the name of its table."""

    upstream: str
    """Who has it: a name of `[upstreams]`, or `mock`."""
    name: str = ""
    """What the upstream calls it; the same by default."""
    prices: dict[str, PriceSettings] = {}
    """Asset to price. An account pays in its own asset, and where that has no price the call is refused."""
    max_output_tokens: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] = 4_096
    """What a call without a bound of its own may write at most; after some calls, less is enough."""
    context_tokens: Count = 0
    """What the model can read at most; 0 where that is not known."""
    bytes_per_token: Annotated[int, msgspec.Meta(ge=1, le=16)] | None = None
    """At least so many bytes make a token: 1, the default, always holds; 4 for the mock."""
    extra_tokens: Count | None = None
    """What the upstream adds to every call, at most; 16 by default, 0 for the mock."""
    part_tokens: Count = 0
    """What an image or another part that is no text counts as; 0 refuses such parts."""
    bound_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """By which field a chat is told its bound, whichever its caller chose."""
    first_token_ms: Annotated[int, msgspec.Meta(ge=0, le=600_000)] = 0
    """How long the mock thinks before it answers."""
    token_ms: Annotated[int, msgspec.Meta(ge=0, le=60_000)] = 0
    """How long the mock takes for every token it writes."""
    in_flight: Count = 0
    """So many calls of it are under way at most; 0 for no limit."""
    admission: Admission | None = None
    """Who goes first where calls must wait; as `gateway.admission` by default."""
    mode: Mode | None = None
    """As `gateway.mode` by default."""
    market: str | None = None
    """Whose grants its calls are served from; as `gateway.market` by default, empty for none."""


class UpstreamSettings(_Table, frozen=True):
    """Who has models: anything that speaks OpenAI's API."""

    url: str
    """Up to and with `/v1`."""
    key_env: str = ""
    """The name of the environment variable that has its key; none is sent where there is none."""
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=86_400)] = 300.0
    """How long it may say nothing."""
    retries: Annotated[int, msgspec.Meta(ge=0, le=10)] = 2
    """So often a call is made again that it could not take."""
    spend_limit_ucr: Ucr = 0
    """What it may be paid in a window; 0 for no limit."""
    spend_window_ms: Window = DAY_MS
    spend_asset: str = "credit"
    """In which of its models' prices that is reckoned."""


class GatewaySettings(_Table, frozen=True):
    """The gateway as a whole."""

    mode: Mode = "enforce"
    """What it does until the operator says otherwise; see the guide."""
    admission: Admission = "first_come"
    """Who goes first where calls must wait."""
    in_flight: Count = 0
    """So many calls are under way at most; 0 for no limit."""
    max_waiting: Count = 1_000
    """So many calls wait at most; whoever comes then is refused."""
    max_wait_ms: Annotated[int, msgspec.Meta(ge=0, le=DAY_MS)] = 30_000
    """So long a call waits at most, where its caller named no deadline."""
    spend_limit_ucr: Ucr = 0
    """What all upstreams together may be paid in a window; 0 for no limit."""
    spend_window_ms: Window = DAY_MS
    spend_asset: str = "credit"
    """In which of the models' prices that is reckoned."""
    market: str = ""
    """Calls are served from grants of what this market sells, and admitted by it; empty for no market."""
    market_unit_tokens: Count = 1
    """So many tokens are a unit of what the market sells; 0 where a call is one."""
    market_round_ms: Annotated[int, msgspec.Meta(ge=1, le=600_000)] = 250
    """Where the market sells by auction: so long calls gather before one closes."""
    stream_step_tokens: Count = 0
    """Streams reserve so many tokens at a time and go on while there is money; 0 reserves all at once."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may choose for a node."""

    data: str = "econonexus-data"
    """The data directory."""
    host: str = "127.0.0.1"
    """The address to listen on; 0.0.0.0 for all."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 7700
    """The port to listen on; 0 for any that is free."""
    max_body_bytes: Annotated[int, msgspec.Meta(ge=1_024, le=1 << 30)] = 1 << 20
    """The largest request body that is read."""
    rate_per_s: Annotated[int, msgspec.Meta(ge=1)] = 2_000
    """So many requests a second may come with one key, over time."""
    rate_burst: Annotated[int, msgspec.Meta(ge=1)] = 4_000
    """So many requests may come with one key at once."""
    stop_grace_s: Annotated[int, msgspec.Meta(ge=1, le=3_600)] = 10
    """So long requests in hand may take once the server is told to stop, in seconds."""
    gateway: GatewaySettings = GatewaySettings()
    models: dict[str, ModelSettings] = {}
    upstreams: dict[str, UpstreamSettings] = {}


def load(
    environment: Mapping[str, str], file: Path | None = None, overrides: Mapping[str, object] | None = None
) -> Settings:
    """The settings: `overrides` before the environment, the environment before the file.

    `file` must be there if it is named, here or by ECONONEXUS_CONFIG; otherwise econonexus.toml in the
    working directory is read where there is one. Raises: SettingsError.
    """
    named = file or (Path(environment[f"{PREFIX}CONFIG"]) if f"{PREFIX}CONFIG" in environment else None)
    path = named or DEFAULT_FILE
    values = _from_file(path, must_be_there=named is not None)
    settings = _struct(f"{path}: ", "", values, Settings)
    settings = _with_environment(settings, environment)
    settings = msgspec.structs.replace(settings, **(overrides or {}))
    _check_together(settings, environment, f"{path}: ")
    return settings


def _from_file(path: Path, must_be_there: bool) -> dict[str, object]:
    if not must_be_there and not path.is_file():
        return {}
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, object])
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise SettingsError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


T = typing.TypeVar("T", bound=msgspec.Struct)


def _struct(where: str, path: str, values: object, kind: type[T]) -> T:
    """A table in its type; `path` is where it stands in the file. Raises: SettingsError."""
    if not isinstance(values, dict):
        raise SettingsError(f"{where}{path}: it must be a table")
    hints = typing.get_type_hints(kind, include_extras=True)
    found = {}
    for name, value in values.items():
        inner = f"{path}.{name}" if path else name
        if name not in hints:
            raise SettingsError(
                f"{where}{inner}: there is no such setting; there are {', '.join(sorted(hints))}"
            )
        found[name] = _value(where, inner, value, hints[name])
    for field in msgspec.structs.fields(kind):
        if field.required and field.name not in found:
            raise SettingsError(f"{where}{path}.{field.name}: it is missing")
    return kind(**found)


def _value(where: str, path: str, value: object, hint: object) -> object:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _struct(where, path, value, hint)
    if typing.get_origin(hint) is dict:
        if not isinstance(value, dict):
            raise SettingsError(f"{where}{path}: it must be a table of tables")
        kind = typing.get_args(hint)[1]
        return {name: _struct(where, f"{path}.{name}", table, kind) for name, table in value.items()}
    return _scalar(f"{where}{path}", value, hint, strict=True)


def _scalar(where: str, value: object, hint: object, strict: bool) -> object:
    """A value in its type, `strict` where it must have that already. Raises: SettingsError."""
    try:
        return msgspec.convert(value, typing.cast("type[object]", hint), strict=strict)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{where}: {error}") from None


def _with_environment(settings: Settings, environment: Mapping[str, str]) -> Settings:
    secrets = {upstream.key_env for upstream in settings.upstreams.values()}
    own = typing.get_type_hints(Settings, include_extras=True)
    tables = {"gateway": typing.get_type_hints(GatewaySettings, include_extras=True)}
    values: dict[str, object] = {}
    inner: dict[str, object] = {}
    for variable, text in environment.items():
        short = variable.removeprefix(PREFIX)
        if short == variable or short in OTHERS or variable in secrets:
            continue
        name, (table, _, setting) = short.lower(), short.lower().partition("_")
        if table in tables and setting in tables[table]:
            inner[setting] = _scalar(variable, text, tables[table][setting], strict=False)
        elif name in own and name not in ("gateway", "models", "upstreams"):
            values[name] = _scalar(variable, text, own[name], strict=False)
        else:
            there = sorted(
                {*own, *(f"gateway_{each}" for each in tables["gateway"])}
                - {"gateway", "models", "upstreams"}
            )
            raise SettingsError(f"{variable}: there is no such setting; there are {', '.join(there)}")
    values["gateway"] = msgspec.structs.replace(settings.gateway, **inner)
    return msgspec.structs.replace(settings, **values)


FAR_ONLY = (
    "name", "max_output_tokens", "context_tokens", "bytes_per_token", "extra_tokens", "part_tokens",
    "bound_field",
)  # fmt: skip
MOCK_ONLY = ("first_token_ms", "token_ms")


def _check_together(settings: Settings, environment: Mapping[str, str], where: str) -> None:
    """What no single setting shows. Raises: SettingsError."""
    for name, upstream in settings.upstreams.items():
        path = f"{where}upstreams.{name}"
        if name == MOCK:
            raise SettingsError(f"{path}: the mock is built in; give this upstream another name")
        if not _NAME.fullmatch(name):
            raise SettingsError(f"{path}: a name is a letter or digit, then up to 63 letters, digits or ._-")
        if not _URL.fullmatch(upstream.url):
            raise SettingsError(f"{path}.url: it must be http:// or https://, a host, and a path up to /v1")
        if upstream.key_env and not environment.get(upstream.key_env):
            raise SettingsError(
                f"{path}.key_env: the environment has no {upstream.key_env}; put the key there"
            )
        if not _KEY.fullmatch(environment.get(upstream.key_env, "")):
            raise SettingsError(
                f"{path}.key_env: what {upstream.key_env} holds is no key: it has spaces, or other than ASCII"
            )
    for name, model in settings.models.items():
        _check_model(settings, name, model, f"{where}models.{name}")


def _check_model(settings: Settings, name: str, model: ModelSettings, path: str) -> None:
    if name == MOCK:
        raise SettingsError(f"{path}: the model `mock` stays as it is; give yours another name")
    if not _MODEL_NAME.fullmatch(name):
        raise SettingsError(f"{path}: a name is a letter or digit, then up to 119 letters, digits or ._:@/+-")
    if model.upstream != MOCK and model.upstream not in settings.upstreams:
        raise SettingsError(f"{path}.upstream: there is no [upstreams.{model.upstream}]")
    for field in FAR_ONLY if model.upstream == MOCK else MOCK_ONLY:
        if getattr(model, field) != getattr(ModelSettings("x"), field):
            whose = "an upstream's models" if model.upstream == MOCK else "the mock"
            raise SettingsError(f"{path}.{field}: this is for {whose} alone")
    for asset in _limiting_assets(settings, model):
        if asset not in model.prices:
            raise SettingsError(
                f"{path}.prices: a spend limit is reckoned in {asset}, and the model has no price in it"
            )


def _limiting_assets(settings: Settings, model: ModelSettings) -> list[str]:
    """The assets in which what the model's upstream is paid is limited."""
    limits: list[GatewaySettings | UpstreamSettings] = [settings.gateway]
    limits += [far for name, far in settings.upstreams.items() if name == model.upstream]
    return [limit.spend_asset for limit in limits if limit.spend_limit_ucr and model.upstream != MOCK]
