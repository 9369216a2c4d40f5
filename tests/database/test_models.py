"""Models match what the migrations made, and every column of text says what it may tell of a person."""

import importlib
import pkgutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import ARRAY, JSON, LargeBinary, Text, create_engine, text
from sqlalchemy.engine import make_url

import safeguard
from safeguard.database.base import Base, Treatment
from safeguard.database.catalogue import TABLES, TableClass

OVER_EXPRESSIONS = {"incidents_unread", "incidents_unassigned", "incidents_assigned", "incident_people_alleged"}
"""PostgreSQL writes the expression in its own way, so these are not compared: only that they are there is."""
NOT_OURS = {"alembic_version", "queue", "worker", "result", "keys"}


@pytest.fixture(scope="module", autouse=True)
def models() -> None:
    for module in pkgutil.walk_packages(safeguard.__path__, "safeguard."):
        if module.name.endswith(".models"):
            importlib.import_module(module.name)


# Of a check that is NOT VALID, SQLAlchemy hands on what it read under a name that it does not know itself. Checks are
# not compared.
@pytest.mark.filterwarnings("ignore:Can't validate argument 'dialect_options':sqlalchemy.exc.SAWarning")
def test_models_match_migrations(addresses):
    engine = create_engine(make_url(addresses.owner).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_schemas": True, "compare_type": True,
                  "include_name": lambda name, kind, parents: kind != "table" or name not in NOT_OURS,
                  "include_object": lambda _item, name, kind, *_: kind != "index" or name not in OVER_EXPRESSIONS},
        )  # fmt: skip
        assert compare_metadata(context, Base.metadata) == []
        found = connection.scalars(text("select indexname from pg_indexes where schemaname = 'public'"))
        assert set(found) >= OVER_EXPRESSIONS
    engine.dispose()


def test_every_table_of_the_catalogue_has_a_model():
    modelled = {f"{table.schema or 'public'}.{table.name}" for table in Base.metadata.tables.values()}
    expected = {name for name, table in TABLES.items() if table.kind not in (TableClass.BROKER, TableClass.SECRET)}
    assert modelled == expected


def test_every_column_of_text_declares_its_treatment():
    telling = (Text, ARRAY, JSON, LargeBinary)
    silent = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, telling) and not isinstance(column.info.get("treatment"), Treatment)
    ]
    assert silent == []
