"""Closed findings, corrections of what follows from the data, limits of the checks, and links that were tried

Revision: 0013
Follows: 0012
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text

import core.db

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _record() -> list[sa.Column[Any]]:
    return [
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", core.db.UtcDateTime(timezone=True), nullable=False),
    ]


def _owned(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["core_organisation.id"], name=op.f(f"fk_{table}_organisation_id_core_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _index(table: str, *columns: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "register_closing",
        *_record(),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("subject", text(length=20), nullable=False),
        sa.Column("rule_id", text(length=20), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("message", Text(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("closed_by", text(length=200), nullable=False),
        sa.Column("closed_at", core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["register_activity.id"],
            name=op.f("fk_register_closing_activity_id_register_activity"),
        ),
        *_owned("register_closing"),
    )
    _index("register_closing", "activity_id", "organisation_id")
    op.create_table(
        "register_check_settings",
        *_record(),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in (
                "review_months",
                "publish_months",
                "dpia_months",
                "agreement_days",
                "waiting_days",
                "similarity_percent",
                "closing_months",
            )
        ),
        *_owned("register_check_settings"),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_register_check_settings_organisation_id")),
    )
    _index("register_check_settings", "organisation_id")
    op.create_table(
        "register_correction",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("about", text(length=40), nullable=False),
        sa.Column("value", sa.Enum("ja", "nee", name="yesno", native_enum=False, length=40), nullable=True),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("basis", core.db.JSON_TYPE, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["register_activity.id"],
            name=op.f("fk_register_correction_activity_id_register_activity"),
        ),
        *_owned("register_correction"),
    )
    _index("register_correction", "activity_id", "organisation_id")
    op.create_table(
        "core_tried_link",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("url", text(length=2000), nullable=False),
        sa.Column("tried_at", core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("fault", text(length=300), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        *_owned("core_tried_link"),
        sa.UniqueConstraint("organisation_id", "digest", name=op.f("uq_core_tried_link_organisation_id_digest")),
    )
    _index("core_tried_link", "organisation_id")
