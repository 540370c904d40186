"""Microsoft Teams: the door its connector knocks at, and the way out to it."""
