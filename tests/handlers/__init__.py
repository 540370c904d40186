"""The handlers against a real store and fakes of every other port."""
