"""What any check can find: that it could not be told, and what would let one know."""

from bot.wording.doctor.parts import Words

EVERYWHERE = {
    "denied": Words(
        "I am not allowed to read this.",
        "With the permission {detail} I could tell.",
    ),
    "denied_optional": Words(
        "I am not allowed to read this, so I left it out.",
        "With the permission {detail} I could tell. It is optional: the bot itself does without.",
    ),
    "silent": Words(
        "There was no answer within {detail} s.",
        "See whether this machine may reach it (proxy, firewall, VPC endpoint), and try again.",
    ),
    "refused": Words("The question was refused: {detail}.", "See what it says, and try again."),
    "failed": Words("The question failed: {detail}.", "Try again in a while."),
    "odd": Words(
        "The answer was not understood ({detail}).",
        "The documents say something else: please report it, without names and ids.",
    ),
    "blocked": Words("This hangs on {by}, which is not in order.", "See {by} first."),
}
