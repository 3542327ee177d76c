"""Processes mapped, terms, ambitions, requests for information and withholding

Revision: 0016
Follows: 0015
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql
import core.db

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('woo_process',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('process', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('document_kind', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('state', sa.Enum('in kaart', 'afgesproken', 'aangesloten', 'hoeft niet', name='processstate', native_enum=False, length=40), nullable=False),
    sa.Column('system_id', sa.Uuid(), nullable=True),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('yearly_volume', sa.Integer(), nullable=True),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_process_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['system_id'], ['core_system.id'], name=op.f('fk_woo_process_system_id_core_system')),
    sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_woo_process_team_id_core_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_process'))
    )
    with op.batch_alter_table('woo_process', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_process_category'), ['category'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_process_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_process_system_id'), ['system_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_process_team_id'), ['team_id'], unique=False)

    op.create_table('woo_request',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('case_number', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('extended_on', sa.Date(), nullable=True),
    sa.Column('extension_reason', sa.Text(), nullable=False),
    sa.Column('suspended_from', sa.Date(), nullable=True),
    sa.Column('suspended_until', sa.Date(), nullable=True),
    sa.Column('decision', sa.Enum('openbaar gemaakt', 'deels openbaar gemaakt', 'niet openbaar gemaakt', 'niets gevonden', 'niet in behandeling genomen', 'doorgestuurd', 'ingetrokken door de indiener', name='decision', native_enum=False, length=40), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('team_id', sa.Uuid(), nullable=True),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.Column('dossier_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['woo_dossier.id'], name=op.f('fk_woo_request_dossier_id_woo_dossier')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_request_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['team_id'], ['core_team.id'], name=op.f('fk_woo_request_team_id_core_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_request')),
    sa.UniqueConstraint('organisation_id', 'case_number', name=op.f('uq_woo_request_organisation_id_case_number'))
    )
    with op.batch_alter_table('woo_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_request_dossier_id'), ['dossier_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_request_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_request_received_on'), ['received_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_request_team_id'), ['team_id'], unique=False)

    op.create_table('woo_category_ambition',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('category_id', sa.Uuid(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('goal', sa.Text(), nullable=False),
    sa.Column('share', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['category_id'], ['woo_category.id'], name=op.f('fk_woo_category_ambition_category_id_woo_category')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_category_ambition_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_category_ambition')),
    sa.UniqueConstraint('category_id', 'year', name=op.f('uq_woo_category_ambition_category_id_year'))
    )
    with op.batch_alter_table('woo_category_ambition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_category_ambition_category_id'), ['category_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_category_ambition_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('woo_readiness',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('url', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('steps', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_woo_readiness_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_woo_readiness'))
    )
    with op.batch_alter_table('woo_readiness', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_woo_readiness_category'), ['category'], unique=False)
        batch_op.create_index(batch_op.f('ix_woo_readiness_organisation_id'), ['organisation_id'], unique=False)

    with op.batch_alter_table('woo_category', schema=None) as batch_op:
        batch_op.add_column(sa.Column('deadline_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('archive_years', sa.Integer(), nullable=True))
    # What stood in the list so far: two weeks, at once for papers of meetings, no term for art. 3.1 (Woo 3.3 lid 4, 5).
    op.execute("UPDATE woo_category SET deadline_days = CASE WHEN number IN ('007', '008') THEN 0 ELSE 14 END WHERE number <> '3.1'")

    with op.batch_alter_table('woo_category_location', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.Enum('deze website', 'andere website van de gemeente', 'raadsinformatiesysteem', 'officiële bekendmakingen', name='locationkind', native_enum=False, length=40), nullable=True))

    with op.batch_alter_table('woo_document', schema=None) as batch_op:
        batch_op.add_column(sa.Column('withheld', sa.Enum('niets', 'deels', 'helemaal', name='withholding', native_enum=False, length=40), nullable=True))
        batch_op.add_column(sa.Column('grounds', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=Text()), 'postgresql'), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('notice', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('heard_from', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('heard_until', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('objection_expected', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('noticed_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('file_is_notice', sa.Boolean(), nullable=False, server_default=sa.false()))

