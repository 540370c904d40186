"""People's words, wherever they appear: nothing in them is ever interpreted."""
