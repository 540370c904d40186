"""A simulated Microsoft Teams: the Bot Connector that the bot talks to, and the client people use."""
