"""Words that want to be more than words: mentions, links, markup, and what hides or reorders."""

from hypothesis import strategies as st

TOKENS = (
    *("<!channel>", "<!here>", "<!everyone|x>", "<!subteam^S1|@ops>", "<@U0ENGINEER>", "<#C1|x>"),
    *(
        "<https://evil.example|Approve>",
        "<mailto:a@evil.example>",
        "<//evil.example>",
        "<!date^1^x",
    ),
    *(
        "^https://evil.example|x>",
        "&lt;!channel&gt;",
        "&lt;",
        "&#60;!here&#62;",
        "&",
        "<",
        ">",
        "|",
    ),
    *(
        "*bold*",
        "_it_",
        "~no~",
        "`code`",
        "```",
        ">",
        "\n> quoted",
        "[Approve](https://evil.example)",
    ),
    *(
        "<script>alert(1)</script>",
        '" onclick="x',
        "'",
        "</p>",
        "<img src=x>",
        "{{x}}",
        "%s",
        "\\u003c",
    ),
    *("javascript:alert(1)", "https://evil.example", "@channel", "@here", ":warning:", "<!", "<@"),
    *("\u202e", "\u202d", "\u2066", "\u2067", "\u2069", "\u200f", "\u061c", "\u200b", "\u200d"),
    *(
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u034f",
        "\u115f",
        "\u3164",
        "\u2800",
        "\U000e0041",
        "\U000e007f",
    ),
    *(
        "\x00",
        "\x07",
        "\x08",
        "\x1b[31m",
        "\x1b]8;;https://evil.example\x07",
        "\x7f",
        "\x85",
        "\x9b31m",
    ),
    *(
        "\r",
        "\n",
        "\r\n",
        "\t",
        "\v",
        "\f",
        "\u2028",
        "\u2029",
        "\ud800",
        "\udfff",
        "\ue000",
        "\ufffe",
    ),
)
HOSTILE = st.lists(st.sampled_from(TOKENS) | st.text(max_size=8), min_size=1, max_size=12).map(
    "".join
)
JOINER = "\u2060"
"""The one invisible character that we add ourselves, to take a token apart."""
