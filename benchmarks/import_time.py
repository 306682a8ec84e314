# SPDX-License-Identifier: BSD-3-Clause
"""Time of importing SLPClassifier, against scikit-learn's linear models alone.

Fresh processes in turns; the interpreter's own start is not counted. Importing an
editable install runs a build tool, so that only a regular install says what users pay.

    python benchmarks/import_time.py [--quick]
"""

import json
import os
import subprocess
import sys
from functools import partial
from importlib.metadata import distribution

import numpy as np
from _report import begin, in_turns, parser, table

TIMED = """
import sys
from time import perf_counter
began = perf_counter()
{statement}
print(perf_counter() - began)
late = sorted({{"imblearn", "matplotlib"}} & set(sys.modules))
assert not late, f"{statement} loads {{late}}"
"""

THEIRS = "import sklearn.linear_model, sklearn.base"
OURS = "from skpulsar import SLPClassifier"


def main():
    arguments = parser(__doc__).parse_args()
    begin("Time of an import")
    if editable():
        print("This is an editable install: the build tool's time is counted.\n")
    seconds = []
    actions = [partial(run, statement, seconds) for statement in (THEIRS, OURS, THEIRS)]
    n_rounds = 5 if arguments.quick else 60
    in_turns(actions, n_rounds)
    theirs, ours, again = in_order(seconds, n_rounds)
    table(
        ("", "ms", "over the first"),
        [
            row(f"`{THEIRS}`", theirs, theirs),
            row(f"`{OURS}`", ours, (theirs + again) / 2),
            row("the first once more", again, theirs),
        ],
    )
    print("Neither imblearn nor matplotlib is loaded.")


def run(statement, seconds):
    """Import in a fresh process, and keep what that took."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", TIMED.format(statement=statement)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    if done.returncode:
        sys.exit(done.stderr)
    seconds.append(float(done.stdout))


def in_order(seconds, n_rounds):
    """By action and round; `in_turns` warms up once and turns every second round."""
    rounds = np.reshape(seconds, (n_rounds + 1, -1))[1:]
    rounds[1::2] = rounds[1::2, ::-1]
    return rounds.T


def row(name, seconds, base):
    share = np.median(seconds / base) - 1
    return name, f"{np.median(seconds) * 1e3:.1f}", f"{100 * share:+.1f} %"


def editable():
    origin = json.loads(distribution("skpulsar").read_text("direct_url.json") or "{}")
    return origin.get("dir_info", {}).get("editable", False)


if __name__ == "__main__":
    main()
