"""Every sentence the bot says: there for every case, within limits, and true."""
