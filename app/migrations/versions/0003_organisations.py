"""Cooling-off time and clock of an organisation; links between a processor and its controller

Revision: 0003
Follows: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
import core.db

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("core_organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cooling_off_hours", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("nightly_at", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False, server_default="")
        )
    with op.batch_alter_table("core_organisation", schema=None) as batch_op:
        batch_op.alter_column("nightly_at", server_default=None)
    op.create_table(
        "register_link",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "aangeboden", "geaccepteerd", "geweigerd", "beeindigd", name="linkstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("offered_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("processor_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("processor_activity_id", sa.Uuid(), nullable=True),
        sa.Column("processor_label", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("controller_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("controller_activity_id", sa.Uuid(), nullable=True),
        sa.Column("controller_label", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["core_organisation.id"], name=op.f("fk_register_link_changed_by_id_core_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["controller_activity_id"],
            ["register_activity.id"],
            name=op.f("fk_register_link_controller_activity_id_register_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["controller_organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_register_link_controller_organisation_id_core_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["core_organisation.id"], name=op.f("fk_register_link_offered_by_id_core_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["processor_activity_id"],
            ["register_activity.id"],
            name=op.f("fk_register_link_processor_activity_id_register_activity"),
        ),
        sa.ForeignKeyConstraint(
            ["processor_organisation_id"],
            ["core_organisation.id"],
            name=op.f("fk_register_link_processor_organisation_id_core_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_link")),
    )
    with op.batch_alter_table("register_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_register_link_controller_activity_id"), ["controller_activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_register_link_controller_organisation_id"), ["controller_organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_register_link_processor_activity_id"), ["processor_activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_register_link_processor_organisation_id"), ["processor_organisation_id"], unique=False
        )
