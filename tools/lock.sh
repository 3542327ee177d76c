#!/usr/bin/env bash
# Makes both lock files anew: exact versions with hashes, without any address. Needs uv.
set -euo pipefail
cd "$(dirname "$0")/.."
options=(--universal --generate-hashes --no-header --no-annotate --no-emit-index-url --python-version 3.11 --quiet)
uv pip compile "${options[@]}" --extra build pyproject.toml --output-file requirements.lock "$@"
uv pip compile "${options[@]}" --extra build --extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock "$@"
