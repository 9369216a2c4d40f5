"""PostgreSQL: connections, the signed context, migrations, and the check that nobody's table stands open."""
