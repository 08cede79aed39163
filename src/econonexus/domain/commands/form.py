"""What all commands share."""

import msgspec


class CommandForm(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag=True):
    """What all commands share."""
