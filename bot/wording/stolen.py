"""What a stolen credential can do: said alike by the start-up log, the doctor and SECURITY.md."""

CREDENTIAL = "read PIM, the directory and AWS assignments"
PROCESS = "acts as everyone who has signed in"
WHAT = "activate what they are eligible for and what needs no approval and no stronger sign-in"
WITHOUT_KEYS = "those who sign in while it is in the wrong hands"

STANDING = f"Stolen, the bot's own credential can {CREDENTIAL}; it can grant nothing."
ANYONE = "put anyone into any PIM group of the tenant"
GRANTOR = f"Tier 0: stolen, the grantor's credential can {ANYONE}."
KEPT = (
    f"The running process, or its host together with TOKEN_KEYS, {PROCESS}: stolen, it can {WHAT}."
)
NOT_KEPT = f"The running process, stolen, acts as {WITHOUT_KEYS}: it can {WHAT}."
