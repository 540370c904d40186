#!/usr/bin/env bash
# Resolve every lock from pyproject.toml. The union is resolved first so that the locks agree on versions.
set -euo pipefail
cd "$(dirname "$0")/.."
base=(--universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet)
hashed=("${base[@]}" --generate-hashes -c requirements/constraints.txt)
uv pip compile pyproject.toml "${base[@]}" --all-extras -o requirements/constraints.txt >/dev/null
uv pip compile pyproject.toml "${hashed[@]}" -o requirements/runtime.txt >/dev/null
uv pip compile pyproject.toml "${hashed[@]}" --extra demo -o requirements/demo.txt >/dev/null
uv pip compile pyproject.toml "${hashed[@]}" --extra demo --extra test -o requirements/test.txt >/dev/null
printf 'setuptools\n' | uv pip compile - "${base[@]}" --generate-hashes -o requirements/build.txt >/dev/null
if grep -nE '://|index-url|find-links' requirements/*.txt; then
  echo 'a lock names a host' >&2
  exit 1
fi
