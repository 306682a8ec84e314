# SPDX-License-Identifier: BSD-3-Clause
"""Behind SLPClassifierCV: folds, grids, scores of rows held out, and a choice."""
