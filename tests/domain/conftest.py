"""How hypothesis looks for counter-examples here: without a deadline, on a shared machine."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
