# SPDX-License-Identifier: BSD-3-Clause
"""psgd: the minimum by few full passes."""
