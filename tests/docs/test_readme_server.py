"""The README's walk with a server: its own lines, and what it says comes of them."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import openai
import pytest

from tests.interfaces.served import Served

README = Path(__file__).parents[2] / "README.md"


def commands() -> list[list[str]]:
    """The `econonexus …` lines of the section, but for `up`."""
    section = README.read_text(encoding="utf-8").partition("## Or as a server")[2]
    lines = re.findall(r"^econonexus (.*?)(?:\s+#.*)?$", section, re.MULTILINE)
    assert lines[0] == "up"
    return [shlex.split(line) for line in lines[1:4]]


def test_the_sixth_call_is_refused(tmp_path: Path) -> None:
    with Served(tmp_path / "econonexus-data", environment={}) as served:
        key = (tmp_path / "econonexus-data" / "admin.key").read_text().strip()

        def run(*arguments: str) -> dict[str, object]:
            environment = {**os.environ, "ECONONEXUS_URL": served.url, "ECONONEXUS_KEY": key}
            done = subprocess.run(
                [sys.executable, "-m", "econonexus", *arguments, "--json"],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            return json.loads(done.stdout)

        ann = [run(*command) for command in commands()][-1]
        with openai.OpenAI(base_url=f"{served.url}/v1", api_key=str(ann["key"]), max_retries=0) as ai:
            hello = [{"role": "user", "content": "hello"}]
            for _ in range(5):
                assert ai.chat.completions.create(model="mock", messages=hello).choices[0].message.content
            with pytest.raises(openai.APIStatusError) as refused:
                ai.chat.completions.create(model="mock", messages=hello)
        assert refused.value.status_code == 402
        assert refused.value.code == "budget_exhausted"
        assert "125" in json.dumps(run("explain", "ann"))  # 1,000 less five calls of 175.
