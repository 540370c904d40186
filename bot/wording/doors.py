"""What the front doors themselves say, before or instead of any handler."""

from bot.cards import Page

NOT_HERE = "AWS Access is not available in this workspace."
FAILED = "Something went wrong here, and nothing was decided. Please try again."
TAKEN = "On it."
IN_OUR_CHAT = "I answer you in our own chat."
ADD_ME = (
    "I cannot write to you alone yet, so I did nothing. Add me for yourself (Apps → AWS Access → Add), "
    "then say it again."
)
SLOW = (
    "Entra is slow to answer, so I cannot show the form yet. Nothing was changed; please try again."
)
SIGNING_IN = "Signing you in with Teams…"
FILL_IN = "Please fill this in."
REQUIRED = "Required."
CANCEL = "Cancel"
BUTTONS = "You can press: {}."
TOO_MUCH = "… more than fits in one message."
FOREIGN = Page(
    "Not confirmed",
    (("This confirmation came from another site. Open the link in your chat and confirm there.",),),
    fine=False,
)
