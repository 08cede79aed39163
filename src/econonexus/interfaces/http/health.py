"""Whether the server lives, whether it is of use, and as whom it takes a caller."""

from typing import Annotated

import msgspec
from litestar import Request, Response, get
from msgspec import Meta

from econonexus.interfaces.http.desk import AtDesk
from econonexus.interfaces.http.forms import reads


class Health(msgspec.Struct, frozen=True):
    """`ok`, or why not."""

    status: Annotated[str, Meta(description="`ok`, or why it is not.")]


class WhoAmI(msgspec.Struct, frozen=True):
    """The caller, as its key makes it known."""

    holder: Annotated[
        str, Meta(description="Whom the key was made for: an agent's id, or the name of a person or service.")
    ]
    role: Annotated[
        str, Meta(description="What the holder may do: `agent`, `human`, `auditor`, `operator` or `admin`.")
    ]
    key_id: Annotated[str, Meta(description="The key's id, which is no secret.")]


@get("/healthz", tags=["health"])
async def healthz() -> Health:
    """Whether the process answers at all."""
    return Health("ok")


@get("/readyz", tags=["health"])
async def readyz(request: Request) -> Response[Health]:  # type: ignore[type-arg]
    """Whether the node decides commands: 503 with the reason while it does not."""
    status = request.app.state.node.engine.status()
    return Response(Health("ok" if status.ready else status.reason), status_code=200 if status.ready else 503)


@reads("/whoami")
async def whoami(desk: AtDesk) -> WhoAmI:
    """Who your key says you are."""
    return WhoAmI(desk.caller.holder, desk.caller.role.value, desk.caller.key)


PUBLIC_ROUTES = [healthz, readyz]
ROUTES = [whoami]
