# SPDX-License-Identifier: BSD-3-Clause
"""What of this folder holds no tests: settings, and what the site is made of."""

collect_ignore = ["conf.py", "_picture.py", "api", "auto_examples"]
