"""What tests of the gateway share: servers with settings, callers, and how an account stands after them."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import openai
import pytest

from tests.interfaces.served import ADMIN_KEY, Client, Served

T = TypeVar("T")

HELLO = [{"role": "user", "content": "hello"}]
READ = 4 + 5 + 16
"""What hello counts as to an upstream's model: four tokens for the message, five bytes at a byte each,
sixteen for whatever the upstream adds."""
SECRET = "sk-the-upstream's-own"
GPT = """
[upstreams.far]
url = "{url}"
key_env = "FAR_KEY"
retries = 0
{upstream}

[models.gpt]
upstream = "far"
max_output_tokens = 100
{model}
[models.gpt.prices.credit]
input_ucr = 1_000_000     # 1 µcr a token
output_ucr = 2_000_000
"""


def configured(folder: Path, settings: str, **fields: str) -> Served:
    """A server with settings; `fields` fill their braces, with nothing where they are not named."""
    text = settings.format_map(_Blank(fields))
    (folder / "econonexus.toml").write_text(text)
    return Served(folder / "data", environment={"ECONONEXUS_ADMIN_KEY": ADMIN_KEY, "FAR_KEY": SECRET})


class _Blank(dict[str, str]):
    def __missing__(self, _: str) -> str:
        return ""


def client(served: Served, key: str) -> openai.OpenAI:
    """OpenAI's own client; it does not try again by itself."""
    return openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0)


def stands(looker: Client, name: str) -> tuple[int, int]:
    """What an account has, and what of it is on hold."""
    account = looker.look(f"accounts/{name}")
    return account["balance_ucr"], account["held_ucr"]


def settled(looker: Client, name: str) -> int:
    """What an account has once nothing of it is on hold any more, which may be a moment from now."""
    for _ in range(5_000):
        balance, held = stands(looker, name)
        if not held:
            return balance
    raise AssertionError(f"{held} µcr of {name} stay on hold")


def usages(looker: Client, agent: str) -> list[dict[str, Any]]:
    """What was recorded of an agent's use that nothing paid for, oldest first."""
    found, after, more = [], 0, True
    while more:
        page = looker.look("events", after=after, limit=1_000)
        found += [each["data"] for each in page["events"] if each["type"] == "econonexus.usage_recorded.v1"]
        after, more = page["next"], page["more"]
    return [each for each in found if each["agent"] == agent]


def refusal(call: Callable[[], Any]) -> tuple[int, str]:
    """How a call is refused: status and code."""
    with pytest.raises(openai.APIStatusError) as caught:
        call()
    return caught.value.status_code, str(caught.value.code)


def all_at_once(number: int, call: Callable[[int], T]) -> list[T | Exception]:
    """What so many callers get who call at the same moment, each in a thread of its own."""
    outcomes: list[T | Exception] = []
    start = threading.Barrier(number)

    def run(place: int) -> None:
        start.wait()
        try:
            outcomes.append(call(place))
        except Exception as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
