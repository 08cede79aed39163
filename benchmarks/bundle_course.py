"""What each solver has found when, on one auction of each hard family, for the picture in docs/mechanisms.

python -m benchmarks.bundle_course > docs/mechanisms/bundle_course.json
"""

import json

from benchmarks.bundle_runs import Case
from benchmarks.bundle_workers import Workers

CASES = (Case("regions", 1_000, 256, 1), Case("arbitrary", 1_000, 256, 1))
LIMIT_S = 10.0


def main() -> None:
    """Print, for each auction and solver, its steps: seconds, welfare, bound."""
    courses = []
    with Workers() as workers:
        for case in CASES:
            problem = case.problem()
            runs = {name: worker.run(problem, LIMIT_S) for name, worker in workers.items()}
            steps = {
                name: [[round(step.seconds, 4), step.welfare, step.bound] for step in run.steps]
                for name, run in runs.items()
            }
            courses.append({"case": case._asdict(), "steps": steps})
    print(json.dumps(courses, indent=1))


if __name__ == "__main__":
    main()
