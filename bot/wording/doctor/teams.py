"""The doctor on Teams."""

from bot.wording.doctor.parts import Words

TEAMS = {
    "teams.token": {
        "fine": Words(
            "Entra gives the Teams app a token for Bot Connector. Whether the Azure Bot's messaging endpoint "
            "is {url}/api/messages shows only when Teams sends something there."
        ),
        "refused_credential": Words(
            "Entra refused the Teams app's credential: {detail}.",
            "Make a new certificate, federated credential or secret under Certificates & secrets of its "
            "app registration, and check TEAMS_APP_ID.",
        ),
    },
    "teams.keys": {
        "fine": Words("Bot Connector publishes {count} keys that may sign for Teams."),
        "none": Words(
            "No key there may sign for Teams: everything that comes from it is turned away.",
            "Check TEAMS_LOGIN_URL, which national clouds need.",
        ),
    },
}
