# SPDX-License-Identifier: BSD-3-Clause
"""The parts that all estimators share: parameters, input, labels, weights."""
