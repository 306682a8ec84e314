#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The compiled module under AddressSanitizer and UndefinedBehaviorSanitizer, and under
# ThreadSanitizer: builds it in a temporary folder, leaves the environment and the
# checkout as they are, and runs on it the tests that reach every pass, malformed
# matrices and the golden bits, and those of threads.
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
purelib='import sysconfig; print(sysconfig.get_path("purelib"))'
active=$(python -c "$purelib")

# build FOLDER SANITIZERS: an environment on top of the active one. Its skpulsar comes
# first, and the editable install of the active one, a hook in a .pth file, is not loaded
build() {
  python -m venv --without-pip "$work/$1"
  site=$("$work/$1/bin/python" -c "$purelib")
  echo "$active" > "$site/active.pth"
  # What is found ends the process; gcc's own -O1 keeps the lines in its reports
  CC=$cc meson setup "$work/build/$1" "$root" --buildtype=debug -Doptimization=1 \
    -Db_sanitize="$2" -Db_lundef=false \
    -Dc_args="-fno-sanitize-recover=all -fno-omit-frame-pointer" \
    -Dpython.purelibdir="$site" -Dpython.platlibdir="$site" > "$work/log" ||
    { cat "$work/log"; exit 1; }
  meson install -C "$work/build/$1" > "$work/log" || { cat "$work/log"; exit 1; }
}

cat > "$work/check.py" << 'PYTHON'
import sys
from pathlib import Path

from skpulsar._kernels import _core

assert Path(_core.__file__).is_relative_to(sys.prefix), _core.__file__
assert sys.argv[1].encode() in Path(_core.__file__).read_bytes()
print("levels:", *_core.LEVELS)
PYTHON

# run FOLDER SYMBOL [argument of pytest ...]: not in the checkout, whose folder skpulsar
# has no compiled module. --capture=sys: pytest would keep a report that ends the
# process to itself
run() {
  cd "$work"
  "$work/$1/bin/python" "$work/check.py" "$2"
  cd "$root/tests"
  "$work/$1/bin/python" -m pytest -c "$root/pyproject.toml" --rootdir="$root" -q \
    -p no:cacheprovider --capture=sys "${@:3}"
}

build memory address,undefined
build threads thread
built=$SECONDS

# The interpreter was not built with the sanitizer, so that its runtime must be loaded
# first, and libstdc++ with it, whose exceptions it wraps. Python's own memory is left to
# malloc, which is watched. What the interpreter never gives back is no leak of ours.
library() { "$cc" -print-file-name="$1"; }
(
  export LD_PRELOAD="$(library libasan.so):$(library libubsan.so):$(library libstdc++.so)"
  export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
  export UBSAN_OPTIONS=print_stacktrace=1 PYTHONMALLOC=malloc
  tests=(kernels problem estimator/test_class_weights.py)
  for name in losses validation bad_input golden; do
    tests+=("test_$name.py")
  done
  # Chunks, clusters and orders are Python over passes that the others reach.
  for name in batches candidates chunked_rows cluster orders source spans; do
    above+=("--ignore=problem/test_$name.py")
  done
  run memory __asan_init "${tests[@]}" "${above[@]}" -n 2 --dist worksteal "$@"
)
# ThreadSanitizer delivers signals late, and cannot follow a fork.
(
  export LD_PRELOAD="$(library libtsan.so)" TSAN_OPTIONS=halt_on_error=1
  run threads __tsan_init problem/test_threads.py test_n_jobs.py \
    -k "not ctrl_c and not fork" "$@"
)
echo "sanitizers: no findings; builds $built s, in all $SECONDS s"
