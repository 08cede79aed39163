"""Where a command writes what it made: standard output, or a new file that nothing is lost by."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from econonexus.cli.exits import bad_input, fault


@contextlib.contextmanager
def output(out: Path | None) -> Iterator[TextIO]:
    """A new file for its owner only, which is gone again if anything fails; or standard output."""
    if out is None:
        yield sys.stdout
        return
    with contextlib.ExitStack() as undo:
        file = _new_file(out)
        undo.callback(out.unlink, missing_ok=True)
        try:
            with file:
                yield file
        except OSError as error:
            raise fault(f"--out: {out}: {error.strerror}") from None
        undo.pop_all()


def _new_file(out: Path) -> TextIO:
    try:
        return open(out, "x", encoding="utf-8", newline="", opener=_private)
    except FileExistsError:
        raise bad_input(f"--out: {out} exists already; name a new file") from None
    except (FileNotFoundError, NotADirectoryError) as error:
        raise bad_input(f"--out: {out}: {error.strerror}") from None
    except OSError as error:
        raise fault(f"--out: {out}: {error.strerror}") from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
