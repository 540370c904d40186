"""The control interface: everything a person, a page or a test may do to the world, as JSON over HTTP."""
