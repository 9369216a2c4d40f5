"""Alembic's entry: runs as the owner, one transaction per migration, never waiting long for a lock.

No models are loaded: migrations are frozen history in plain SQL. A test compares their result with the models.
"""

from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
