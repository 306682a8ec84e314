# SPDX-License-Identifier: BSD-3-Clause
"""The training loop and its history, which know solvers by their protocol only."""
