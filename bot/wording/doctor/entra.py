"""The doctor on the app registration, the enterprise applications, and PIM."""

from bot.wording import stolen
from bot.wording.doctor.parts import Words

ENTRA = {
    "entra.token": {
        "fine": Words("Entra gives the bot's app registration a token for Graph."),
        "refused_credential": Words(
            "Entra refused the app registration's credential: {detail}.",
            "Make a new certificate, federated credential or secret under Certificates & secrets, and "
            "check AZURE_TENANT_ID and AZURE_CLIENT_ID.",
        ),
    },
    "entra.roles": {
        "fine": Words("The app has the application permissions the bot needs: {roles}."),
        "missing": Words(
            "The app lacks {missing}: {breaks}.",
            "Add {missing} under API permissions → Microsoft Graph → Application permissions, and "
            "grant admin consent.",
        ),
    },
    "entra.excess": {
        "fine": Words(f"The app's permissions only read. {stolen.STANDING}"),
        "optional": Words(
            f"The app's permissions only read. {stolen.STANDING} Only this examination uses {{optional}}."
        ),
        "more": Words(
            "The app has application permissions that nothing here uses: {more}. The standing "
            "credential must only read what the bot needs.",
            "Remove {more} under API permissions.",
        ),
        "tier_0": Words(
            "Tier 0: with {strong} whoever steals the bot's standing credential can put anyone into "
            "any PIM group, or do more. It must only read.",
            "Remove {more} under API permissions; no setting of the bot uses it.",
        ),
    },
    "entra.consent": {
        "fine": Words(
            "An administrator consented, for everybody, to what the sign-in asks for: {asked}."
        ),
        "missing": Words(
            "No administrator consented, for everybody, to {missing}: nobody can sign in.",
            "Add them under API permissions → Delegated permissions, and grant admin consent.",
        ),
    },
    "entra.redirect_uri": {
        "fine": Words("Entra may send browsers back to {wanted}."),
        "missing": Words(
            "Entra may not send browsers back to {wanted}; registered: {registered}.",
            "Add {wanted} under Authentication → Web → Redirect URIs, or mend PUBLIC_URL.",
        ),
    },
    "entra.licence": {
        "fine": Words(
            "The tenant has {plans}: {used} of {bought} assigned. Whether each eligible person has one "
            "cannot be seen here."
        ),
        "none": Words(
            "The tenant has no enabled licence with PIM for Groups (Entra ID P2 or ID Governance).",
            "Get Entra ID P2 or Entra ID Governance for everybody who is eligible.",
        ),
        "used_up": Words(
            "The tenant has {plans}, and all {bought} are assigned ({used} used).",
            "Get more before somebody else becomes eligible.",
        ),
    },
    "app.found": {
        "fine": Words("Made from AWS's gallery templates: {apps}."),
        "none": Words(
            "There is no enterprise application made from the gallery's AWS IAM Identity Center or AWS "
            "Single-Account Access.",
            "Add AWS IAM Identity Center from the gallery. Any other SAML app needs its group named in "
            "ACCESS_FILE.",
        ),
        "single_account": Words(
            "{apps}: made from AWS Single-Account Access, which opens one account by IAM roles and "
            "knows nothing of Identity Center.",
            "If you meant Identity Center, add AWS IAM Identity Center from the gallery instead.",
        ),
        "several": Words(
            "Several applications are made from AWS IAM Identity Center: {apps}. Each is looked at below.",
            "If only one is in use, delete the others.",
        ),
    },
    "app.enabled": {
        "fine": Words("Sign-in is enabled."),
        "off": Words(
            "Sign-in is disabled: nobody reaches AWS through it.",
            "Set Properties → Enabled for users to sign-in? to Yes.",
        ),
    },
    "app.sso": {
        "fine": Words("Single sign-on is SAML."),
        "not_saml": Words(
            "Single sign-on is not SAML but: {mode}.", "Choose SAML under Single sign-on."
        ),
    },
    "app.identifier": {
        "fine": Words("The identifier is that of your Identity Center ({store})."),
        "other": Words(
            "The identifier is not that of your Identity Center; it is: {shown}.",
            "Set Single sign-on → Identifier to {wanted}, as Identity Center's settings show it.",
        ),
    },
    "app.reply_url": {
        "fine": Words("The reply URL is Identity Center's in {region}."),
        "other": Words(
            "No reply URL is Identity Center's in {region}; there is: {shown}.",
            "Copy the IAM Identity Center Assertion Consumer Service (ACS) URL from Identity Center's "
            "settings into Single sign-on → Reply URL.",
        ),
    },
    "app.certificate": {
        "fine": Words("The signing certificate is good until {day}."),
        "none": Words(
            "There is no signing certificate.", "Make one under Single sign-on → SAML certificates."
        ),
        "expired": Words(
            "The signing certificate expired on {day}: AWS lets nobody in.",
            "Make a new one under Single sign-on → SAML certificates, and give AWS the new metadata.",
        ),
        "soon": Words(
            "The signing certificate expires on {day}, in {days} days.",
            "Make a new one under Single sign-on → SAML certificates, and give AWS the new metadata.",
        ),
        "untold": Words(
            "The signing certificate is good until {day}, and nobody is told before it expires.",
            "Add an address under Single sign-on → SAML certificates → Notification email.",
        ),
    },
    "app.name_id": {
        "fine": Words("AWS is told the user principal name, which is the default."),
        "policy": Words(
            "Claims mapping policies change what AWS is told: {policies}.",
            "See that NameID still is the AWS user name; --user UPN looks whether AWS has it.",
        ),
    },
    "app.assignment": {
        "fine": Words("The group is assigned to {apps}."),
        "none": Words(
            "The group is assigned to no enterprise application: a membership opens nothing.",
            "Assign this very group under Users and groups; groups within a group do not count.",
        ),
    },
    "scim.job": {
        "fine": Words("Provisioning (SCIM) is active and succeeded lately."),
        "none": Words(
            "There is no provisioning (SCIM): groups never reach AWS, and assignments made in AWS stand "
            "without any activation.",
            "Turn on provisioning, or accept that the group only opens the sign-in.",
        ),
        "quarantine": Words(
            "Provisioning is in quarantine ({reason}): memberships do not reach AWS in time.",
            "See Provisioning → Provisioning logs; most often the token of AWS has expired. Then "
            "restart provisioning.",
        ),
        "stopped": Words(
            "Provisioning does not run ({code}): memberships do not reach AWS.",
            "Start it under Provisioning.",
        ),
        "stale": Words(
            "Provisioning last succeeded: {since}. It should every 40 minutes.",
            "See Provisioning → Provisioning logs.",
        ),
    },
    "pim.group": {
        "fine": Words("The group {group} is one PIM can manage, and role-assignable."),
        "gone": Words("The directory has no group with this id.", "Mend its group in ACCESS_FILE."),
        "dynamic": Words(
            "The members of {group} follow a rule: PIM cannot manage it.",
            "Make an assigned security group instead.",
        ),
        "synced": Words(
            "{group} is synchronised from an on-premises directory: PIM cannot manage it.",
            "Make a security group in Entra instead.",
        ),
        "not_role_assignable": Words(
            "{group} is not role-assignable: Groups and User Administrators can put people in without PIM.",
            "Where that matters, make a new group with isAssignableToRole; it cannot be changed later.",
        ),
    },
    "pim.policy": {
        "fine": Words("PIM asks for {demands}."),
        "not_onboarded": Words(
            "PIM does not manage this group: nobody can be eligible for it.",
            "Enable PIM under Identity Governance → Privileged Identity Management → Groups.",
        ),
    },
    "pim.eligible": {
        "fine": Words("Eligible for membership: {count}."),
        "nobody": Words(
            "Nobody is eligible for membership.", "Add eligible members in PIM, in the role Member."
        ),
    },
    "user.entra": {
        "fine": Words("Entra has the account, and it is enabled."),
        "gone": Words(
            "Entra has no such account.", "Give the user principal name or the object id."
        ),
        "disabled": Words(
            "The account is disabled in Entra: it can activate nothing.", "Enable it, if it should."
        ),
    },
}
