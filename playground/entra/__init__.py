"""A simulated Entra tenant: directory, PIM for Groups, Microsoft Graph and the sign-in endpoints."""
