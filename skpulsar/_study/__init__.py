# SPDX-License-Identifier: BSD-3-Clause
"""The sections of the pulsar study, which ``python -m skpulsar`` prints."""


class StudyError(Exception):
    """An error that ends the study, with one line for the user."""
