# SPDX-License-Identifier: BSD-3-Clause
"""Files of estimators: arrays and JSON, with a version and a checksum."""
