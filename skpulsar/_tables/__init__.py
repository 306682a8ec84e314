# SPDX-License-Identifier: BSD-3-Clause
"""Tables of rows that are read in batches, again and again."""
