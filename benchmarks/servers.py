"""The servers that are held against each other, each in a process of its own on a free port."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import msgspec

HERE = Path(__file__).parents[1]
VENV = HERE / ".venv-litellm"
PATIENCE_S = 120.0
ADMIN_KEY = "the-admin-key-of-this-benchmark"
LITELLM_KEY = "sk-bench"
LITELLM = "litellm[proxy]==1.106.2"
DELAYS_MS = (0, 100)
"""The upstream's models answer after so long."""

_MODEL = """
[models.mock-{ms}]
upstream = "far"
[models.mock-{ms}.prices.credit]
input_ucr = 2_500_000
output_ucr = 10_000_000
"""
_DEPLOYMENT = """
  - model_name: mock-{ms}
    litellm_params:
      model: openai/mock-{ms}
      api_base: {url}
      api_key: none
      input_cost_per_token: 0.0000025
      output_cost_per_token: 0.00001
      max_budget: 1000000
      budget_duration: 1d
"""


class Server:
    """A process and its children. Leave with `stop`, or as a context manager."""

    url: str

    def __init__(self, command: list[str], environment: Mapping[str, str], log: Path) -> None:
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=errors, start_new_session=True
            )
        self._log = log

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.communicate(timeout=PATIENCE_S)

    def line(self) -> str:
        """The next line that it prints."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode()

    def has_ended(self) -> bool:
        """Whether it gave up."""
        return self._process.poll() is not None

    def complaint(self) -> str:
        """What it said last on standard error."""
        return self._log.read_text(errors="replace").strip().rpartition("\n")[2]

    def resident_mib(self) -> float:
        """The memory that is its own and its children's now."""
        pages = sum(int(Path(folder, "statm").read_text().split()[1]) for folder in self._folders())
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def processor_s(self) -> float:
        """The processor time that it and its children have used."""
        fields = [_stat(folder) for folder in self._folders()]
        return sum(int(of[11]) + int(of[12]) for of in fields) / os.sysconf("SC_CLK_TCK")

    def _folders(self) -> list[Path]:
        group = str(self._process.pid)
        return [each for each in Path("/proc").glob("[0-9]*") if _stat(each)[2:3] == [group]]


def _stat(folder: Path) -> list[str]:
    """What the system says of a process after its name; nothing once it is gone."""
    try:
        return (folder / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


class EconoNexus(Server):
    """`econonexus up` in front of an upstream, or alone; serving once it is made."""

    def __init__(self, folder: Path, upstream: str = "http://127.0.0.1:1/v1") -> None:
        config = folder / "econonexus.toml"
        config.write_text(f'[upstreams.far]\nurl = "{upstream}"\n' + _for_each(_MODEL))
        environment = {
            **os.environ,
            "ECONONEXUS_ADMIN_KEY": ADMIN_KEY,
            "ECONONEXUS_RATE_PER_S": "1000000",
            "ECONONEXUS_RATE_BURST": "1000000",
        }
        up = [sys.executable, "-m", "econonexus", "up", "--port", "0", "--config", str(config)]
        began = time.perf_counter()
        super().__init__([*up, "--data", str(folder / "data")], environment, folder / "log")
        self.url = self.line().split()[1]
        self.started_s = time.perf_counter() - began

    def make(self, path: str, **body: object) -> dict[str, str]:
        """POST a body to the API as the admin."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/{path}",
            msgspec.json.encode(body),
            {"Authorization": f"Bearer {ADMIN_KEY}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            made: dict[str, str] = msgspec.json.decode(answer.read())
        return made


class LiteLlm(Server):
    """LiteLLM's proxy in front of an upstream, each model with a budget of its own in memory, no database."""

    def __init__(self, folder: Path, upstream: str) -> None:
        config = folder / "litellm.yaml"
        models = _for_each(_DEPLOYMENT, url=upstream)
        config.write_text(f"model_list:{models}general_settings:\n  master_key: {LITELLM_KEY}\n")
        port = _free_port()
        # Its price list comes from the wheel, so that nothing is asked of the network.
        environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
        options = ["--host", "127.0.0.1", "--port", str(port), "--num_workers", "1", "--telemetry", "False"]
        began = time.perf_counter()
        command = [str(VENV / "bin" / "litellm"), "--config", str(config), *options]
        super().__init__(command, environment, folder / "log")
        self.url = f"http://127.0.0.1:{port}"
        self._wait_until_ready(began)
        self.started_s = time.perf_counter() - began

    def _wait_until_ready(self, began: float) -> None:
        while not _answers(f"{self.url}/health/liveliness"):
            if self.has_ended() or time.perf_counter() - began > PATIENCE_S:
                raise RuntimeError(f"LiteLLM did not come up: {self.complaint()}")
            time.sleep(0.05)


def install_litellm() -> str:
    """Make LiteLLM's own environment where it is not there yet; why that failed, or nothing."""
    done = VENV / ".ready"
    if done.exists() and done.read_text() == LITELLM:
        return ""
    print(f"  installing {LITELLM} into {VENV.name} …", file=sys.stderr, flush=True)
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", LITELLM],
    ):
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            return made.stderr.strip().rpartition("\n")[2]
    done.write_text(LITELLM)
    return ""


def _for_each(template: str, **known: str) -> str:
    return "".join(template.format(ms=ms, **known) for ms in DELAYS_MS)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port: int = bound.getsockname()[1]
    return port


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except (urllib.error.URLError, OSError):
        return False


def new_folder() -> "tempfile.TemporaryDirectory[str]":
    """A folder for one server."""
    return tempfile.TemporaryDirectory(prefix="econonexus-bench-")
