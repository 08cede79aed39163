"""`econonexus up`: a node and its API in one process."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from econonexus.cli.exits import DONE, bad_input, fault
from econonexus.config import Settings, SettingsError, load
from econonexus.ports import JournalFault


def up(
    *,
    data: Path | None = None,
    port: int | None = None,
    host: str | None = None,
    config: Annotated[
        Path | None, Parameter(help="The settings; econonexus.toml where there is one.")
    ] = None,
) -> int:
    """Run a node and serve its API until it is told to stop (Ctrl-C, SIGTERM).

    Prints one line, `ready http://…`, once it answers. The first admin key is ECONONEXUS_ADMIN_KEY, or else
    is made and kept in the data directory.

    Parameters
    ----------
    data
        The data directory, made where it is new.
    port
        The port to listen on; 0 for any that is free.
    host
        The address to listen on.
    """
    options = {"data": None if data is None else str(data), "port": port, "host": host}
    given = {name: value for name, value in options.items() if value is not None}
    if port is not None and not 0 <= port <= 65_535:
        raise bad_input("--port must be 0 to 65535")
    try:
        settings = load(os.environ, config, given)
    except SettingsError as error:
        raise bad_input(str(error)) from None
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(settings))
    except SettingsError as error:  # They do not go with what the journal has.
        raise bad_input(str(error)) from None
    except JournalFault as error:
        raise fault(str(error)) from None
    return DONE


async def _serve(settings: Settings) -> None:
    # Imported here: `--help` and mistakes in the settings need not wait for the server's libraries.
    from econonexus.bootstrap import admin_key_of, open_node
    from econonexus.cli.output import progress
    from econonexus.interfaces.http.server import CannotListen, listen, serve

    path = Path(settings.data)
    async with contextlib.AsyncExitStack() as stack:
        with progress("replaying", "records") as bar:
            node = await stack.enter_async_context(open_node(path, progress=bar))
        try:
            bound = listen(settings.host, settings.port)
        except CannotListen as error:
            raise fault(str(error)) from None
        key = os.environ.get("ECONONEXUS_ADMIN_KEY", "")
        if not key:
            key, file = admin_key_of(path)
            print(f"econonexus: the admin key is in {file}", file=sys.stderr, flush=True)
        await serve(node, key, settings, bound, lambda url: print(f"ready {url}", flush=True))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
