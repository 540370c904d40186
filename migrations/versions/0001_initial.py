"""The first schema: requests, activations, people, sign-ins, messages, jobs and the record."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make everything; what is recorded from the first event on cannot be made up for later."""
    _requests()
    _people()
    _messages()
    _work()
    _record()
    _guards()


def _requests() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("chat_user", sa.String, nullable=False),
        sa.Column("tenant", sa.String),
        sa.Column("oid", sa.String),
        sa.Column("access", sa.String, nullable=False),
        sa.Column("group_id", sa.String, nullable=False),
        sa.Column("duration", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("ticket", sa.Text, nullable=False),
        sa.Column("starts_at", MOMENT),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("pim", sa.String),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("claims", sa.Text, nullable=False),
        sa.Column("tried_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False),
    )
    _index("request", "request_asked_at", "asked_at", "id")
    _index("request", "request_by_person", "tenant", "oid", "asked_at", "id")
    _index("request", "request_by_access", "access", "asked_at", "id")
    _index("request", "request_by_state", "state", "asked_at", "id")
    _index("request", "request_by_access_and_state", "access", "state", "asked_at", "id")
    _index("request", "request_by_account", "chat", "team", "chat_user", "asked_at")
    op.create_index(
        "request_one_open_per_person",
        "request",
        ["tenant", "oid", "group_id"],
        unique=True,
        sqlite_where=sa.text("is_open = 1 AND oid IS NOT NULL"),
        postgresql_where=sa.text("is_open AND oid IS NOT NULL"),
    )
    op.create_index(
        "request_one_open_per_account",
        "request",
        ["chat", "team", "chat_user", "group_id"],
        unique=True,
        sqlite_where=sa.text("is_open = 1 AND oid IS NULL"),
        postgresql_where=sa.text("is_open AND oid IS NULL"),
    )
    op.create_index(
        "request_open",
        "request",
        ["asked_at", "id"],
        sqlite_where=sa.text("is_open = 1"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "activation",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("request_id", sa.String, sa.ForeignKey("request.id"), unique=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("oid", sa.String, nullable=False),
        sa.Column("group_id", sa.String, nullable=False),
        sa.Column("access", sa.String, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_how", sa.String),
        sa.Column("aws_seen_at", MOMENT),
        sa.Column("aws_gone_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index(
        "activation_one_active",
        "activation",
        ["tenant", "oid", "group_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "activation_active",
        "activation",
        ["started_at", "id"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _people() -> None:
    op.create_table(
        "link",
        sa.Column("chat", sa.String, primary_key=True),
        sa.Column("team", sa.String, primary_key=True),
        sa.Column("chat_user", sa.String, primary_key=True),
        sa.Column("tenant", sa.String, nullable=False),
        sa.Column("oid", sa.String, nullable=False),
        sa.Column("user_name", sa.String, nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
    )
    _index("link", "link_by_person", "tenant", "oid")
    op.create_table(
        "person",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("oid", sa.String, primary_key=True),
        sa.Column("user_name", sa.String, nullable=False),
    )
    op.create_table(
        "kept_token",
        sa.Column("tenant", sa.String, primary_key=True),
        sa.Column("oid", sa.String, primary_key=True),
        sa.Column("key_id", sa.String, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "sign_in",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("team", sa.String, nullable=False),
        sa.Column("chat_user", sa.String, nullable=False),
        sa.Column("intent", sa.Text, nullable=False),
        sa.Column("claims", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("state_key", sa.String, unique=True),
        sa.Column("flow", sa.Text),
        sa.Column("browser", sa.String, nullable=False),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("used_at", MOMENT),
    )
    _index("sign_in", "sign_in_expires_at", "expires_at")


def _messages() -> None:
    op.create_table(
        "posting",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("topic", sa.String, primary_key=True),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("message", sa.String, nullable=False),
        sa.Column("shown", sa.String, nullable=False),
    )
    op.create_table(
        "delivery",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("received_at", MOMENT, nullable=False),
    )
    _index("delivery", "delivery_received_at", "received_at")


def _work() -> None:
    op.create_table(
        "job",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("run_at", MOMENT, nullable=False),
        sa.Column("again_at", MOMENT),
        sa.Column("owner", sa.String),
        sa.Column("leased_until", MOMENT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("dead", sa.Boolean, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    _index("job", "job_due", "dead", "run_at")
    _index("job", "job_by_subject", "subject", "kind")


def _record() -> None:
    op.create_table(
        "audit_event",
        sa.Column("seq", SERIAL, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("request_id", sa.String),
        sa.Column("actor_tenant", sa.String),
        sa.Column("actor_oid", sa.String),
        sa.Column("v", sa.SmallInteger, nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
        sa.Column("prev_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("row_hash", sa.LargeBinary, nullable=False, unique=True),
    )
    _index("audit_event", "audit_event_by_request", "request_id")
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("row_hash", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("id = 1", name="audit_head_is_one"),
    )
    info = op.create_table(
        "schema_info",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("log_id", sa.LargeBinary, nullable=False),
        sa.Column("minimum_code_version", sa.Integer, nullable=False),
        sa.CheckConstraint("id = 1", name="schema_info_is_one"),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "row_hash": bytes(32)}])
    log_id = secrets.token_bytes(16)
    op.bulk_insert(info, [{"id": 1, "log_id": log_id, "minimum_code_version": 1}])


def _guards() -> None:
    """Keep our own mistakes from the record. Who may drop these is caught by the chain."""
    if op.get_bind().dialect.name == "sqlite":
        for doing, when in (
            ("UPDATE", ""),
            ("DELETE", ""),
            ("INSERT", "WHEN EXISTS (SELECT 1 FROM audit_event WHERE seq = NEW.seq)"),
        ):
            op.execute(
                f"CREATE TRIGGER audit_event_no_{doing.lower()} BEFORE {doing} ON audit_event "
                f"{when} BEGIN SELECT RAISE(ABORT, 'the record only grows'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_event_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the record only grows'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_event_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_only_grows()"
    )


def _index(table: str, name: str, *columns: str) -> None:
    op.create_index(name, table, list(columns))
