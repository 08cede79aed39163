"""How a command ends other than well."""

DONE = 0
ANSWER_IS_NO = 1
BAD_INPUT = 2
FAULT = 3


class CommandFailed(Exception):
    """Ends the command with one line for the person and an exit code for the program."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def bad_input(message: str) -> CommandFailed:
    """The caller has to change what was asked."""
    return CommandFailed(message, BAD_INPUT)


def fault(message: str) -> CommandFailed:
    """The world failed: a file, a disk, a node."""
    return CommandFailed(message, FAULT)
