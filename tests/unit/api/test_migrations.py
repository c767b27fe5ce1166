"""The database is brought to the tables that the code works with."""

import sqlite3
from contextlib import closing

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from services.api.db.engine import open_engine
from services.api.db.migrate import MIGRATIONS, is_current, migrate
from services.api.db.schema import metadata
from services.core.errors import DoelbindingError, InputError

AT = "2026-03-02 09:00:00.000000"


def test_the_migrations_make_the_tables_that_the_code_declares(migrated):
    engine = create_engine(f"sqlite:///{migrated / 'api.sqlite'}")
    with engine.connect() as connection:
        assert is_current(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_migrations_make_the_same_tables_on_postgresql(postgresql):
    migrate(postgresql)
    engine = create_engine(postgresql)
    with engine.connect() as connection:
        assert is_current(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_migrating_again_keeps_what_is_there(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'api.sqlite'}"
    migrate(url)
    with sqlite3.connect(tmp_path / "api.sqlite") as connection:
        connection.execute(
            "INSERT INTO warnings (id, employee_id, given_at, until, reason, recorded_by, recorded_at) "
            "VALUES ('w-1', 'p1-1', '2026-03-02', '2026-04-02', 'conversation', 'token:lead', '2026-03-02')"
        )
    connection.close()
    migrate(url)
    with sqlite3.connect(tmp_path / "api.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM warnings").fetchone() == (1,)
    connection.close()


def test_a_database_that_is_not_ours_to_change_is_told_plainly(tmp_path):
    (tmp_path / "api.sqlite").write_bytes(b"this is no database at all, but a text" * 100)
    with pytest.raises(DoelbindingError, match="cannot be migrated: file is not a database"):
        migrate(f"sqlite+aiosqlite:///{tmp_path / 'api.sqlite'}")


@pytest.mark.parametrize("url", ["", "nonsense", "oracle+nothing://x/y"])
@pytest.mark.parametrize("use", [migrate, open_engine])
def test_a_url_of_no_database_is_told_plainly(use, url):
    with pytest.raises(InputError, match="database URL"):
        use(url)


def test_every_connection_is_durable_and_keeps_references(api):
    assert api.rows("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
    assert api.rows("PRAGMA synchronous") == [{"synchronous": 2}]
    assert api.rows("PRAGMA foreign_keys") == [{"foreign_keys": 1}]


@pytest.fixture
def database(tmp_path):
    """The path of a database of an earlier release, made by its migrations and with these rows in it."""

    def make(revision, *statements):
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        engine = create_engine(f"sqlite:///{tmp_path / 'api.sqlite'}")
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()
        migrate(f"sqlite+aiosqlite:///{tmp_path / 'api.sqlite'}")
        return tmp_path / "api.sqlite"

    return make


def found(database, query):
    with closing(sqlite3.connect(database)) as connection, connection:
        return connection.execute(query).fetchall()


def a_signal(number, body="{}"):
    return (
        f"INSERT INTO signals VALUES ('s-{number}', 1, 'h', '2026-03-02', 'own-file', 'P', NULL, 'p1-1', 'high',"
        f" 'open', 1, 62.5, '2026-03-02 11:00:00.000000', '2026-03-02', '{body}')"
    )


def test_items_of_the_first_release_get_what_their_filters_need(database):
    item = "INSERT INTO intake_items VALUES ('i-1', 's-1', 1, 'own-file', 'received', 62.5, 0, NULL, '2026-03-02')"
    migrated = database("0001", a_signal(1), item)
    told = found(migrated, "SELECT id, signal_id, severity, raised_at FROM intake_items")
    assert told == [("i-1", "s-1", "high", "2026-03-02 11:00:00.000000")]


def test_signals_that_were_there_get_their_window_as_moments(database):
    told = '{"windowStart": "2026-03-02T09:00:00.000000Z", "windowEnd": "2026-03-03T09:00:00.000001Z"}'
    migrated = database("0007", a_signal(1, told).replace("')", "', NULL)"))
    windows = found(migrated, "SELECT window_start, window_end FROM signals")
    assert windows == [("2026-03-02 09:00:00.000000", "2026-03-03 09:00:00.000001")]


def test_items_that_wait_get_the_end_of_their_thirteen_weeks(database):
    items = [
        f"INSERT INTO intake_items VALUES ('i-{number}', 's-1', {number}, 'own-file', 'received', 62.5, {withdrawn},"
        " NULL, '2026-01-05 08:00:00.000000', 'high', '2026-03-02 11:00:00.000000', 0)"
        for number, withdrawn in ((1, 0), (2, 1))
    ]
    migrated = database("0005", f"{a_signal(1)[:-1]}, NULL)", *items)
    told = found(migrated, "SELECT id, version, round, assessment_count, due_at FROM intake_items")
    assert told == [("i-1", 1, 1, 0, "2026-04-06 22:00:00.000000"), ("i-2", 1, 1, 0, None)]


def test_signals_that_were_there_are_found_by_their_parent(database):
    parents = ('{"parentId": null}', '{"parentId": "s-1"}')
    migrated = database("0002", *(a_signal(number, body) for number, body in enumerate(parents, 1)))
    assert found(migrated, "SELECT signal_id, parent_id FROM signals") == [("s-1", None), ("s-2", "s-1")]


ITEM_THAT_DIFFERS = (
    "INSERT INTO intake_items (id, signal_id, look_number, rule, status, priority, withdrawn, received_at,"
    " severity, raised_at) VALUES ('i-1', 's-1', 1, 'own-file', 'disputed', 62.5, 0, '2026-03-02', 'high',"
    " '2026-03-02')"
)


def test_assessments_that_were_there_stay_and_auditors_can_settle_from_then_on(database):
    given = (
        "INSERT INTO assessments VALUES ('{0}', 'i-1', 1, {1}, '{0}', '{0}', '{2}', 'investigation', NULL, 'x', '{3}')"
    )
    rows = [given.format("a-1", 1, "investigator", AT), given.format("a-2", 3, "lead", AT)]
    migrated = database("0010", f"{a_signal(1)[:-1]}, NULL, NULL, NULL)", ITEM_THAT_DIFFERS, *rows)
    assert found(migrated, "SELECT id, role, given_at FROM assessments ORDER BY id") == [
        ("a-1", "investigator", AT),
        ("a-2", "lead", AT),
    ]
    now = given.replace("{3}')", "{3}', 1)")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        found(migrated, now.format("a-3", 3, "auditor", AT))
    found(migrated, now.format("a-3", 3, "auditor", AT).replace("'i-1', 1", "'i-1', 2"))
    with pytest.raises(sqlite3.IntegrityError, match="ck_assessments_settled_by_who_leads"):
        found(migrated, now.format("a-4", 3, "investigator", AT).replace("'i-1', 1", "'i-1', 3"))


def test_assessments_and_outcomes_that_were_there_get_the_revision_that_their_history_tells(database):
    def told(kind, who, revision, at=AT):
        return (
            "INSERT INTO item_events (item_id, at, kind, actor, revision, detail)"
            f" VALUES ('i-1', '{at}', '{kind}', '{who}', {revision}, '{{}}')"
        )

    given = (
        "INSERT INTO assessments VALUES ('{0}', 'i-1', 1, {1}, '{0}', '{0}', 'lead', 'investigation', NULL, 'x', '{2}')"
    )
    outcome = (
        "INSERT INTO outcomes (id, item_id, number, outcome, findings, report_sent_at, note, recorded_by, person,"
        " recorded_at, state)"
        f" VALUES ('o-1', 'i-1', 1, 'not-established', '[]', '{AT}', 'x', 'a', 'a', '{AT}', 'proposed')"
    )
    rows = [given.format(who, place, AT) for place, who in enumerate(("a", "b", "c"), 1)]
    history = [
        told("assess", "a", 2),
        told("note", "a", 9),
        told("assess", "a", 8, "2026-03-03"),
        told("settle", "c", 4),
    ]
    history += [told("record-outcome", "a", 6)]
    signal = f"{a_signal(1)[:-1]}, NULL, NULL, NULL)"
    migrated = database("0014", signal, ITEM_THAT_DIFFERS, *rows, outcome, *history)
    assert found(migrated, "SELECT id, revision FROM assessments ORDER BY id") == [("a", 2), ("b", 1), ("c", 4)]
    assert found(migrated, "SELECT revision FROM outcomes") == [(6,)]


def test_data_breaches_that_were_decided_keep_their_decision_as_the_first(database):
    first_look = ITEM_THAT_DIFFERS
    second_look = ITEM_THAT_DIFFERS.replace("'i-1', 's-1', 1", "'i-2', 's-1', 2")
    breach = (
        "INSERT INTO data_breaches (item_id, id, known_at, due_at, facts, referred_by, referred_at, decision,"
        f" reason, decided_by, decided_at) VALUES ('{{0}}', 'b-{{0}}', '{AT}', '{AT}', '{{{{}}}}', 'a', '{AT}', {{1}})"
    )
    rows = [
        breach.format("i-1", f"'not-required', 'no-breach', 'b', '{AT}'"),
        breach.format("i-2", "NULL, NULL, NULL, NULL"),
    ]
    migrated = database("0014", f"{a_signal(1)[:-1]}, NULL, NULL, NULL)", first_look, second_look, *rows)
    told = found(migrated, "SELECT item_id, number, decision, reason, motivation, decided_by FROM breach_decisions")
    assert told == [("i-1", 1, "not-required", "no-breach", None, "b")]
    kept = found(migrated, "SELECT item_id, referred_by, decided_at FROM data_breaches ORDER BY item_id")
    assert kept == [("i-1", "a", AT), ("i-2", "a", None)]


def test_signals_of_many_people_get_whom_their_evidence_names(database):
    def signal(number, employee, subject):
        return (
            f"INSERT INTO signals VALUES ('s-{number}', 1, 'h', '2026-03-02', 'own-file', 'P', {employee}, {subject},"
            " 'high', 'open', 1, 62.5, '2026-03-02', '2026-03-02', '{}', NULL, NULL, NULL)"
        )

    def looks(number, *names):
        for place, (employee, subject) in enumerate(names):
            body = f'{{"employeeId": {employee}, "subject": {subject}}}'
            yield f"INSERT INTO evidence VALUES ('s-{number}', {place}, 'log-{place}', '{body}')"

    many = [('"p1-1"', '"p1-7"'), ('"p1-2"', '"p1-7"'), ("null", "null"), ('"p1-2"', '"p1-8"')]
    people = {1: ("NULL", "'p1-7'"), 2: ("'p1-1'", "NULL"), 3: ("NULL", "NULL"), 4: ("'p1-1'", "'p1-7'")}
    rows = [line for number, names in people.items() for line in (signal(number, *names), *looks(number, *many))]
    named = found(database("0010", *rows), "SELECT * FROM signal_people ORDER BY signal_id, pseudonym")
    assert named == [
        *(("s-1", name) for name in ("p1-1", "p1-2")),
        *(("s-2", name) for name in ("p1-7", "p1-8")),
        *(("s-3", name) for name in ("p1-1", "p1-2", "p1-7", "p1-8")),
    ]
