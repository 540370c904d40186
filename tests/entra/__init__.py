"""The Entra adapter against the simulated tenant, over real HTTP and TLS on loopback."""
