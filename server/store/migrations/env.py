"""Alembic's entry: migrations run on the connection and in the transaction of `migrate.upgrade`."""

from alembic import context

from server.store.migrate import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
