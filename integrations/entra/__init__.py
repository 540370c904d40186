"""Entra: signing in, the directory, and PIM for Groups, over msgraph-sdk, azure-identity and MSAL."""
