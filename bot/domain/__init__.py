"""Pure values and rules: standard library only, no I/O, and the time is always given."""
