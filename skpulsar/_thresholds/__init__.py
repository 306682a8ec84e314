# SPDX-License-Identifier: BSD-3-Clause
"""Cut-offs, constraints on them and intervals of what they reach."""
