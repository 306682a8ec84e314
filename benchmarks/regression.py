# SPDX-License-Identifier: BSD-3-Clause
"""Whether the checkout is slower than a commit before it, by ten figures.

Both are built, and a process of each is asked in turns for the same work: seconds of
the processor, ratios within a turn, their median with a 95 % interval. The exit status
is 1 where a median is above 1.1 and its interval above 1.05.

    python benchmarks/regression.py --base COMMIT [--quick] [--only NAME ...]
"""

import os
import subprocess
import sys
import sysconfig
import warnings
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory

import numpy as np

ROOT = Path(__file__).parents[1]
LIMIT, SURE = 1.1, 1.05  # of the median, and of the lower end of its interval
IMPORT = """
import sklearn.linear_model, sklearn.base
from time import process_time
began = process_time()
from skpulsar import SLPClassifier
print(process_time() - began)
"""


def main():
    from _report import begin, parser, table

    options = parser(__doc__)
    options.add_argument("--base", required=True, help="the commit to compare with")
    options.add_argument("--only", nargs="+", choices=FIGURES, default=[*FIGURES])
    arguments = options.parse_args()
    with TemporaryDirectory() as folder, worktree(arguments.base, folder) as base:
        builds = [build(base, f"{folder}/base"), build(ROOT, f"{folder}/head")]
        begin(f"The checkout against {arguments.base}")
        n_rounds = 9 if arguments.quick else 31
        found = {name: compare(name, builds, n_rounds) for name in arguments.only}
    table(
        ("", "base, ms", "checkout, ms", "ratio", "from", "to"),
        [
            (name, *(f"{1e3 * each:.2f}" for each in seconds), *map("{:.3f}".format, q))
            for name, (seconds, q) in found.items()
        ],
    )
    slower = [n for n, (_, q) in found.items() if q[0] > LIMIT and q[1] > SURE]
    if slower:
        sys.exit(f"Slower: {', '.join(slower)}")


@contextmanager
def worktree(commit, folder):
    """The files of a commit."""
    git = ["git", "-C", ROOT, "worktree"]
    path = f"{folder}/source"
    subprocess.run([*git, "add", "--quiet", "--detach", path, commit], check=True)
    try:
        yield path
    finally:
        subprocess.run([*git, "remove", "--force", path], check=True)


def build(source, target):
    """A folder with the package as users install it; what it needs is that of here."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    options = "--no-build-isolation", "--target", target
    subprocess.run([*pip, *options, source], check=True)
    return target


def compare(name, builds, n_rounds):
    """Median seconds of both; the median of the ratios and the ends of its interval."""
    from _report import in_turns

    with Worker(name, builds[0]) as base, Worker(name, builds[1]) as head:
        seconds = in_turns(
            [base.work, head.work], n_rounds, clock=lambda: base.spent + head.spent
        )
    return np.median(seconds, axis=0), median_interval(seconds[:, 1] / seconds[:, 0])


def median_interval(values):
    """The median, and the order statistics between which that of all possible turns
    lies in 95 % of cases."""
    from scipy.stats import binom

    rank = int(binom.ppf(0.025, len(values), 0.5))
    ordered = np.sort(values)
    return np.median(values), ordered[rank - 1], ordered[-rank]


class Worker:
    """A process that does the work of one figure with one build, when asked to."""

    def __init__(self, name, folder):
        # Without site, which would take up an editable install of this environment.
        paths = [folder, *{sysconfig.get_path(each) for each in ("purelib", "platlib")}]
        self._process = subprocess.Popen(
            [sys.executable, "-S", __file__, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(paths),
                "OPENBLAS_NUM_THREADS": "1",
            },
        )
        self.spent = 0.0

    def work(self):
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.spent += float(self._process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._process.stdin.close()
        self._process.wait()


def serve(name):
    """Do the work for every line of the input, and print what it took."""
    warnings.simplefilter("ignore")
    work = FIGURES[name]()
    for _ in sys.stdin:
        began = processor_time()
        found = work()
        of_other = isinstance(found, float)  # A process that has timed itself.
        print(found if of_other else processor_time() - began, flush=True)


def processor_time():
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# What is timed: functions that prepare the work, and return it.


def rows(n_rows, n_columns, n_classes=2):
    """Columns of several sizes, and classes that overlap; of two the second is rare."""
    random = np.random.default_rng(0)
    X = random.standard_normal((n_rows, n_columns))
    logits = X @ random.standard_normal((n_columns, n_classes))
    logits += 3 * random.gumbel(size=logits.shape)
    X *= np.exp(random.standard_normal(n_columns))
    if n_classes == 2:
        return X, (logits[:, 0] - logits[:, 1] > 6).astype(int)
    return X, logits.argmax(axis=1)


def fits(X, y, n_fits=1, **parameters):
    from skpulsar import SLPClassifier

    model = SLPClassifier(random_state=0, **parameters)
    return lambda: [model.fit(X, y) for _ in range(n_fits)]


def sparse_fit():
    from scipy.sparse import csr_array

    X, y = rows(20_000, 200)
    return fits(csr_array(X * (X > 1)), y)


def epochs():
    own = {"max_iter": 10, "tol": None}
    both = [fits(*rows(17_898, 8), solver=name, **own) for name in ("sgd", "adam")]
    return lambda: [each() for each in both]


def stream():
    from skpulsar import SLPClassifier

    X, y = rows(10_000, 8)

    def work():
        model = SLPClassifier(random_state=0)
        for at in range(0, len(y), 1000):
            model.partial_fit(X[at : at + 1000], y[at : at + 1000], classes=[0, 1])

    return work


def search():
    from skpulsar import SLPClassifierCV

    X, y = rows(17_898, 8)
    model = SLPClassifierCV(random_state=0)
    return lambda: model.fit(X, y)


def probabilities():
    from skpulsar import SLPClassifier

    X, y = rows(100_000, 50)
    model = SLPClassifier(random_state=0).fit(X[:10_000], y[:10_000])
    return lambda: [model.predict_proba(X) for _ in range(5)]


def imported():
    command = [sys.executable, "-S", "-P", "-c", IMPORT]
    return lambda: float(subprocess.check_output(command))


FIGURES = {
    "fit, 200 x 8": lambda: fits(*rows(200, 8), n_fits=20),
    "fit, 17,898 x 8": lambda: fits(*rows(17_898, 8), n_fits=5),
    "fit, 100,000 x 50": lambda: fits(*rows(100_000, 50)),
    "fit, 20,000 x 200 CSR": sparse_fit,
    "fit, five classes": lambda: fits(*rows(20_000, 28, n_classes=5)),
    "epochs of sgd and adam": epochs,
    "partial_fit": stream,
    "SLPClassifierCV": search,
    "predict_proba": probabilities,
    "import": imported,
}

if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in FIGURES:
        serve(sys.argv[1])
    else:
        main()
