"""The simulated Entra tenant behaves as Microsoft documents it."""
