# SPDX-License-Identifier: BSD-3-Clause
"""Solvers: hyper-parameters, explicit state, and `advance`, one epoch of training."""
