"""A role of PostgreSQL that can only read: what a server needs that loads nothing."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.errors import Unavailable

MAX_NAME_BYTES = 63  # PostgreSQL would cut a longer name
INSUFFICIENT_PRIVILEGE, RESERVED_NAME = "42501", "42939"  # SQLSTATE
READ_ONLY = "default_transaction_read_only=on"
KNOWN = "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolname = current_user FROM pg_roles WHERE rolname = %s"
IS_SET = """
    SELECT 1 FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole
    JOIN pg_database ON pg_database.oid = setdatabase
    WHERE rolname = %s AND datname = current_database() AND %s = ANY (setconfig)
"""
WRITABLE = """
    SELECT tablename FROM pg_tables
    WHERE schemaname = current_schema()
    AND has_table_privilege(%s, format('%%I.%%I', schemaname, tablename), 'INSERT, UPDATE, DELETE, TRUNCATE')
"""


class InvalidRole(ValueError):
    """This role cannot become one that only reads."""


def grant_reads(connection: Connection, role: str) -> bool:
    """Let a role read every table of the schema and of later migrations. Return whether it had to be made.

    Raises InvalidRole if the role can do more, and Unavailable if the connection's role may not do this.
    """
    if connection.dialect.name != "postgresql":
        raise InvalidRole("SQLite has no roles. Set DATABASE_URL to a PostgreSQL database")
    if not role.isprintable() or not 0 < len(role.encode()) <= MAX_NAME_BYTES:
        raise InvalidRole(f"A role's name has 1 to {MAX_NAME_BYTES} bytes, all of them printable")
    powerful = connection.exec_driver_sql(KNOWN, (role,)).scalar_one_or_none()
    if powerful:
        raise InvalidRole(f"The role {role} can do more than read: it is that of DATABASE_URL, or an administrator's")
    try:
        _grant(connection, role, is_new=powerful is None)
    except sa.exc.DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        if state == RESERVED_NAME:
            raise InvalidRole(f"PostgreSQL reserves the name {role} for itself") from None
        if state == INSUFFICIENT_PRIVILEGE:
            detail = "The role of DATABASE_URL may not do this. Run the command as an administrator of the database."
            raise Unavailable(detail, error.orig) from None
        raise
    if writable := connection.exec_driver_sql(WRITABLE, (role,)).scalars().first():
        raise InvalidRole(f"The role {role} can write to {writable}. Take that privilege from it, or name another role")
    return powerful is None


def _grant(connection: Connection, role: str, *, is_new: bool) -> None:
    quote = connection.dialect.identifier_preparer.quote_identifier
    database, schema = connection.exec_driver_sql("SELECT current_database(), current_schema()").one()
    reader, database, schema = (quote(name) for name in (role, database, schema))
    if is_new:
        connection.exec_driver_sql(f"CREATE ROLE {reader} LOGIN")
    for granted in (
        f"CONNECT ON DATABASE {database}",
        f"USAGE ON SCHEMA {schema}",
        f"SELECT ON ALL TABLES IN SCHEMA {schema}",
    ):
        connection.exec_driver_sql(f"GRANT {granted} TO {reader}")
    connection.exec_driver_sql(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {reader}")
    if not connection.exec_driver_sql(IS_SET, (role, READ_ONLY)).all():
        connection.exec_driver_sql(f"ALTER ROLE {reader} IN DATABASE {database} SET {READ_ONLY.replace('=', ' = ')}")
