"""What every simulator stands on: one clock, one recorder of calls, one place for faults."""
