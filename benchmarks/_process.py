# SPDX-License-Identifier: BSD-3-Clause
"""A benchmark's case in a process of its own, and the pages that it takes (Linux)."""

import json
import os
import subprocess
import sys

NO_REUSE = {"MALLOC_MMAP_THRESHOLD_": "65536"}  # of old pages


def in_a_process(script, *case, reuse=False):
    """What `script --case ...` prints, from JSON; with or without reuse of pages."""
    done = subprocess.run(
        [sys.executable, script, "--case", *map(str, case)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **({} if reuse else NO_REUSE)},
    )
    return json.loads(done.stdout)


def begin_peak():
    """Let the peak of this process start anew; the bytes that it holds now."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return _bytes("VmRSS")


def peak():
    """The most bytes that this process has held since."""
    return _bytes("VmHWM")


def _bytes(field):
    with open("/proc/self/status") as lines:
        line = next(line for line in lines if line.startswith(field + ":"))
    return int(line.split()[1]) * 1024
