# SPDX-License-Identifier: BSD-3-Clause
import pickle
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal, assert_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import (
    confusion_matrix,
    f1_score,
    fbeta_score,
    precision_recall_curve,
    precision_score,
    recall_score,
)
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    TunedThresholdClassifierCV,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB

from skpulsar import SLPClassifier
from skpulsar.thresholds import cutoffs, precision_at_recall, recall_at_precision

pd, pl, pa = map(pytest.importorskip, ("pandas", "polars", "pyarrow"))

VALUES = [-np.inf, -3.0, -1.0, -5e-324, -0.0, 0.0, 5e-324, 0.5, 2.0, 1e308, np.inf]
everything = settings(deadline=None)
fewer = settings(deadline=None, max_examples=25)  # scikit-learn takes long


@st.composite
def rows(draw, values=VALUES, weighted=True):
    """Labels, tied scores, and whole weights, whose sums are exact, or None."""
    n_rows = draw(st.integers(1, 30))
    several = partial(st.lists, min_size=n_rows, max_size=n_rows)
    y = np.array(draw(several(st.integers(0, 1))))
    score = np.array(draw(several(st.sampled_from(values))))
    if not (weighted and draw(st.booleans())):
        return y, score, None
    weight = draw(several(st.integers(0, 3)).filter(any))
    return y, score, np.array(weight, dtype=np.float64)


class Identity(ClassifierMixin, BaseEstimator):
    """Its logits are the column it is given."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, X):
        return np.asarray(X)[:, 0]


def brute(y, score, weight):
    """The oracle: every cut-off, tp and fp, by definition."""
    weight = np.ones(len(y)) if weight is None else weight
    found = sorted({np.inf, *score[weight > 0].tolist()}, reverse=True)
    selected = np.array([score >= t for t in found])
    return np.array(found), selected @ (weight * y), selected @ (weight * (1 - y))


def by_cutoff(metric, y, score, weight, thresholds, **options):
    return [
        metric(y, score >= t, sample_weight=weight, zero_division=np.nan, **options)
        for t in thresholds
    ]


@everything
@given(rows())
def test_cutoffs_equal_their_definition(data):
    y, score, weight = data
    curve = cutoffs(y, score, sample_weight=weight)
    thresholds, tp, fp = brute(*data)
    assert_array_equal(curve.thresholds, thresholds)
    assert_array_equal(curve.tp, tp)
    assert_array_equal(curve.fp, fp)
    assert curve.tp.dtype == (np.int64 if weight is None else np.float64)
    fn = tp[-1] - tp
    assert_array_equal(curve.cost(fp=2, fn=0.5), 2 * fp + 0.5 * fn)


@fewer
@given(rows(), st.sampled_from([0, 0.5, 1, 2, 1e200, np.inf]))
def test_metrics_equal_those_of_scikit_learn(data, beta):
    y, score, weight = data
    curve = cutoffs(y, score, sample_weight=weight)
    expect = partial(by_cutoff, y=y, score=score, weight=weight)
    expect = partial(expect, thresholds=curve.thresholds)
    assert_allclose(curve.precision, expect(precision_score), rtol=1e-15)
    assert_allclose(curve.recall, expect(recall_score), rtol=1e-15)
    if 0 < beta < 1e200:  # 0 / 0 in the limits is decided otherwise there
        assert_allclose(curve.fbeta(beta), expect(fbeta_score, beta=beta), rtol=1e-14)
    else:
        limit = curve.recall if beta else curve.precision
        assert_allclose(curve.fbeta(beta), limit, rtol=1e-15)


@everything
@given(rows(values=VALUES[1:-1]).filter(lambda data: data[0].any()))
def test_cutoffs_are_those_of_precision_recall_curve(data):
    y, score, weight = data
    y[0] = 1
    weight = None if weight is None else weight + 0.5
    curve = cutoffs(y, score, sample_weight=weight)
    precision, recall, thresholds = precision_recall_curve(
        y, score, sample_weight=weight
    )
    assert_array_equal(curve.thresholds[:0:-1], thresholds)
    assert_array_equal(curve.precision[:0:-1], precision[:-1])
    assert_array_equal(curve.recall[::-1], recall)


@fewer
@given(rows(weighted=False).filter(lambda data: len(set(data[0])) == 2))
@pytest.mark.parametrize("pos_label", ["pulsar", "star"])
def test_a_cutoff_means_what_fixed_threshold_classifier_does(pos_label, data):
    y, score, _ = data
    names = np.array(["pulsar", "star"])[y]
    model = Identity().fit(score[:, None], names)
    # scikit-learn turns the scores around where the first class is the positive one.
    curve = cutoffs(
        names, -score if pos_label == "pulsar" else score, pos_label=pos_label
    )
    for threshold, tp, fp in zip(curve.thresholds, curve.tp, curve.fp, strict=True):
        fixed = FixedThresholdClassifier(
            FrozenEstimator(model),
            threshold=float(threshold),
            pos_label=pos_label,
            response_method="decision_function",
        ).fit(score[:, None], names)
        found = confusion_matrix(
            names == pos_label, fixed.predict(score[:, None]) == pos_label
        )
        assert (found[1, 1], found[0, 1]) == (tp, fp)


@everything
@given(rows(), st.randoms(use_true_random=False))
def test_weights_count_rows_in_any_order(data, random):
    y, score, weight = data
    weight = np.ones(len(y)) if weight is None else weight
    copies = np.repeat(np.arange(len(y)), weight.astype(int))
    random.shuffle(copies)
    weighted = cutoffs(y, score, sample_weight=weight)
    repeated = cutoffs(y[copies], score[copies])
    assert_array_equal(weighted.thresholds, repeated.thresholds)
    assert_array_equal(weighted.tp, repeated.tp)
    assert_array_equal(weighted.fp, repeated.fp)


shares = st.none() | st.sampled_from([0.0, 0.25, 0.5, 2 / 3, 0.9, 1.0])
METRICS = {
    "precision": "precision",
    "recall": "recall",
    "F2": lambda c: c.fbeta(2),
    "cost": lambda c: -c.cost(fp=1, fn=3),
}


@everything
@given(rows(), shares, shares)
@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS.keys())
def test_best_is_best(metric, data, min_precision, min_recall):
    y, score, weight = data
    curve = cutoffs(y, score, sample_weight=weight)
    values = getattr(curve, metric) if isinstance(metric, str) else metric(curve)
    allowed = {
        (value, tp, threshold): (precision, recall)
        for value, tp, threshold, precision, recall in zip(
            values,
            curve.tp,
            curve.thresholds,
            curve.precision,
            curve.recall,
            strict=True,
        )
        if value == value
        and (min_precision is None or precision >= min_precision)
        and (min_recall is None or recall >= min_recall)
    }
    choose = partial(curve.best, min_precision=min_precision, min_recall=min_recall)
    if not allowed:
        with pytest.raises(ValueError, match="cut-off") as caught:
            choose(metric)
        assert len(str(caught.value)) <= 300
        return
    best = choose(metric)
    _, tp, threshold = max(allowed)
    assert (best.tp, best.threshold) == (tp, threshold)
    assert_array_equal((best.precision, best.recall), allowed[max(allowed)])
    assert_equal(vars(curve.at(best.threshold)), vars(best))  # NaN equals itself here


@everything
@given(rows(), st.integers(1, 40))
def test_budget_is_used_and_kept(data, k):
    y, score, weight = data
    curve = cutoffs(y, score, sample_weight=weight)
    _, tp, fp = brute(*data)
    sizes = [size for size in tp + fp if 0 < size <= k]
    if sizes:
        chosen = curve.at_budget(k)
        assert chosen.tp + chosen.fp == max(sizes)
        assert_equal(vars(chosen), vars(curve.at(chosen.threshold)))
    else:
        with pytest.raises(ValueError, match="share the highest score"):
            curve.at_budget(k)


@everything
@given(rows(), st.floats(allow_nan=False))
def test_at_any_threshold(data, threshold):
    y, score, weight = data
    found = cutoffs(y, score, sample_weight=weight).at(threshold)
    weight = np.ones(len(y)) if weight is None else weight
    assert found.threshold == threshold
    assert found.tp == weight[(score >= threshold) & (y == 1)].sum()
    assert found.fp == weight[(score >= threshold) & (y == 0)].sum()


def test_one_class():
    none = cutoffs([0, 0], [1.0, 2.0])
    assert_array_equal(none.recall, [np.nan] * 3)
    assert_array_equal(none.precision, [np.nan, 0, 0])
    assert none.best(lambda c: -c.cost(fp=1, fn=1)).threshold == np.inf
    assert none.best("precision").precision == 0
    with pytest.raises(ValueError, match="No row is positive"):
        none.best("precision", min_recall=0.5)
    absent = cutoffs(["a", "a"], [1.0, 2.0], pos_label="b")
    assert_array_equal(absent.fp, none.fp)
    every = cutoffs(["a", "a"], [1.0, 2.0], pos_label="a")
    assert every.best("recall", min_precision=1).threshold == 1


def test_no_cutoff_selects_nothing_where_a_score_is_infinite():
    curve = cutoffs([0, 1], [np.inf, -np.inf])
    assert_array_equal(curve.thresholds, [np.inf, -np.inf])
    assert_array_equal(curve.fp, [1, 1])


@pytest.mark.parametrize("dtype", [np.float32, np.int8, object])
def test_dtypes_of_scores(dtype):
    score = np.array([3, 1, 2, 2]).astype(dtype)
    curve = cutoffs([True, False, True, False], score)
    assert_array_equal(curve.thresholds, [np.inf, 3, 2, 1])
    assert curve.thresholds.dtype == np.float64
    assert_array_equal(curve.tp, [0, 1, 2, 2])


def test_input_is_left_as_it_is():
    score, y = np.array([1.0, 3.0, 2.0]), np.array([0, 1, 1])
    cutoffs(y, score)
    assert_array_equal(score, [1, 3, 2])


def most_precise(curve):
    return curve.best("precision", min_recall=0.5)


@everything
@given(rows(), st.integers(0, 100))
def test_a_choice_on_a_resample_is_that_on_its_rows(data, seed):
    y, score, weight = data
    seen = []
    curve = cutoffs(y, score, sample_weight=weight)
    curve.interval(
        lambda c: seen.append(c) or c.at(0.0), n_resamples=3, random_state=seed
    )
    for resample in seen[1:]:
        assert_array_equal(resample.thresholds, curve.thresholds)
        tp, fp = (np.diff(x, prepend=0).astype(int) for x in (resample.tp, resample.fp))
        if weight is None:
            assert tp.sum() + fp.sum() == len(y)
        positive = np.repeat(np.ones(len(tp), int), tp)
        negative = np.repeat(np.zeros(len(fp), int), fp)
        scores = [np.repeat(curve.thresholds, n) for n in (tp, fp)]
        again = cutoffs(np.append(positive, negative), np.concatenate(scores))
        size = (again.tp + again.fp)[again.tp + again.fp > 0][0] + 3
        for chosen, expected in (
            (resample.best("precision"), again.best("precision")),
            (resample.at_budget(size), again.at_budget(size)),
        ):
            assert_equal(vars(chosen), vars(expected))
        assert resample.best(METRICS["cost"]).tp == again.best(METRICS["cost"]).tp


@pytest.mark.parametrize("weighted", [False, True])
def test_interval_repeats_itself_and_ignores_the_order_of_rows(weighted):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    score = np.round(y + rng.normal(size=200), 1)
    weight = rng.integers(1, 4, 200) / 2 if weighted else None
    order = rng.permutation(200)
    shuffled = weight[order] if weighted else None
    one = cutoffs(y, score, sample_weight=weight)
    two = cutoffs(y[order], score[order], sample_weight=shuffled)
    first = one.interval(most_precise, n_resamples=50, random_state=3)
    assert first == one.interval(most_precise, n_resamples=50, random_state=3)
    assert first == two.interval(most_precise, n_resamples=50, random_state=3)
    assert first != one.interval(most_precise, n_resamples=50, random_state=4)


def test_interval_narrows_with_the_level_and_holds_infinity():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 50)
    score = y + rng.normal(size=50)
    score[score > 2] = np.inf
    curve = cutoffs(y, score)
    wide, narrow = (
        curve.interval(most_precise, confidence_level=level, random_state=0)
        for level in (0.99, 0.5)
    )
    assert wide.precision[0] < narrow.precision[0]
    assert narrow.precision[1] <= wide.precision[1]
    high = curve.interval(lambda c: c.best("precision"), random_state=0)
    assert high.threshold[1] == np.inf


def test_interval_says_where_the_choice_fails():
    curve = cutoffs([1, 0, 0, 0], [4.0, 3.0, 2.0, 1.0])  # 0.32 have no positive
    found = curve.interval(most_precise, n_resamples=2000, random_state=0)
    assert_allclose(found.met, 1 - 0.75**4, atol=0.03)

    seen = []

    def only_once(c):
        seen.append(c)
        return most_precise(c if len(seen) == 1 else cutoffs([0], [0.0]))

    with pytest.raises(ValueError, match="on none of 5 resamples"):
        curve.interval(only_once, n_resamples=5)
    with pytest.raises(ValueError, match="No cut-off is of precision"):
        cutoffs([1, 0], [1.0, 2.0]).interval(
            lambda c: c.best("recall", min_precision=0.9)
        )
    # Where nothing is selected, the precision is nan: it has no place in a mean.
    found = curve.interval(lambda c: c.best(METRICS["cost"]), random_state=0)
    assert found.threshold[1] == np.inf
    assert_allclose(found.precision, (0.025, 1))  # that of one row, which is positive
    nothing = cutoffs([0, 0], [1.0, 2.0]).interval(
        lambda c: c.best(METRICS["cost"]), n_resamples=5
    )
    assert nothing.threshold == (np.inf, np.inf)
    assert_array_equal(nothing.precision, (np.nan, np.nan))


Y, S = [0, 1, 1], [1.0, 2.0, 3.0]
BAD = {
    "NaN": (Y, [1.0, np.nan, 2.0], {}, "NaN, first in row 1"),
    "lengths": (Y, S[:2], {}, "inconsistent numbers of samples"),
    "weights": (Y, S, {"sample_weight": [1.0]}, "inconsistent numbers of samples"),
    "negative": (Y, S, {"sample_weight": [1, -1, 1]}, "negative entry, -1, in row 1"),
    "no weight": (Y, S, {"sample_weight": [0, 0, 0]}, "0 for every row"),
    "huge": (Y, S, {"sample_weight": [1e308] * 3}, "divide all of them"),
    "empty": ([], [], {}, "0 sample"),
    "columns": (Y, [[1, 2], [3, 4], [5, 6]], {}, "1d array"),
    "text": (Y, ["a", "b", "c"], {}, "numeric"),
    "complex": (Y, [1j, 2, 3], {}, "Complex"),
    "masked": (Y, np.ma.array(S, mask=[0, 1, 0]), {}, "masked"),
    "masked labels": (np.ma.array(Y, mask=[0, 1, 0]), S, {}, "masked"),
    "three": ([0, 1, 2], S, {}, "Only binary"),
    "names": (["a", "b", "b"], S, {}, "give pos_label"),
    "numbers": ([1, 2, 2], S, {}, "give pos_label"),
    "stranger": (["a", "b", "b"], S, {"pos_label": "B"}, "pos_label='B' is not"),
}


@pytest.mark.parametrize(("y", "score", "options", "words"), BAD.values(), ids=BAD)
def test_bad_input(y, score, options, words):
    with pytest.raises(ValueError, match=words) as caught:
        cutoffs(y, score, **options)
    assert len(str(caught.value)) <= 300


MISSING = {
    "list": ["b", np.nan, "a"],
    "objects": np.array(["b", None, "a"], dtype=object),
    "column": np.array([["b"], [np.nan], ["a"]], dtype=object),
    "objects of numbers": np.array([1, np.nan, 0], dtype=object),
    "numbers": [1, np.nan, 0],
    "dates": np.array(["2001", "NaT", "2002"], dtype="M8[Y]"),
    "pandas object": pd.Series(["b", pd.NA, "a"], dtype=object),
    "pandas str": pd.Series(["b", None, "a"], dtype="str"),
    "pandas string": pd.Series(["b", None, "a"], dtype="string"),
    "pandas category": pd.Series(["b", None, "a"], dtype="category"),
    "pandas Int64": pd.Series([1, None, 0], dtype="Int64"),
    "pandas of arrow": pd.Series(["b", None, "a"], dtype=pd.ArrowDtype(pa.string())),
    "polars": pl.Series(["b", None, "a"]),
    "polars bool": pl.Series([True, None, False]),
    "arrow": pa.array(["b", None, "a"]),
}


@pytest.mark.parametrize("y", MISSING.values(), ids=MISSING)
def test_missing_labels(y):
    X = np.array([[3.0], [2.0], [1.0]])
    estimator = Identity().fit(X, ["a", "b", "b"])
    scorers = [make(0.5, pos_label="b") for make, _, _ in SCORERS.values()]
    calls = [lambda: cutoffs(y, S), lambda: cutoffs(y, S, pos_label="b")]
    calls += [partial(scorer, estimator, X, y) for scorer in scorers]
    for call in calls:
        with pytest.raises(ValueError, match="Input y_true contains NaN"):
            call()


def test_dates_are_no_scores():
    with pytest.raises(TypeError, match="y_score must hold numbers"):
        cutoffs(Y, np.array(["2001", "2002", "2003"], dtype="M8[Y]"))


CURVE = cutoffs(Y, S)
WRONG = {
    "beta": lambda: CURVE.fbeta(-1),
    "fp": lambda: CURVE.cost(fp=-1, fn=1),
    "fn": lambda: CURVE.cost(fp=1, fn=np.inf),
    "threshold": lambda: CURVE.at(np.nan),
    "min_recall": lambda: CURVE.best("precision", min_recall=1.1),
    "min_precision": lambda: CURVE.best("recall", min_precision="high"),
    "metric": lambda: CURVE.best("accuracy"),
    "shape": lambda: CURVE.best(lambda c: 1.0),
    "k": lambda: CURVE.at_budget(0),
    "n_resamples": lambda: CURVE.interval(most_precise, n_resamples=0),
    "confidence_level": lambda: CURVE.interval(most_precise, confidence_level=95),
    "recall": lambda: precision_at_recall(90),
    "precision": lambda: recall_at_precision(None),
}


@pytest.mark.parametrize(("name", "call"), WRONG.items(), ids=WRONG)
def test_wrong_parameters(name, call):
    with pytest.raises(ValueError, match=name):
        call()


def test_f1_by_its_name():
    curve = cutoffs([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    assert curve.best("f1") == curve.best(lambda c: c.fbeta(1))
    assert curve.best("f1").threshold == 0.35


def test_what_cutoffs_show_of_themselves():
    curve = cutoffs([0, 0, 1, 1, 1], [0.1, 0.4, 0.35, 0.8, 0.8])
    assert repr(curve) == (
        "Cutoffs(5 thresholds from inf down to 0.1; 3 positive, 2 negative)"
    )
    weighted = cutoffs([0, 1], [0.0, 1.0], sample_weight=[0.5, 1e9])
    assert "1e+09 positive, 0.5 negative" in repr(weighted)


def test_unmet_constraints_say_how_far_off():
    curve = cutoffs([0, 1, 0, 1], [4.0, 3.0, 2.0, 1.0])
    words = "precision 0.9 or better: the highest precision is 0.5"
    with pytest.raises(ValueError, match=words):
        curve.best("recall", min_precision=0.9)
    curve = cutoffs([1, 0, 0, 1], [4.0, 3.0, 2.0, 1.0])
    words = "precision 0.9 and of recall 1 or better: the highest precision there is "
    with pytest.raises(ValueError, match=f"{words}0.5"):
        curve.best("recall", min_precision=0.9, min_recall=1.0)


def model():
    return SLPClassifier(solver="adam", max_iter=5, tol=None, random_state=0)


def test_scikit_learns_threshold_classifiers_take_the_estimator(pulsars):
    X, y = pulsars
    tuned = TunedThresholdClassifierCV(
        model(), scoring="f1", response_method="decision_function"
    ).fit(X, y)
    assert f1_score(y, tuned.predict(X)) > 0.8
    fitted = model().fit(X, y)
    best = cutoffs(y, fitted.decision_function(X)).best("precision", min_recall=0.9)
    fixed = FixedThresholdClassifier(
        model(), threshold=best.threshold, response_method="decision_function"
    ).fit(X, y)
    assert precision_score(y, fixed.predict(X)) == best.precision
    assert recall_score(y, fixed.predict(X)) == best.recall >= 0.9
    assert best.precision > precision_score(y, X[:, 0] < np.inf)


SCORERS = {
    "precision_at_recall": (precision_at_recall, "precision", "min_recall"),
    "recall_at_precision": (recall_at_precision, "recall", "min_precision"),
}


@pytest.mark.parametrize(("make", "metric", "least"), SCORERS.values(), ids=SCORERS)
@pytest.mark.parametrize("estimator", [model(), GaussianNB()], ids=["SLP", "NB"])
def test_scorers_score_the_best_cutoff(estimator, make, metric, least, pulsars):
    X, y = pulsars
    names = np.array(["pulsar", "star"])[1 - np.asarray(y)]
    weight = np.random.default_rng(0).integers(0, 3, len(y))
    estimator = clone(estimator).fit(X, names)
    if hasattr(estimator, "decision_function"):
        score = -estimator.decision_function(X)
    else:
        score = estimator.predict_proba(X)[:, 0]
    curve = cutoffs(names, score, pos_label="pulsar", sample_weight=weight)
    expected = getattr(curve.best(metric, **{least: 0.8}), metric)
    scorer = pickle.loads(pickle.dumps(make(0.8, pos_label="pulsar")))
    assert scorer(estimator, X, names, sample_weight=weight) == expected
    assert scorer(estimator, X, names) != expected
    with pytest.raises(ValueError, match="give pos_label"):
        make(0.8)(estimator, X, names)


def test_scorers_where_the_constraint_cannot_be_met():
    X = np.array([[3.0], [2.0], [1.0]])
    y = [0, 1, 0]
    estimator = Identity().fit(X, y)
    assert recall_at_precision(0.9)(estimator, X, y) == 0
    assert recall_at_precision(0.5)(estimator, X, y) == 1
    assert precision_at_recall(0.9)(estimator, X, y) == 0.5
    with pytest.raises(ValueError, match="No row is positive"):
        precision_at_recall(0.9)(estimator, X, [0, 0, 0])


def test_scorers_in_searches(pulsars):
    X, y = pulsars
    search = GridSearchCV(
        model(),
        {"alpha": [1e-4, 1.0]},
        scoring={"p": precision_at_recall(0.9), "r": recall_at_precision(0.9)},
        refit="p",
        cv=3,
        error_score="raise",
    )
    search = clone(search).fit(X, y)
    assert search.best_params_ == {"alpha": 1e-4}
    assert search.score(X, y) == precision_at_recall(0.9)(search, X, y)


def test_scorers_are_routed_sample_weights(pulsars):
    X, y = pulsars
    weight = np.random.default_rng(0).integers(0, 4, len(y))
    options = {"cv": 2, "params": {"sample_weight": weight}, "error_score": "raise"}
    with config_context(enable_metadata_routing=True):
        scorer = precision_at_recall(0.9).set_score_request(sample_weight=True)
        found = cross_validate(
            model().set_fit_request(sample_weight=False),
            X,
            y,
            scoring={"ours": scorer},
            return_estimator=True,
            return_indices=True,
            **options,
        )
    rows = found["indices"]["test"][0]
    fitted = found["estimator"][0]
    expected = precision_at_recall(0.9)(
        fitted, X[rows], y[rows], sample_weight=weight[rows]
    )
    assert found["test_ours"][0] == expected
