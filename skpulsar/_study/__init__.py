# SPDX-License-Identifier: BSD-3-Clause
"""The sections of the pulsar study, which ``python -m skpulsar`` prints."""
