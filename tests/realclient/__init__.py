"""The bot before a real client: Microsoft 365 Agents Playground, which is not part of `make test`."""
