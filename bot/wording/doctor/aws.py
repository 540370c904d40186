"""The doctor on Identity Center, its assignments, and what the bot may call of AWS."""

from bot.wording.doctor.parts import Words

AWS = {
    "aws.identity": {
        "fine": Words("AWS credentials act as {arn}."),
        "refused_credential": Words(
            "AWS refused the credentials: {detail}.",
            "Give the bot a role or credentials where boto3 looks for them.",
        ),
    },
    "aws.instance": {
        "fine": Words("The organisation has Identity Center ({store}) in {region}."),
        "none": Words(
            "No Identity Center was found: it is not enabled, or this credential sees none.",
            "Enable it in the organisation's management account, and allow sso:ListInstances.",
        ),
        "denied": Words(
            "Access denied to {action}: Identity Center cannot be found.",
            "Allow it in the bot's policy: {snippet}",
        ),
        "account": Words(
            "The only Identity Center is an account instance (of {owners}, while {management} is the "
            "management account): it has no permission sets and opens no accounts.",
            "Enable an organisation instance in the management account {management}.",
        ),
        "not_active": Words(
            "Identity Center is {status}: {reason}.", "See Identity Center's console for it."
        ),
    },
    "aws.region": {
        "fine": Words("AWS_REGION is Identity Center's home Region, {home}."),
        "none": Words(
            "AWS_REGION is empty: AWS is never asked, and the bot says so in every answer.",
            "Set AWS_REGION to Identity Center's home Region, and give the bot the read-only policy.",
        ),
        "other": Words(
            "AWS_REGION is {configured}, but Identity Center lives in {home}. The bot finds it from "
            "there, by one more thing that can fail.",
            "Set AWS_REGION={home}.",
        ),
    },
    "aws.organization": {
        "fine": Words("The organisation lets Identity Center into its accounts."),
        "not_trusted": Words(
            "The organisation does not let Identity Center into its accounts.",
            "Enable trusted access for sso.amazonaws.com in AWS Organizations.",
        ),
    },
    "aws.permission_sets": {
        "fine": Words("Access to accounts is given by permission sets."),
        "off": Words(
            "Permission sets are off in this Identity Center: access is given by account access "
            "manager, which the bot does not read.",
            "Use permission sets for what people activate.",
        ),
    },
    "aws.network": {
        "fine": Words("Identity Center answers from any network."),
        "own_key": Words(
            "Identity Center is encrypted with a key of your own: the bot needs kms:Decrypt on it, and "
            "could read what is above."
        ),
        "endpoint_only": Words(
            "Identity Center answers calls from VPC endpoints only.",
            "Run the bot in a VPC with such an endpoint, or lift the restriction.",
        ),
    },
    "aws.identity_source": {
        "scim": Words(
            "An external identity provider writes to Identity Center by SCIM ({issuer})."
        ),
        "signed_in": Words("Entra's sign-in log has successful sign-ins to the application."),
        "no_evidence": Words(
            "Whether Identity Center's identity source is an external identity provider cannot be read, "
            "and nothing shows it: no group came by SCIM, and no sign-in was seen.",
            "Look at IAM Identity Center → Settings → Identity source. With AuditLog.Read.All I would "
            "also see sign-ins.",
        ),
    },
    "aws.provisioned": {
        "fine": Words("Every account has the latest version of its permission sets."),
        "behind": Words(
            "Some accounts have an older version of {sets}.",
            "Reprovision them under Permission sets → Accounts.",
        ),
    },
    "aws.assignment": {
        "fine": Words("AWS has the group, and it opens {rows}."),
        "no_group": Words(
            "AWS does not have the group: an activation would open nothing.",
            "Provision it once on demand (Provisioning → Provision on demand), then assign it in AWS.",
        ),
        "nothing": Words(
            "AWS has the group, and nothing is assigned to it: an activation would open nothing.",
            "Assign permission sets to it under IAM Identity Center → AWS accounts.",
        ),
    },
    "aws.session": {
        "fine": Words("Role sessions last an hour, the shortest AWS allows."),
        "outlives": Words(
            "{set} lasts {session}, but an activation at most {max}: AWS goes on after the end.",
            "Set the session duration of {set} to one hour.",
        ),
        "long": Words(
            "{set} lasts {session}: so long can AWS go on after an activation has ended.",
            "Set the session duration of {set} to one hour.",
        ),
        "relay_state": Words(
            "The relay state of {set} is not an address of the AWS console: {url}.",
            "Set the relay state of {set} to an https address of the console, or empty it.",
        ),
    },
    "aws.action": {
        "fine": Words("May be called."),
        "denied": Words(
            "Access denied: the bot cannot read what AWS knows.",
            "Allow it in the bot's policy: {snippet}",
        ),
    },
    "scim.network": {
        "fine": Words("SCIM requests may come from anywhere."),
        "restricted": Words(
            "SCIM requests may come from listed addresses only.",
            "See that every address of Entra's provisioning service is listed "
            "(service tag AzureActiveDirectory).",
        ),
    },
    "user.aws": {
        "fine": Words("AWS has the user under the name that Entra sends."),
        "gone": Words(
            "AWS has no such user: the sign-in to AWS fails.",
            "Let provisioning make the user, or make it by hand with exactly this user name.",
        ),
        "other_name": Words(
            "AWS has no user of this name, but {found}, found by its {by}: the sign-in to AWS fails.",
            "Make the AWS user name and the NameID that Entra sends the same.",
        ),
        "disabled": Words(
            "The user is disabled in AWS: no sign-in, whatever is activated.",
            "Enable the user in Identity Center, if that should be.",
        ),
        "incomplete": Words(
            "The user lacks {lacks} in AWS: SCIM cannot update such a user.",
            "Fill in {lacks} in Entra.",
        ),
    },
    "user.standing": {
        "fine": Words("Nothing is assigned to the user directly."),
        "direct": Words(
            "Standing access: {rows} assigned to the user directly, which no activation opens and no "
            "end takes away.",
            "Delete these assignments under IAM Identity Center → AWS accounts; with provisioning, "
            "assign groups only.",
        ),
    },
}
