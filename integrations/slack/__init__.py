"""Slack: what comes in through its front door, and how the product speaks there."""
