"""The doctor: its rules, its rounds, and what it finds in a broken world."""
