"""Every sentence the bot says, by topic: domain values in, cards out; no user text stands elsewhere."""
