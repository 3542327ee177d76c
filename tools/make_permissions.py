"""Write docs/reference/permissions.md from `app/roles.py`: which role may do what.

python tools/make_permissions.py
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from app.roles import PERMISSIONS, ROLE_NAMES, WORDS  # noqa: E402 - found by the line above
from core.accounts.models import RoleCode  # noqa: E402 - idem

PAGE = ROOT / "docs" / "reference" / "permissions.md"


def permissions_page() -> str:
    """The page as it should stand on the disk."""
    roles = "".join(f"| `{role}` | {ROLE_NAMES[role]} |\n" for role in RoleCode)
    heading = "| recht | " + " | ".join(f"`{role}`" for role in RoleCode) + " |\n"
    rule = "|---" * (len(RoleCode) + 1) + "|\n"
    rows = "".join(
        f"| {words} (`{permission}`) | "
        + " | ".join("ja" if permission in PERMISSIONS[role] else "-" for role in RoleCode)
        + " |\n"
        for permission, words in WORDS.items()
    )
    return (
        "# Rollen en rechten\n\n"
        "Deze pagina is gemaakt uit de code met `tools/make_permissions.py`.\n\n"
        "Een account kan meer rollen hebben, per organisatie andere. Wie een recht niet heeft, ziet de knop niet.\n"
        "Bij het adres zelf staat dan dat het niet mag.\n\n"
        "## Rollen\n\n| rol | naam op het scherm |\n|---|---|\n"
        + roles
        + "\n## Rechten per rol\n\n"
        + heading
        + rule
        + rows
    )


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(permissions_page(), encoding="utf-8")
