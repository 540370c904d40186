"""The simulated AWS organisation: IAM Identity Center, its identity store, and Entra's SCIM into it."""
