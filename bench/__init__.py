"""Benchmarks: numbers to hold, each beside what it is compared with, measured in the same run."""
