"""A real server in a process of its own, and clients that speak to it."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2

ADMIN_KEY = "the-admin-key-of-these-tests"
PATIENCE_S = 30.0
PAID_ALL = {"unpaid_ucr": 0, "unpaid_times": 0}
"""Of a row of a spend report where nothing was used that nobody paid."""


class Served:
    """`econonexus up` on a data directory and a free port. Use as a context manager."""

    def __init__(self, data: Path, *options: str, environment: dict[str, str] | None = None) -> None:
        self.data = data
        self._options = options
        self._environment = {"ECONONEXUS_ADMIN_KEY": ADMIN_KEY} if environment is None else environment
        self.url = ""

    def __enter__(self) -> "Served":
        self.process = start(self.data, *self._options, environment=self._environment)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready http://"), line + self.process.communicate(timeout=PATIENCE_S)[1]
        self.url = line.split()[1]
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=PATIENCE_S)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """End the server; its exit code and what it said on standard error."""
        self.process.send_signal(how)
        assert self.process.stderr is not None
        self.process.wait(PATIENCE_S)
        return self.process.returncode, self.process.stderr.read()

    def client(self, key: str | None = ADMIN_KEY) -> "Client":
        """Somebody who speaks to the server with a key."""
        return Client(self.url, key)


class Client(httpx2.Client):
    """Speaks to a server, and expects success unless told otherwise."""

    def __init__(self, url: str, key: str | None) -> None:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        super().__init__(base_url=url, headers=headers, timeout=PATIENCE_S)

    def make(self, path: str, /, idempotency_key: str | None = None, **body: Any) -> dict[str, Any]:
        """POST a body; the answer, which must be a success."""
        headers = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
        answer = self.post(f"/api/v1/{path}", json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def refusal(self, path: str, /, **body: Any) -> tuple[int, str, str]:
        """POST a body that is declined: status, code and field."""
        answer = self.post(f"/api/v1/{path}", json=body)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        problem = answer.json()
        assert problem["status"] == answer.status_code
        return answer.status_code, problem["code"], problem.get("field", "")

    def look(self, path: str, /, **query: Any) -> dict[str, Any]:
        """GET; the answer, which must be a success."""
        answer = self.get(f"/api/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def balance(self, account: str) -> int:
        return int(self.look(f"accounts/{account}")["balance_ucr"])


def start(data: Path, *options: str, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """`econonexus up`, with nothing of the tests' own environment that a node would read."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ECONONEXUS_")}
    return subprocess.Popen(
        [sys.executable, "-m", "econonexus", "up", "--data", str(data), *(options or ("--port", "0"))],
        env=inherited | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=data.parent,
    )
