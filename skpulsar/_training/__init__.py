# SPDX-License-Identifier: BSD-3-Clause
"""The training loop and its record; they know solvers by protocol alone."""
