# SPDX-License-Identifier: BSD-3-Clause
"""
Thoracic surgery: what .94 of accuracy is worth
===============================================

Who survives the year after a lung resection? The textbook trains a network of 34 and 17
relu units for 100 epochs of adam in batches of 20, and one of 60 and 30 units for 1,500
epochs, which is right about .94 of the patients that it was trained on. That figure is
reproduced here. It is memory: to say of everybody that they survive is right about
.851, and about patients whom it has not seen the network is wrong more often than that.

Two more things about the table. A label of 1 means that the patient died within the
year; the textbook says survived. And the first of its "17 attributes" is the number of
the patient.

Run it with ``python examples/thoracic_surgery.py [--quick] [--output FILE]``.

Data: the textbook's file, ThoracicSurgery.csv, in the folder that SKPULSAR_DATA names.
From M. Zieba, J. M. Tomczak, M. Lubicz, J. Swiatek, "Boosted SVM for Extracting Rules
from Imbalanced Data in Application to Prediction of the Post-operative Life Expectancy
in the Lung Cancer Patients", Applied Soft Computing 14, 99-108, 2014.
"""

from copy import deepcopy

import matplotlib.pyplot as plt
import numpy as np
from _data import at_hand, thoracic_surgery
from _keras import ADAM
from _options import options_of
from _pictures import show
from _seeds import spread
from sklearn.model_selection import train_test_split

from skpulsar import MLPClassifier, summary
from skpulsar.displays import TrainingCurveDisplay

SEED = 999  # the textbook's

options = options_of(__doc__, quick="one seed, and short curves", draws=True)
X, y = at_hand(thoracic_surgery)
n_others, n_fresh, n_epochs = (0, 2, 200) if options.quick else (19, 10, 1000)
print(f"X {X.shape}, y {y.shape}, of whom {y.sum()} died")
print(f"To say 0 of all is right about {1 - y.mean():.3f}")


def network(sizes, n_epochs, seed, **parameters):
    """The textbook's network, in batches of 20."""
    parameters = ADAM | {"batch_size": 20} | parameters
    return MLPClassifier(sizes, max_iter=n_epochs, random_state=seed, **parameters)


# %%
# On the patients that it was trained on
# --------------------------------------

experiments = {
    "34-17-1, 100 epochs": ((34, 17), 100, False, n_others),
    "34-17-1, standardised": ((34, 17), 100, True, n_others),
    "60-30-1, 1,500 epochs": ((60, 30), 1500, False, n_others),
    "60-30-1, standardised": ((60, 30), 1500, True, n_others // 4),
}
print(f"\nAccuracy on the training rows: seed {SEED}; over all seeds\n")
of_seed, mean = {}, {}
for name, (sizes, epochs, standardize, n) in experiments.items():
    models = [
        network(sizes, epochs, seed, standardize=standardize).fit(X, y)
        for seed in (SEED, *range(n))
    ]
    accuracy = [model.score(X, y) for model in models]
    of_seed[name] = models[0]
    mean[name] = np.mean(accuracy)
    printed = "the textbook: .94" if name == "60-30-1, 1,500 epochs" else ""
    print(f"{name:<22} {accuracy[0]:.3f}; {spread(accuracy)} {printed}".rstrip())

print("\nThe first of these networks\n")
print(summary(of_seed["34-17-1, 100 epochs"]))

assert 0.82 <= mean["34-17-1, 100 epochs"] <= 0.87  # from raw columns nothing is learnt
assert 0.93 <= mean["34-17-1, standardised"] <= 0.96
assert 0.917 <= mean["60-30-1, 1,500 epochs"] <= 0.96
assert mean["60-30-1, standardised"] >= 0.995

# %%
# On patients whom it has not seen
# --------------------------------
# A quarter of the rows is held out, once by seed 0 and once by seed 999. The textbook
# goes on with the network of before, which has met these rows for 1,500 epochs.


def halves(split):
    """Rows to train and to test on, and the accuracy of 0 on the latter."""
    return train_test_split(X, y, test_size=0.25, random_state=split)


met = of_seed["60-30-1, 1,500 epochs"]
for split in (0,) if options.quick else (0, SEED):
    X_train, X_test, y_train, y_test = halves(split)
    majority = 1 - y_test.mean()
    print(
        f"\nThe split of seed {split}: to say 0 of all is right about {majority:.3f}\n"
    )
    written = deepcopy(met).set_params(warm_start=True, max_iter=n_epochs)
    accuracy = written.fit(X_train, y_train).score(X_test, y_test)
    print(f"as written         {accuracy:.3f} on rows that it has met before")
    for name, standardize in ("fresh networks", False), ("standardised ones", True):
        fresh = [
            network((60, 30), n_epochs, seed, standardize=standardize).fit(
                X_train, y_train, X_val=X_test, y_val=y_test
            )
            for seed in range(n_fresh)
        ]
        final = [model.score(X_test, y_test) for model in fresh]
        losses = np.array([model.history_["validation_loss"] for model in fresh])
        print(
            f"{name:<18} {spread(final)}; log loss {losses[:, -1].mean():.2f}, and "
            f"at its least {losses.min(axis=1).mean():.3f}, in epoch "
            f"{losses.argmin(axis=1).mean() + 1:.0f}"
        )
        assert np.mean(final) < majority
        assert losses[:, -1].mean() > 1.2 * losses.min(axis=1).mean()
print("\nThe .94 is memory: to say that all new patients survive is right more often.")

# %%
# Its curves
# ----------

X_train, X_test, y_train, y_test = halves(0)
figure, axes = plt.subplots(2, 2, figsize=(9, 6), layout="constrained", sharex=True)
for column, (name, standardize) in zip(
    axes.T, {"raw columns": False, "standardised": True}.items(), strict=True
):
    model = network((60, 30), n_epochs, SEED, standardize=standardize)
    model.set_params(scoring=("accuracy", "loss"), return_train_score=True)
    model.fit(X_train, y_train, X_val=X_test, y_val=y_test)
    for ax, metric in zip(column, ("accuracy", "loss"), strict=True):
        TrainingCurveDisplay.from_history(
            model.history_, metric=metric, ax=ax, line_kw={"linewidth": 0.8}
        )
    column[0].axhline(1 - y_test.mean(), color="0.3", linestyle=":", label="0 of all")
    column[0].legend(frameon=False, fontsize="small", loc="lower right", ncols=3)
    column[0].set(title=name, xlabel="", ylim=(0.6, 1.01))
show(figure, options.output)
