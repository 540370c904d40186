"""Alembic's environment: runs the steps on the connection it is handed, in that transaction."""

from alembic import context

# A database is migrated by `integrations.database.schema`, which hands its connection over: one
# starter, one lock and one transaction, on SQLite as on PostgreSQL.
context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
