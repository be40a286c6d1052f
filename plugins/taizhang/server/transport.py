"""TLS as the address of a database asks for it (`?sslmode=verify-full&sslrootcert=…`), for each driver that takes part.

psycopg and psycopg2 read the address as libpq does. asyncpg knows other words, and dbt's profile and asyncpg take the
files of certificates from libpq's variables of the environment.
"""

from sqlalchemy import URL

FILES = {"sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "sslcrl": "PGSSLCRL"}


def tls_files(url: URL) -> dict[str, str]:
    """Return the variables of the environment that name the files of certificates which the address names."""
    return {variable: str(url.query[word]) for word, variable in FILES.items() if word in url.query}


def for_asyncpg(url: URL) -> URL:
    """Return the address as asyncpg takes it: how to encrypt under its own name, and nothing that it does not know."""
    asked = url.query.get("sslmode")
    return url.set(drivername="postgresql+asyncpg", query={"ssl": str(asked)} if asked else {})
