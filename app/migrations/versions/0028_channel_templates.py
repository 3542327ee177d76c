"""Templates of channels, figures per year, and articles that were looked up

Revision: 0028
Follows: 0027
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy.dialects import postgresql
import core.db

revision: str = '0028'
down_revision: str | None = '0027'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql')
    yes_no = sa.Enum('ja', 'nee', name='yesno', native_enum=False, length=40)
    line = sqlmodel.sql.sqltypes.AutoString(length=300)
    op.create_table('wmebv_duty_article',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('article', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('article_status', sa.Enum('bevestigd', 'nakijken', name='articlestatus', native_enum=False, length=40), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_duty_article_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_duty_article')),
    sa.UniqueConstraint('organisation_id', 'code', name=op.f('uq_wmebv_duty_article_organisation_id_code'))
    )
    with op.batch_alter_table('wmebv_duty_article', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_duty_article_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('wmebv_template',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_template_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_template')),
    sa.UniqueConstraint('organisation_id', 'name', name=op.f('uq_wmebv_template_organisation_id_name'))
    )
    with op.batch_alter_table('wmebv_template', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_template_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('wmebv_template_answer',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('duty', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('value', sa.Enum('ja', 'deels', 'nee', 'nvt', 'onbekend', name='value', native_enum=False, length=40), nullable=True),
    sa.Column('choices', json, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('law', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('article', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('body', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('evidence_url', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('evidence_document', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('evidence_on', sa.Date(), nullable=True),
    sa.Column('reaches', json, nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answered_by', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('template_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_template_answer_organisation_id_core_organisation')),
    sa.ForeignKeyConstraint(['template_id'], ['wmebv_template.id'], name=op.f('fk_wmebv_template_answer_template_id_wmebv_template')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_template_answer')),
    sa.UniqueConstraint('template_id', 'duty', name=op.f('uq_wmebv_template_answer_template_id_duty'))
    )
    with op.batch_alter_table('wmebv_template_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_template_answer_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('wmebv_volume',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('message_type_id', sa.Uuid(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['wmebv_channel.id'], name=op.f('fk_wmebv_volume_channel_id_wmebv_channel')),
    sa.ForeignKeyConstraint(['message_type_id'], ['wmebv_message_type.id'], name=op.f('fk_wmebv_volume_message_type_id_wmebv_message_type')),
    sa.ForeignKeyConstraint(['organisation_id'], ['core_organisation.id'], name=op.f('fk_wmebv_volume_organisation_id_core_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wmebv_volume'))
    )
    with op.batch_alter_table('wmebv_volume', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wmebv_volume_channel_id'), ['channel_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_volume_message_type_id'), ['message_type_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wmebv_volume_organisation_id'), ['organisation_id'], unique=False)

    with op.batch_alter_table('wmebv_channel', schema=None) as batch_op:
        batch_op.add_column(sa.Column('template_id', sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f('ix_wmebv_channel_template_id'), ['template_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_wmebv_channel_template_id_wmebv_template'), 'wmebv_template', ['template_id'], ['id'])
    for table, name, kind, default in (
        ('wmebv_channel', 'satisfaction', json, '[]'),
        ('wmebv_message_type', 'can_be_digital', yes_no, None),
        ('wmebv_message_type', 'why_not_digital', sa.Text(), ''),
        ('wmebv_message_type', 'service_norm', line, ''),
        ('wmebv_message_type', 'norm_results', json, '[]'),
        ('wmebv_product', 'decision_term', line, ''),
        ('wmebv_product', 'objection_possible', yes_no, None),
        ('wmebv_product', 'ambitions', json, '[]'),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(name, kind, nullable=default is None, server_default=default))
        if default is not None:
            with op.batch_alter_table(table, schema=None) as batch_op:
                batch_op.alter_column(name, existing_type=kind, server_default=None)
