#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The compiled module under AddressSanitizer and UndefinedBehaviorSanitizer: builds it in
# a temporary folder, leaves the environment and the checkout as they are, and runs the
# tests that reach every pass, malformed matrices and the golden bits on it.
#
#     tests/sanitizers.sh [argument of pytest ...]
#
# From the environment that runs the tests, with the build tools of the README and gcc.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc=${CC:-gcc}
SECONDS=0

# An environment on top of the active one: its skpulsar comes first, and the editable
# install of the active one, a hook in a .pth file there, is not loaded
python -m venv --without-pip "$work/venv"
purelib='import sysconfig; print(sysconfig.get_path("purelib"))'
active=$(python -c "$purelib")
site=$("$work/venv/bin/python" -c "$purelib")
echo "$active" > "$site/active.pth"

# Undefined behaviour ends the process; gcc's own -O1 keeps the lines in its reports
CC=$cc meson setup "$work/build" "$root" --buildtype=debug -Doptimization=1 \
  -Db_sanitize=address,undefined -Db_lundef=false \
  -Dc_args="-fno-sanitize-recover=all -fno-omit-frame-pointer" \
  -Dpython.purelibdir="$site" -Dpython.platlibdir="$site" > "$work/log" ||
  { cat "$work/log"; exit 1; }
meson install -C "$work/build" > "$work/log" || { cat "$work/log"; exit 1; }
built=$SECONDS

# The interpreter was not built with the sanitizer, so that its runtime must be loaded
# first, and libstdc++ with it, whose exceptions it wraps. Python's own memory is left to
# malloc, which is watched. What the interpreter never gives back is no leak of ours.
library() { "$cc" -print-file-name="$1"; }
export LD_PRELOAD="$(library libasan.so):$(library libubsan.so):$(library libstdc++.so)"
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1 PYTHONMALLOC=malloc
cd "$work"  # not the checkout, whose folder skpulsar has no compiled module

cat > "$work/check.py" << 'PYTHON'
import sys
from pathlib import Path

from skpulsar._kernels import _core

assert Path(_core.__file__).is_relative_to(sys.prefix), _core.__file__
assert b"__asan_init" in Path(_core.__file__).read_bytes()
print("levels:", *_core.LEVELS)
PYTHON
"$work/venv/bin/python" "$work/check.py"

cd "$root/tests"
tests=(kernels problem estimator/test_class_weights.py)
for name in losses validation bad_input golden partial_fit; do
  tests+=("test_$name.py")
done
# --capture=sys: pytest would keep a report that ends the process to itself
"$work/venv/bin/python" -m pytest -c "$root/pyproject.toml" --rootdir="$root" -q \
  -p no:cacheprovider --capture=sys "${tests[@]}" "$@"
echo "sanitizers: no findings; build $built s, in all $SECONDS s"
