# SPDX-License-Identifier: BSD-3-Clause
"""Pulsar candidates: HTRU2, fetched or at hand, and a synthetic twin of it."""

from skpulsar.datasets._htru2 import fetch_htru2, load_htru2
from skpulsar.datasets._pulsars import make_pulsars

__all__ = ["fetch_htru2", "load_htru2", "make_pulsars"]
