"""Run every benchmark, or those named on the command line (`python -m benchmarks engine`)."""

import importlib
import pkgutil
import sys

import benchmarks
from benchmarks.harness import Report


def main() -> None:
    wanted = set(sys.argv[1:])
    names = sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name.startswith("bench_"))
    report = Report()
    for name in names:
        if not wanted or name.removeprefix("bench_") in wanted:
            importlib.import_module(f"benchmarks.{name}").run(report)
    report.show()


if __name__ == "__main__":
    main()
