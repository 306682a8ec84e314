# SPDX-License-Identifier: BSD-3-Clause
"""Solvers: hyper-parameters, explicit state, and `step`, one epoch of training."""
