"""The day on which a team, party or system stopped

Revision: 0009
Follows: 0008
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0009'
down_revision: str | None = '0008'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for table in ('core_team', 'core_party', 'core_system'):
        op.add_column(table, sa.Column('ended_on', sa.Date(), nullable=True))
