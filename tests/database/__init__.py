"""Tests of the store on its own databases."""
