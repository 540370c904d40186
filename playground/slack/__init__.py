"""A simulated Slack: Web API, signed deliveries, Socket Mode, and what a person can do in it."""
