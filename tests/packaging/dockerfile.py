"""A Dockerfile as a list of instructions, as far as ours goes."""

import fnmatch
import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Instruction(NamedTuple):
    """One instruction and the stage it belongs to, counted from 0; -1 before the first."""

    stage: int
    name: str
    rest: str

    def words(self) -> list[str]:
        """Its arguments, which may be a JSON list."""
        return list(json.loads(self.rest)) if self.rest.startswith("[") else self.rest.split()


def instructions() -> list[Instruction]:
    """All of them, in order."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    found, stage = [], -1
    for line in text.replace("\\\n", " ").splitlines():
        name, _, rest = line.strip().partition(" ")
        stage += name == "FROM"
        if name:
            found.append(Instruction(stage, name, rest.strip()))
    return found


def of(name: str, stage: int = 1) -> list[Instruction]:
    """The instructions of a kind in a stage; the last stage is what is shipped."""
    return [each for each in instructions() if (each.name, each.stage) == (name, stage)]


def environment() -> dict[str, str]:
    """What ENV sets in the image."""
    return dict(pair.split("=", 1) for each in of("ENV") for pair in each.words())


def health_check() -> list[str]:
    """The command of HEALTHCHECK."""
    (check,) = of("HEALTHCHECK")
    return list(json.loads(check.rest.partition("CMD ")[2]))


def context(into: Path) -> Path:
    """What docker would send to the build: all that .dockerignore leaves."""
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    kept = [rule[1:] for rule in rules if rule.startswith("!")]
    assert rules[0] == "*"
    for name in kept:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=lambda _, names: fnmatch.filter(names, "__pycache__"))
        else:
            shutil.copy(source, into / name)
    return into
