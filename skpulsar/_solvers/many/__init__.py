# SPDX-License-Identifier: BSD-3-Clause
"""Many models of the same rows, trained side by side in the same readings."""
