"""The settings: one file, `econonexus.toml`, and the environment, which goes first.

A setting `max_body_bytes` is written so in the file and as ECONONEXUS_MAX_BODY_BYTES in the environment.
Whatever is unknown or out of range in either is an error that names it: a misspelt limit is no limit.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

PREFIX = "ECONONEXUS_"
DEFAULT_FILE = Path("econonexus.toml")
OTHERS = frozenset({"ADMIN_KEY", "CONFIG", "KEY", "URL"})
"""Variables that are no settings of a node: secrets, where the file is, and what clients are told."""


class SettingsError(Exception):
    """A setting is unknown or wrong; the message names it and where it stands."""


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


def load(
    environment: Mapping[str, str], file: Path | None = None, overrides: Mapping[str, object] | None = None
) -> Settings:
    """The settings: `overrides` before the environment, the environment before the file.

    `file` must be there if it is named, here or by ECONONEXUS_CONFIG; otherwise econonexus.toml in the
    working directory is read where there is one. Raises: SettingsError.
    """
    named = file or (Path(environment[f"{PREFIX}CONFIG"]) if f"{PREFIX}CONFIG" in environment else None)
    values = _checked(_from_file(named or DEFAULT_FILE, must_be_there=named is not None), strict=True)
    values |= _checked(_from_environment(environment), strict=False)
    values |= overrides or {}
    return msgspec.convert(values, Settings)


def _from_file(path: Path, must_be_there: bool) -> dict[str, tuple[str, object]]:
    if not must_be_there and not path.is_file():
        return {}
    try:
        values = msgspec.toml.decode(path.read_bytes(), type=dict[str, object])
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise SettingsError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    return {name: (f"{path}: {name}", value) for name, value in values.items()}


def _from_environment(environment: Mapping[str, str]) -> dict[str, tuple[str, object]]:
    return {
        variable.removeprefix(PREFIX).lower(): (variable, value)
        for variable, value in environment.items()
        if variable.startswith(PREFIX) and variable.removeprefix(PREFIX) not in OTHERS
    }


def _checked(found: dict[str, tuple[str, object]], strict: bool) -> dict[str, object]:
    """The values in their types, `strict` where they must have them already. Raises: SettingsError."""
    fields = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    values: dict[str, object] = {}
    for name, (where, value) in found.items():
        if name not in fields:
            raise SettingsError(f"{where}: there is no such setting; there are {', '.join(sorted(fields))}")
        try:
            values[name] = msgspec.convert(value, fields[name], strict=strict)
        except msgspec.ValidationError as error:
            raise SettingsError(f"{where}: {error}") from None
    return values
