# SPDX-License-Identifier: BSD-3-Clause
"""psgd over rows that come in parts."""
