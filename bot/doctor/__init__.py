"""`aws-access doctor`: is everything set up as the bot needs it? `rules/` judges, `rounds.py` asks in order.

What is read is in `seen.py`, the reading in `integrations/*/doctor.py`, every sentence in
`bot/wording/doctor/`, and `bot/doctor_app.py` puts it together.
"""
