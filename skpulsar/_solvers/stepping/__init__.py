# SPDX-License-Identifier: BSD-3-Clause
"""What solvers that take steps of minibatches share."""
