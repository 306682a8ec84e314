# SPDX-License-Identifier: BSD-3-Clause
"""Tools of second-order solvers: scaling, curvature, steps, estimates of the gap."""
