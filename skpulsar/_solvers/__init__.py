# SPDX-License-Identifier: BSD-3-Clause
"""Solvers: hyper-parameters, an explicit state, and `step` for one epoch."""
