"""How the product touches the world: one folder a system, and no folder knows another."""
