"""Log-in steps, second factor, one-time links, external identities

Revision: 0004
Follows: 0003
"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op
from sqlalchemy import Text

import core.db

revision: str = '0004'
down_revision: str | None = '0003'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table('core_failed_attempts',
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('locked_until', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_core_failed_attempts'))
    )
    with op.batch_alter_table('core_failed_attempts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_failed_attempts_last_at'), ['last_at'], unique=False)

    op.create_table('core_external_identity',
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('issuer', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_external_identity_user_id_core_user')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_core_external_identity')),
    sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_core_external_identity_issuer_subject'))
    )
    op.create_table('core_one_time_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
    sa.Column('expires_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_one_time_link_user_id_core_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_one_time_link'))
    )
    with op.batch_alter_table('core_one_time_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_one_time_link_user_id'), ['user_id'], unique=False)

    op.create_table('core_pending_login',
    sa.Column('key_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=True),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('nonce', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('code_verifier', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('back_to', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('expires_at', core.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_pending_login_user_id_core_user')),
    sa.PrimaryKeyConstraint('key_hash', name=op.f('pk_core_pending_login'))
    )
    with op.batch_alter_table('core_pending_login', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_pending_login_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_core_pending_login_user_id'), ['user_id'], unique=False)

    op.create_table('core_recovery_code',
    sa.Column('code_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_recovery_code_user_id_core_user')),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_core_recovery_code'))
    )
    with op.batch_alter_table('core_recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_core_recovery_code_user_id'), ['user_id'], unique=False)

    op.create_table('core_second_factor',
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('secret', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('confirmed_at', core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('last_step', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['core_user.id'], name=op.f('fk_core_second_factor_user_id_core_user')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_core_second_factor'))
    )
    with op.batch_alter_table('core_login_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('method', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False, server_default='wachtwoord'))
        batch_op.add_column(sa.Column('device', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False, server_default=''))
