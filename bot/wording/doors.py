"""What the front doors themselves say, before or instead of any handler."""

from bot.cards import Page

NOT_HERE = "AWS Access is not available in this workspace."
FAILED = "Something went wrong here, and nothing was decided. Please try again."
CANCEL = "Cancel"
TOO_MUCH = "… more than fits in one message."
FOREIGN = Page(
    "Not confirmed",
    (("This confirmation came from another site. Open the link in your chat and confirm there.",),),
    fine=False,
)
