"""Write docs/operator-cost.md: runs test_operator_cost.py in a browser and keeps what it counted.

python -m tests.browser.operator_cost
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "operator-cost.md"
TEST = "tests/browser/test_operator_cost.py"
HEAD = """# What everyday steps cost

Key presses and requests, counted in Chromium by `{test}`; `make operator-cost`
runs it and writes this page. Each step begins with the lead open in the panel beside the list,
unless it says otherwise. Two keys held together count as two; the request by which a page looks
for news is not counted.

| Step | Key presses | Requests | Limit |
|---|---|---|---|
"""
FOOT = """
The proposals of the study's cadence come with the panel, so choosing one costs no request. A
result that needs nothing more saves at once; its key is the only press. What was written stands in
the message after it, and `u` takes it back.
"""


def main() -> int:
    """Run the tests; the page is written only when all of them pass."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder, "rows")
        rows.touch()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", TEST],
            cwd=ROOT,
            env=os.environ | {"TRIALSNEST_OPERATOR_COST": str(rows)},
            check=False,
        )
        if done.returncode == 0:
            PAGE.write_text(HEAD.format(test=TEST) + rows.read_text() + FOOT)
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())
