"""Alembic's entry: the connection comes from `app.schema`, the tables from every folder."""

from alembic import context
from sqlmodel import SQLModel

import app.main  # noqa: F401 - knows every folder's tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
