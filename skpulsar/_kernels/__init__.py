# SPDX-License-Identifier: BSD-3-Clause
"""Arithmetic: one compiled module, and its twin in NumPy (`reference`)."""
