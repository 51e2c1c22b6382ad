"""What Alembic runs to migrate: the revisions on the connection, and in the transaction, that `migrate` gives it."""

from alembic import context

from danqing.store.tables import metadata

# SQLite can alter little of a table in place; a batch copies it.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
