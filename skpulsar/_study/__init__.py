# SPDX-License-Identifier: BSD-3-Clause
"""The sections of the pulsar study, which ``python -m skpulsar`` prints."""


class StudyError(Exception):
    """What keeps the study from its end, in one line for the user."""
