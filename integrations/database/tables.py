"""Every table of the store, as SQLAlchemy Core sees it; `migrations/` makes the same."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    false,
    text,
)

from integrations.database.columns import Json, Moment, Serial

metadata = MetaData()

request = Table(
    "request",
    metadata,
    Column("id", String, primary_key=True),
    Column("chat", String, nullable=False),
    Column("team", String, nullable=False),
    Column("chat_user", String, nullable=False),
    Column("tenant", String),
    Column("oid", String),
    Column("access", String, nullable=False),
    Column("group_id", String, nullable=False),
    Column("duration", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("starts_at", Moment),
    Column("state", String, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("pim", String),
    Column("why", Text, nullable=False),
    Column("claims", Text, nullable=False),
    Column("tried_at", Moment),
    Column("version", Integer, nullable=False),
    Column("challenges", Integer, nullable=False, server_default="0"),
    Column("authority", String, nullable=False, server_default="delegated"),
    Column("proved_at", Moment),
    # The newest-first lists, each alone and the pair that is rare in both.
    Index("request_asked_at", "asked_at", "id"),
    Index("request_by_person", "tenant", "oid", "asked_at", "id"),
    Index("request_by_access", "access", "asked_at", "id"),
    Index("request_by_state", "state", "asked_at", "id"),
    Index("request_by_access_and_state", "access", "state", "asked_at", "id"),
    Index("request_by_account", "chat", "team", "chat_user", "asked_at"),
)
"""A decision. `duration` is seconds; `is_open` is `state` folded, for the indexes below."""

# SQLite uses a partial index only for a query that says its condition in the same words.
Index(
    "request_one_open_per_person",
    request.c.tenant,
    request.c.oid,
    request.c.group_id,
    unique=True,
    sqlite_where=text("is_open = 1 AND oid IS NOT NULL"),
    postgresql_where=text("is_open AND oid IS NOT NULL"),
)
Index(
    "request_one_open_per_account",
    request.c.chat,
    request.c.team,
    request.c.chat_user,
    request.c.group_id,
    unique=True,
    sqlite_where=text("is_open = 1 AND oid IS NULL"),
    postgresql_where=text("is_open AND oid IS NULL"),
)

# For the sweeper: what is still open is little, however long the table grows.
Index(
    "request_open",
    request.c.asked_at,
    request.c.id,
    sqlite_where=text("is_open = 1"),
    postgresql_where=text("is_open"),
)

activation = Table(
    "activation",
    metadata,
    Column("id", String, primary_key=True),
    Column("request_id", String, ForeignKey("request.id"), unique=True),
    Column("tenant", String, nullable=False),
    Column("oid", String, nullable=False),
    Column("group_id", String, nullable=False),
    Column("access", String, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("ended_how", String),
    Column("aws_seen_at", Moment),
    Column("aws_gone_at", Moment),
    Column("version", Integer, nullable=False),
    Column("changed_at", Moment),
    Column("ending_at", Moment),
    Column("authority", String, nullable=False, server_default="delegated"),
    Index("activation_ended", "tenant", "oid", "ended_at"),
)
"""What Entra holds; `request_id` is empty when it was made beside the bot."""

Index(
    "activation_one_active",
    activation.c.tenant,
    activation.c.oid,
    activation.c.group_id,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)
Index(
    "activation_active",
    activation.c.started_at,
    activation.c.id,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)
# What was made beside the bot, as it is listed. In these words, and not "IS NULL": SQLite would rather
# search the unique index for it, and sort what it finds.
NO_REQUEST = "coalesce(request_id, '') = ''"
for _name, _first in (
    ("activation_beside", ()),
    ("activation_beside_of_person", (activation.c.tenant, activation.c.oid)),
    ("activation_beside_of_access", (activation.c.access,)),
):
    Index(
        _name,
        *(*_first, activation.c.started_at, activation.c.id),
        sqlite_where=text(NO_REQUEST),
        postgresql_where=text(NO_REQUEST),
    )

orphan = Table(
    "orphan",
    metadata,
    Column("id", String, primary_key=True),
    Column("seen_at", Moment, nullable=False),
)
"""Memberships that nobody asked for here, and that were told of."""

invitation = Table(
    "invitation",
    metadata,
    Column("request_id", String, ForeignKey("request.id"), primary_key=True),
    Column("tenant", String, primary_key=True),
    Column("oid", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("chat", String),
    Column("team", String),
    Column("chat_user", String),
    Column("invited_at", Moment, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("asked", String, nullable=False, server_default="first"),
    Index("invitation_by_person", "tenant", "oid"),
)
"""Who may decide a request, and where they are asked to; no account where no chat knows them."""

decision = Table(
    "decision",
    metadata,
    Column("request_id", String, ForeignKey("request.id"), primary_key=True),
    Column("human", String, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("oid", String, nullable=False),
    Column("chat", String, nullable=False),
    Column("team", String, nullable=False),
    Column("chat_user", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("verdict", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("standing", String, nullable=False),
    Column("why", Text, nullable=False),
    Column("proved_at", Moment),
    Column("challenges", Integer, nullable=False, server_default="0"),
    Index("decision_by_person", "tenant", "oid"),
)
"""One human's yes or no; `human` is one object id for all accounts of somebody."""

link = Table(
    "link",
    metadata,
    Column("chat", String, primary_key=True),
    Column("team", String, primary_key=True),
    Column("chat_user", String, primary_key=True),
    Column("tenant", String, nullable=False),
    Column("oid", String, nullable=False),
    Column("user_name", String, nullable=False),
    Column("linked_at", Moment, nullable=False),
    Column("checked_at", Moment),
    Column("used_at", Moment),
    Index("link_by_person", "tenant", "oid"),
)
"""That a chat account is a person. `checked_at`: when the directory last said so by itself;
`used_at`: since when it is the one of their accounts that they use."""

notified = Table(
    "notified",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("oid", String, primary_key=True),
    Column("chat", String, nullable=False),
    Column("team", String, nullable=False),
    Column("chat_user", String, nullable=False),
)
"""The account to which somebody wants to be written, whichever they used last."""

person_lock = Table(
    "person_lock",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("oid", String, primary_key=True),
    Column("locked_at", Moment, nullable=False),
    Column("by_oid", String, nullable=False),
    Column("reason", Text, nullable=False),
)
"""Who may do nothing here, since when, by which admin of the same tenant, and why."""

person = Table(
    "person",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("oid", String, primary_key=True),
    Column("user_name", String, nullable=False),
)
"""What a person was last called; kept when they unlink, because the record goes on naming them."""

kept_token = Table(
    "kept_token",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("oid", String, primary_key=True),
    Column("key_id", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
"""A refresh token, sealed by :mod:`integrations.database.sealing` for this row alone."""

sign_in = Table(
    "sign_in",
    metadata,
    Column("key", String, primary_key=True),
    Column("chat", String, nullable=False),
    Column("team", String, nullable=False),
    Column("chat_user", String, nullable=False),
    Column("intent", Text, nullable=False),
    Column("claims", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("state_key", String, unique=True),
    Column("flow", Json),
    Column("browser", String, nullable=False),
    Column("confirmed_at", Moment),
    Column("used_at", Moment),
    Column("fresh", Boolean, nullable=False, server_default=false()),
    Index("sign_in_expires_at", "expires_at"),
)
"""A sign-in link: `key` and `state_key` are digests of secrets that are nowhere kept."""

posting = Table(
    "posting",
    metadata,
    Column("subject", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("chat", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("message", String, nullable=False),
    Column("shown", String, nullable=False),
    Column("begun_at", Moment),
)
"""A message of ours, to bring up to date later. An empty `message` is not known to stand."""

home = Table(
    "home",
    metadata,
    Column("chat", String, primary_key=True),
    Column("team", String, primary_key=True),
    Column("chat_user", String, primary_key=True),
    Column("opened_at", Moment, nullable=False),
    Column("shown", String, nullable=False),
)
"""Who has opened the bot's own tab, and the fingerprint of what it shows them."""

place = Table(
    "place",
    metadata,
    Column("chat", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("team", String, nullable=False),
    Column("conversation", String, nullable=False),
    Column("address", String, nullable=False),
    Column("oid", String, nullable=False),
    Column("zone", String, nullable=False),
    Index("place_by_oid", "chat", "oid"),
    Index("place_by_conversation", "chat", "conversation"),
)
"""Where a chat lets the bot write by itself; Slack needs none."""

delivery = Table(
    "delivery",
    metadata,
    Column("key", String, primary_key=True),
    Column("received_at", Moment, nullable=False),
    Index("delivery_received_at", "received_at"),
)
"""The replay guard; `received_at` is the database's real clock."""

job = Table(
    "job",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("subject", String, nullable=False),
    Column("payload", Json, nullable=False),
    Column("run_at", Moment, nullable=False),
    Column("again_at", Moment),
    Column("owner", String),
    Column("leased_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("dead", Boolean, nullable=False),
    Column("error", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("job_due", "dead", "run_at"),
    Index("job_by_subject", "subject", "kind"),
)
"""Work to do. `again_at`: its key was added while it ran, so it runs once more then."""

audit_event = Table(
    "audit_event",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=False),
    Column("at", String(27), nullable=False),
    Column("what", String, nullable=False),
    Column("request_id", String),
    Column("actor_tenant", String),
    Column("actor_oid", String),
    Column("v", SmallInteger, nullable=False),
    Column("payload", Text),
    Column("salt", LargeBinary),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False, unique=True),
    Column("row_hash", LargeBinary, nullable=False, unique=True),
    Index("audit_event_by_request", "request_id"),
)
"""The record: a hash chain. The columns before `payload` repeat what it says, for queries."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    CheckConstraint("id = 1", name="audit_head_is_one"),
    Column("seq", BigInteger, nullable=False),
    Column("row_hash", LargeBinary, nullable=False),
)
"""The last row of the chain; who appends locks it."""

schema_info = Table(
    "schema_info",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    CheckConstraint("id = 1", name="schema_info_is_one"),
    Column("log_id", LargeBinary, nullable=False),
    Column("minimum_code_version", Integer, nullable=False),
)
"""`log_id`: random, so that no other database's record fits into this one."""
