"""The table of roles and permissions in the documentation is the one in the code."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_table_of_permissions_is_what_the_code_says():
    """When this fails: run `python tools/make_permissions.py`."""
    made = runpy.run_path(str(ROOT / "tools/make_permissions.py"))
    assert made["PAGE"].read_text(encoding="utf-8") == made["permissions_page"]()
