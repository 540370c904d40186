"""The fixed names of the simulated AWS organisation: ids, Region, credentials."""

REGION = "eu-west-1"
"""The only Region with an Identity Center instance; every other Region answers that there is none."""

MANAGEMENT = "100000000001"
"""The management account: owns the organisation instance, and the bot's credential belongs to it."""

DELEGATED = "333333333333"
"""The account registered as Identity Center's delegated administrator."""

STORE_ID = "d-9067642ac7"
INSTANCE_ID = "ssoins-7223aa00b1c2d3e4"
INSTANCE_ARN = f"arn:aws:sso:::instance/{INSTANCE_ID}"
STORE_ARN = f"arn:aws:identitystore::{MANAGEMENT}:identitystore/{STORE_ID}"

SCIM_ISSUER = "https://scim.aws.com/1f0a-playground"
"""Issuer of every external id that SCIM wrote."""

BOT_KEY = "AKIAPLAYGROUNDBOT001"
"""Access key of the bot: may read what the documented least-privilege policy allows."""

OWNER_KEY = "AKIAPLAYGROUNDOWNER1"
"""Access key of whoever runs the organisation: may do everything the simulator knows."""

SECRET = "playground-secret"  # noqa: S105  (signatures are not checked: only the key id counts)
