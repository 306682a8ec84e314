# SPDX-License-Identifier: BSD-3-Clause
"""What is minimised, and over which rows."""
