"""Where views are kept, and how they are read: SQLite and PostgreSQL, to one contract."""
