"""The doctor on the grantor."""

from bot.wording.doctor.parts import Words

GRANTOR = {
    "grantor.token": {
        "fine": Words("Entra gives the grantor a token for Graph, for {accesses}."),
        "none": Words(
            "{accesses}: authority is application, and no grantor is configured, so they are refused.",
            "Register an app of its own for the grantor and set GRANTOR_CLIENT_ID and its credential.",
        ),
        "idle": Words(
            "A grantor is configured, and no access needs it. Whoever steals its credential can put "
            "anyone into any PIM group.",
            "Remove GRANTOR_CLIENT_ID and the app registration.",
        ),
        "refused_credential": Words(
            "Entra refused the grantor's credential: {detail}.",
            "Make a new certificate, federated credential or secret under Certificates & secrets of its "
            "app registration, and check GRANTOR_CLIENT_ID.",
        ),
    },
    "grantor.roles": {
        "fine": Words(
            "The grantor has {role} and nothing else. That is Tier 0: it can put anyone into any PIM "
            "group."
        ),
        "missing": Words(
            "The grantor lacks {missing}: nothing that is approved here can be assigned.",
            "Add {missing} under API permissions → Microsoft Graph → Application permissions of its app "
            "registration, and grant admin consent.",
        ),
        "more": Words(
            "The grantor has application permissions that it does not use: {more}.",
            "Remove {more} under API permissions of its app registration.",
        ),
    },
}
