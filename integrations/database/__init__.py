"""The store on SQLite and PostgreSQL: the only folder that knows SQL."""
