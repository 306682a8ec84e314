# SPDX-License-Identifier: BSD-3-Clause
"""Standard errors of coefficients: curvature, scores, and what the rows determine."""
