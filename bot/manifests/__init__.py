"""The app packages that a workspace or a tenant is given, made from what the bot is told."""
