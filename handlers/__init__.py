"""What the bot does: one file for each thing a person or the clock can cause; neutral of any chat."""
