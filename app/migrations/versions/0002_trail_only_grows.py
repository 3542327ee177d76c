"""The trail only grows: triggers that refuse to remove or change an event

Revision: 0002
Follows: 0001
"""

from collections.abc import Sequence

from alembic import op

from core.append_only import protect_trail

revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    protect_trail(op.get_bind())
