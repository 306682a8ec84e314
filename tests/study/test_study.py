# SPDX-License-Identifier: BSD-3-Clause
"""python -m skpulsar: what it prints and saves."""

import csv
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest
from _candidates import save
from imblearn.pipeline import make_pipeline
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, make_scorer, precision_score
from sklearn.model_selection import (
    RepeatedStratifiedKFold,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_validate,
    train_test_split,
)
from sklearn.preprocessing import StandardScaler

from skpulsar import SLPClassifier
from skpulsar.__main__ import main
from skpulsar._study import balance, peers, repeats, textbook, verdict
from skpulsar._study.candidates import read_candidates
from skpulsar._study.folds import score_folds
from skpulsar._study.scores import N_BINS, NAMES, RATES, calibration_error, rates
from skpulsar.datasets import make_pulsars
from skpulsar.samplers import CyclicOverSampler

TABLES = ("textbook", "repeats", "peers", "balance")
COSTS = re.compile(r"( \d+\.\d){2}$")  # milliseconds and MiB
NUMBER = re.compile(r"[-+]?\d+\.\d+")
PER_EPOCH = ["loss", *(f"{part}_{n}" for part in ("train", "test") for n in RATES)]


@pytest.fixture(scope="module")
def small():
    return make_pulsars(2000, random_state=3)


@pytest.fixture(scope="module")
def file(small, tmp_path_factory):
    return save(tmp_path_factory.mktemp("study") / "small.csv", *small)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    X, y = make_pulsars(200, random_state=0)
    return save(tmp_path_factory.mktemp("study") / "tiny.csv", X, y)


@pytest.fixture(autouse=True)
def one_round(monkeypatch):
    monkeypatch.setattr(repeats, "N_REPEATS", 1)
    monkeypatch.setattr(balance, "N_REPEATS", 1)


@pytest.fixture
def study(capsys):
    """Run main and return its lines; errors go to the test."""

    def run(*arguments):
        assert main([str(argument) for argument in arguments]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        return out.splitlines()

    return run


def numbers(line):
    return [float(number) for number in NUMBER.findall(line)]


def epoch_lines(lines):
    """Return {epoch: [loss, four rates in training, four rates held out]}."""
    found = [re.fullmatch(r" *(\d+) +(\d.*)", line) for line in lines]
    return {int(match[1]): numbers(match[2]) for match in found if match}


def row(lines, label):
    """Return the numbers of a table's lines that begin with a label."""
    return [numbers(line) for line in lines if line.startswith(f"{label}  ")]


def balance_rows(lines, label):
    """Return the numbers that two tables have for a model."""
    after = (line.removeprefix(f"{label:26}  ") for line in lines)
    found = [
        numbers(rest) for rest, line in zip(after, lines, strict=True) if rest != line
    ]
    assert len(found) == 2
    return found


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_prints_and_saves_the_same_numbers(study, file, small, tmp_path):
    folder = tmp_path / "new" / "tables"
    lines = study(file, "--output", folder, "--epochs", 4)
    assert repr(file) in lines[0]
    assert lines[1].startswith(f"2000 candidates, {small[1].sum()} of them pulsars")
    assert repr(str(folder)) in lines[-1]
    tables = {folder / f"{name}.csv" for name in TABLES}
    assert set(folder.iterdir()) - {folder / "study.png"} == tables
    saved = {name: read(folder / f"{name}.csv") for name in TABLES}

    printed = epoch_lines(lines)
    assert list(printed) == [int(r["epoch"]) for r in saved["textbook"]] == [1, 2, 3, 4]
    for record in saved["textbook"]:
        exact = [float(record[name]) for name in PER_EPOCH]
        np.testing.assert_allclose(printed[int(record["epoch"])], exact, atol=6e-5)

    first, last = saved["textbook"][0], saved["textbook"][-1]
    exact = [first["loss"], last["loss"], *(last[f"test_{name}"] for name in RATES)]
    result, _ = row(lines, "this run")
    np.testing.assert_allclose(result, [float(value) for value in exact], atol=6e-5)
    assert row(lines, "textbook's figures") == [[0.138, 0.131, 0.975]]

    for label, name in zip(
        ("accuracy", "precision", "recall", "F1"), RATES, strict=True
    ):
        in_repeats, in_peers = row(lines, label)
        for values, table in ((in_repeats, "repeats"), (in_peers, "peers")):
            exact = [
                float(record[f"{name}_{statistic}"])
                for record in saved[table]
                for statistic in ("mean", "std")
            ]
            np.testing.assert_allclose(values, exact, atol=6e-4)
    (milliseconds,) = row(lines, "fit time, ms")
    seconds = [float(record["fit_seconds_mean"]) for record in saved["peers"]]
    np.testing.assert_allclose(milliseconds[::2], np.multiply(seconds, 1e3), atol=0.06)

    for record in saved["balance"]:
        decisions, probabilities = balance_rows(lines, record["model"])
        f1_and_spread = [float(record[name]) for name in ("f1_mean", "f1_std")]
        np.testing.assert_allclose(decisions[3:5], f1_and_spread, atol=6e-5)
        exact = [float(record[f"{name}_mean"]) for name in balance.PROBABILITIES]
        np.testing.assert_allclose(
            [probabilities[0], *probabilities[2:5]], exact, atol=6e-5
        )
        costs = (
            float(record["fit_seconds_median"]) * 1e3,
            float(record["peak_bytes"]) / 2**20,
        )
        np.testing.assert_allclose(probabilities[5:], costs, atol=0.06)


@pytest.mark.parametrize(
    ("every", "epochs"), [(0, []), (3, [3, 6, 9]), (20, []), (5, [5, 10])]
)
def test_report_lines(capsys, small, every, epochs):
    records = textbook.report(*small, seed=0, epochs=10, every=every)
    lines = capsys.readouterr().out.splitlines()
    assert list(epoch_lines(lines)) == epochs
    assert [record["epoch"] for record in records] == list(range(1, 11))
    assert len(row(lines, "this run")) == 2  # rates, and counts


def test_the_run_with_the_rarer_class_repeated(capsys, small):
    X, y = small
    records = textbook.report(
        X, y, seed=0, epochs=2, every=1, batch_size=20, balance=True
    )
    out = capsys.readouterr().out
    assert "minibatches of 20" in out
    ways = (textbook.BEFORE_SPLIT, textbook.IN_TRAINING)
    assert [record["repeated"] for record in records] == [*ways[:1] * 2, *ways[1:] * 2]
    lines, n = out.splitlines(), round(0.2 * len(y))

    def counts(label):
        line = next(line for line in lines[::-1] if line.startswith(f"{label}  "))
        return [int(word) for word in line.removeprefix(label).split()]

    for record in (records[1], records[3]):
        label = textbook.LABELS[record["repeated"]]
        rates_row, counts_row = row(lines, label)[0], counts(label)
        exact = [record[f"test_{name}"] for name in RATES]
        np.testing.assert_allclose(rates_row[2:], exact, atol=6e-5)
        tn, fp, fn, tp = (record[f"test_{name}"] for name in textbook.COUNTS)
        assert counts_row == [tp, fn, fp, tn]
        assert exact[0] == pytest.approx((tp + tn) / (tn + fp + fn + tp))
        assert exact[2] == pytest.approx(tp / (tp + fn))
    assert sum(counts("in training rows")) == n  # as they were found
    n_no = round(n * (1 - y.mean()))
    assert row(lines, "always no")[0] == [pytest.approx(n_no / n, abs=6e-5), 0, 0, 0]
    assert counts("always no") == [0, n - n_no, 0, n_no]


@pytest.mark.parametrize("repeated", [textbook.BEFORE_SPLIT, textbook.IN_TRAINING])
def test_only_the_leaky_way_holds_out_copies(small, repeated):
    X, y = small
    (X_train, y_train), (X_test, y_test) = textbook.divide(
        X, y, seed=0, repeated=repeated
    )
    assert y_train.mean() == pytest.approx(0.5, abs=0.001)
    seen = {pulsar.tobytes() for pulsar in X_train[y_train == 1]}
    leaked = [pulsar.tobytes() in seen for pulsar in X_test[y_test == 1]]
    assert any(leaked) == (repeated == textbook.BEFORE_SPLIT)


def test_textbook_run_equals_one_fit(small):
    X_train, X_test, y_train, y_test = train_test_split(
        *small, test_size=0.2, stratify=small[1], random_state=5
    )
    model = SLPClassifier(
        solver="sgd",
        batch_size=10,
        learning_rate_init=0.001,
        momentum=0.0,
        alpha=0.0,
        max_iter=3,
        tol=None,
        random_state=5,
    ).fit(X_train, y_train)
    *_, last = textbook.run(*small, seed=5, epochs=3)
    assert last["loss"] == model.loss_
    assert last["test_f1"] == f1_score(y_test, model.predict(X_test))
    assert last["train_precision"] == precision_score(y_train, model.predict(X_train))


def test_empty_denominators_are_zero():
    class Never:
        def predict(self, X):
            return np.zeros(len(X), dtype=int)

    values = rates(Never(), np.zeros((4, 1)), np.array([0, 0, 0, 1]))
    assert values == {"accuracy": 0.75, "precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_repeats_change_only_what_they_should(small):
    scores = repeats.measure(*small, seed=0, epochs=2)
    assert all(len(values) == 5 for by in scores.values() for values in by.values())
    found = scores[repeats.RIGHT, repeats.FOUND]
    repeated = scores[repeats.RIGHT, repeats.REPEATED]
    # Copies of pulsars, each about as often, move precision and hardly recall.
    np.testing.assert_allclose(found["recall"], repeated["recall"], atol=0.02)
    assert np.all(np.less(found["precision"], repeated["precision"]))


def test_leak_of_a_model_that_learns_by_heart(monkeypatch, small):
    class ByHeart(BaseEstimator):
        """Knows the rows it has seen, and calls all others stars."""

        def fit(self, X, y):
            self.pulsars_ = {row.tobytes() for row in X[y == 1]}
            return self

        def predict(self, X):
            return np.array([int(row.tobytes() in self.pulsars_) for row in X])

    monkeypatch.setattr(repeats, "make_model", lambda **_: ByHeart())
    scores = repeats.measure(*small, seed=0, epochs=1)
    assert max(scores[repeats.RIGHT, repeats.FOUND]["recall"]) == 0.0
    assert min(scores[repeats.WRONG, repeats.REPEATED]["recall"]) > 0.9
    assert min(scores[repeats.WRONG, repeats.FOUND]["recall"]) > 0.9
    sentence = " ".join(repeats._leak(scores, small[1]).split())
    assert "difference of +1.000 (0.000)" in sentence
    assert "copies of test rows for +1.000 (0.000)" in sentence
    assert f"where {small[1].mean():.1%} were found" in sentence


@pytest.mark.parametrize(
    ("pulsar_fraction", "rarer", "others"),
    [(0.1, "pulsars", "stars"), (0.5, "pulsars", "stars"), (0.9, "stars", "pulsars")],
)
def test_the_class_that_is_repeated_is_named(
    capsys, monkeypatch, pulsar_fraction, rarer, others
):
    X, y = make_pulsars(200, pulsar_fraction=pulsar_fraction, random_state=0)
    _, y_all = CyclicOverSampler().fit_resample(X, y)
    added = y_all[len(y) :]
    assert np.all(added == (rarer == "pulsars"))
    repeats.report(X, y, seed=0, epochs=1)
    title = capsys.readouterr().out.splitlines()[1]
    assert title.endswith(
        f"with {rarer} repeated in order until they equal the {others}"
    )

    monkeypatch.setattr(balance, "make_models", lambda **_: {})
    monkeypatch.setattr(balance.verdict, "paragraph", lambda _: "")
    balance.report(X, y, seed=0)
    assert f"4. Ways to deal with rare {rarer}\n" in capsys.readouterr().out


def test_leak_sentence_is_computed():
    y = np.repeat([0, 1], [90, 10])
    keys = (
        (repeats.RIGHT, repeats.FOUND),
        (repeats.RIGHT, repeats.REPEATED),
        (repeats.WRONG, repeats.REPEATED),
    )
    values = ([0.5, 0.7, 0.6], [0.7, 0.9, 0.8], [0.5, 0.8, 0.5])
    scores = {key: {"f1": f1} for key, f1 in zip(keys, values, strict=True)}
    sentence = " ".join(repeats._leak(scores, y).split())
    assert "F1 reads 0.600 where done right it is 0.600" in sentence
    assert "a difference of +0.000 (0.058, perhaps chance)" in sentence
    assert "where 10.0% were found account for +0.200 (0.000)" in sentence
    assert "copies of test rows for -0.200 (0.058)" in sentence


def test_peers_equal_cross_validate(small):
    X, y = small
    records = peers.measure(X, y, seed=4)
    names = [(record["model"], record["features"]) for record in records]
    assert names == [
        ("SLPClassifier", "raw"),
        ("LogisticRegression", "scaled"),
        ("SGDClassifier", "scaled"),
    ]
    result = cross_validate(
        make_pipeline(StandardScaler(), LogisticRegression()),
        X,
        y,
        cv=StratifiedKFold(5, shuffle=True, random_state=4),
        scoring=["average_precision", "neg_log_loss"],
    )
    logistic = records[1]
    np.testing.assert_allclose(
        logistic["average_precision_mean"], result["test_average_precision"].mean()
    )
    np.testing.assert_allclose(
        logistic["log_loss_mean"], -result["test_neg_log_loss"].mean()
    )
    np.testing.assert_allclose(
        logistic["log_loss_std"], result["test_neg_log_loss"].std()
    )


@pytest.fixture(scope="module")
def balanced(small):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(balance, "N_REPEATS", 1)
        return balance.measure(*small, seed=4)


def test_balance_equals_cross_validate(small, balanced):
    scores, costs = balanced
    assert scores.keys() == costs.keys() == balance.make_models(seed=4).keys()
    result = cross_validate(
        TunedThresholdClassifierCV(
            SLPClassifier(random_state=4),
            scoring=make_scorer(balance.count_f1),  # f1_score takes very much longer
            response_method="decision_function",
            random_state=4,
        ),
        *small,
        cv=RepeatedStratifiedKFold(n_splits=5, n_repeats=1, random_state=4),
        scoring=["f1", "average_precision", "neg_log_loss", "neg_brier_score"],
    )
    tuned = scores["tuned"]
    np.testing.assert_array_equal(tuned["f1"], result["test_f1"])
    np.testing.assert_allclose(
        tuned["average_precision"], result["test_average_precision"]
    )
    np.testing.assert_allclose(tuned["log_loss"], -result["test_neg_log_loss"])
    np.testing.assert_allclose(tuned["brier"], -result["test_neg_brier_score"])


def test_balance_moves_the_intercept_alone(balanced):
    scores, _ = balanced
    plain, shifted = scores["defaults"], scores["defaults + corrected"]
    for name in NAMES:  # there is nothing to take out
        np.testing.assert_array_equal(plain[name], shifted[name])
    for balancing in ("class_weight", "sampling"):
        before, after = scores[balancing], scores[f"{balancing} + corrected"]
        for ranking in ("average_precision", "budget_precision", "budget_recall"):
            np.testing.assert_allclose(before[ranking], after[ranking])
        assert np.all(after["log_loss"] < before["log_loss"])
        assert np.all(after["recall"] <= before["recall"])


def test_sampling_by_the_default_solver_is_class_weight(small):
    by_weight, by_sampling = (
        SLPClassifier(random_state=0, **balancing).fit(*small)
        for balancing in ({"class_weight": "balanced"}, {"sampling": "balanced"})
    )
    assert by_sampling.solver_ == "psgd"
    np.testing.assert_allclose(
        by_weight.decision_function(small[0]),
        by_sampling.decision_function(small[0]),
        rtol=1e-6,
    )


def test_noisy_copies_are_noisy(small):
    pipeline = balance.make_models(seed=0)["noisy copies (1)"]
    X, y = pipeline[0].fit_resample(*small)
    assert len(np.unique(X, axis=0)) == len(X) == 2 * np.sum(y == 1)


def test_peak_memory_counts_what_fit_holds(small):
    class Holder(BaseEstimator):
        def fit(self, X, y):
            self.held_ = np.zeros(10**6, dtype=np.uint8)
            np.zeros(3 * 10**6, dtype=np.uint8)
            return self

    assert 4 * 10**6 <= balance.peak_memory(Holder(), *small) < 4.1 * 10**6


@pytest.mark.parametrize("seed", range(3))
def test_count_f1(seed):
    y, predicted = np.random.RandomState(seed).randint(2, size=(2, 50))
    assert balance.count_f1(y, predicted) == pytest.approx(f1_score(y, predicted))
    assert balance.count_f1(y * 0, y * 0) == 0.0


@pytest.mark.parametrize("empty", [False, True])
def test_calibration_error_bin_by_bin(empty):
    random = np.random.RandomState(0)
    probability = random.uniform(size=500)
    if empty:
        probability = probability[(probability < 0.3) | (probability > 0.6)]
    y = random.uniform(size=len(probability)) < probability**2
    expected = 0.0
    for k in range(N_BINS):
        rows = (probability > k / N_BINS) & (probability <= (k + 1) / N_BINS)
        if rows.any():
            distance = abs(y[rows].mean() - probability[rows].mean())
            expected += rows.mean() * distance
    assert calibration_error(y, probability) == pytest.approx(expected)


def test_paired_interval_is_the_corrected_t_test():
    # By hand: differences 1, 2, 3, 4; variance 5/3; t quantile of 3 degrees 3.18245
    mean, low, high = verdict.paired_interval([2, 4, 6, 8], [1, 2, 3, 4])
    half = 3.1824463 * np.sqrt((1 / 4 + 1 / 4) * 5 / 3)
    assert (mean, low, high) == pytest.approx((2.5, 2.5 - half, 2.5 + half))


def made_up(**f1):
    """Scores in which every model is the same, but for F1 of those given."""
    same = {name: np.array([0.5, 0.6, 0.7, 0.6, 0.5]) for name in NAMES}
    models = balance.make_models(seed=0)
    scores = {label: dict(same) for label in models}
    for label, change in f1.items():
        scores[label]["f1"] = same["f1"] + change
    return scores


def test_verdict_is_computed():
    text = " ".join(verdict.paragraph(made_up(SMOTE=0.1, sampling=-0.2)).split())
    assert (
        "F1 is 0.5800 with defaults: higher with SMOTE (+0.1000); lower with sampling "
        "(-0.2000); no better than chance with the other 12 (+0.0000 to +0.0000)."
    ) in text
    assert (
        "Average precision is 0.5800 with defaults: no better than chance with all 14"
    ) in text
    assert "below the Perceptron's and below the random forest's" in text
    text = " ".join(verdict.paragraph(made_up(tuned=0.305)).split())
    assert "Tuned, F1 is 0.8850: from LogisticRegression tuned alike it" in text
    assert "differs by +0.3050 (+0.3050 to +0.3050), average" in text
    assert "by +0.0000 (+0.0000 to +0.0000, no better than chance)" in text
    assert "above the Perceptron's and inside the random forest's" in text


def test_a_difference_that_may_be_chance():
    change = np.array([0.1, -0.1, 0.1, -0.1, 0.05])
    text = " ".join(verdict.paragraph(made_up(SMOTE=change)).split())
    assert "no better than chance with all 14 (+0.0000 to +0.0100)" in text


def test_unfinished_fits_are_told():
    costs = {"a": {"convergence_warnings": 0}, "b": {"convergence_warnings": 3}}
    assert balance._unfinished(costs) == "Fits not converged: b 3."


def test_as_few_pulsars_as_it_takes(study, tmp_path):
    X, y = make_pulsars(100, pulsar_fraction=0.08, random_state=0)
    lines = study(save(tmp_path / "few.csv", X, y), "--epochs", 1)
    assert lines[1].startswith("100 candidates, 8 of them pulsars")


def test_counts_convergence_warnings_and_passes_on_others(small):
    class Loud(LogisticRegression):
        def fit(self, X, y):
            warnings.warn("not there yet", ConvergenceWarning, stacklevel=1)
            warnings.warn("something else", UserWarning, stacklevel=1)
            return super().fit(X, y)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result, n_warnings = score_folds(Loud(max_iter=1000), *small, cv=3)
    assert n_warnings >= 3
    assert len(result["fit_time"]) == 3
    assert {str(w.message) for w in caught} == {"something else"}


# The study as `python -m skpulsar` runs it, with one round of each part
AS_A_PROCESS = """
import runpy
from skpulsar._study import balance, repeats
repeats.N_REPEATS = balance.N_REPEATS = 1
runpy.run_module("skpulsar", run_name="__main__", alter_sys=True)
"""


def test_same_seed_same_report(study, tiny):
    """In a process of its own, too."""

    def without_times(lines):
        lines = [line for line in lines if not line.startswith("fit time")]
        return [COSTS.sub("", " ".join(line.split())) for line in lines]

    arguments = [tiny, "--epochs", "2", "--seed", "7"]
    done = subprocess.run(
        [sys.executable, "-c", AS_A_PROCESS, *arguments],
        capture_output=True,
        encoding="ascii",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert list(epoch_lines(lines)) == [1, 2]
    assert max(map(len, lines[1:])) <= 88
    assert len(row(lines, "F1")) == 2
    assert without_times(lines) == without_times(study(*arguments))


def test_another_seed_is_another_run(small):
    one, other = (textbook.run(*small, seed=seed, epochs=1) for seed in (7, 8))
    assert list(one) != list(other)


def test_twin_where_the_data_home_is_empty(monkeypatch, tmp_path):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    X, y, _, origin = read_candidates(None, seed=2)
    expected_X, expected_y = make_pulsars(random_state=2)
    np.testing.assert_array_equal(X, expected_X)
    np.testing.assert_array_equal(y, expected_y)
    assert "TWIN" in origin
    assert "fetch_htru2()" in origin


def test_dropped_rows_are_told(small, tmp_path):
    X, y = small
    holes = X.copy()
    holes[:300, 4] = np.nan
    path = save(tmp_path / "holes.csv", holes, y)
    found = read_candidates(path, 0, drop_incomplete=True)
    np.testing.assert_array_equal(found.X, X[300:])
    np.testing.assert_array_equal(found.y, y[300:])
    n = y[:300].sum()
    assert found.origin.endswith(
        f"\nIncomplete rows dropped: 300 ({n} pulsars, {300 - n} others, "
        "0 without a label)."
    )


def test_damaged_copy_in_the_data_home_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    (tmp_path / "HTRU_2.csv").write_text("1,2,3\n")
    *_, origin = read_candidates(None, seed=0)
    assert "TWIN" in origin
    assert "HTRU_2.csv is damaged" in origin


def test_htru2_in_the_data_home(monkeypatch, tmp_path, htru2):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    save(tmp_path / "HTRU_2.csv", *htru2)
    X, y, _, origin = read_candidates(None, seed=0)
    np.testing.assert_array_equal(X, htru2[0])
    np.testing.assert_array_equal(y, htru2[1])
    assert "TWIN" not in origin
