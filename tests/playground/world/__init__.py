"""Tests of the world: balancer, clock stepping, control interface, child processes, script."""
