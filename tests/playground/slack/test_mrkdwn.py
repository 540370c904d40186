import pytest

from playground.slack.mrkdwn import read, typed

NAMES = {"U0ENGINEER": "engineer", "C0PROD": "prod"}
IDS = {"engineer": "U0ENGINEER", "controller-one": "U0CTRLONE0"}


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("plain words", "plain words"),
        ("*bold* and _italic_ and ~gone~", "bold and italic and gone"),
        ("*_both_*", "both"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("`aws s3 ls *_x_*`", "aws s3 ls *_x_*"),
        ("```\n[profile a]\n```", "[profile a]"),
        ("<@U0ENGINEER> in <#C0PROD>", "@engineer in #prod"),
        ("<https://aws.example/a_b_|*portal*>", "*portal* (https://aws.example/a_b_)"),
        ("<https://aws.example>", "https://aws.example"),
        ("ends <!date^1700000000^{time}|14:32 UTC>", "ends 14:32 UTC"),
        ("<!here> &lt;b&gt; &amp;amp;", "@here <b> &amp;"),
    ],
)
def test_what_a_person_reads(sent: str, seen: str) -> None:
    assert read(sent, NAMES.get) == seen


@pytest.mark.parametrize(
    ("entered", "text"),
    [
        ("activate dev 1h INC-42 why not", "activate dev 1h INC-42 why not"),
        ("recent @engineer", "recent <@U0ENGINEER|engineer>"),
        ("lock @controller-one.", "lock <@U0CTRLONE0|controller-one>."),
        ("recent @nobody", "recent @nobody"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("see https://x.example/?a=1&b=2", "see <https://x.example/?a=1&amp;b=2>"),
        ("mail a@b.example", "mail <mailto:a@b.example|a@b.example>"),
        ("in #prod not #else @here", "in <#C0PROD|prod> not #else <!here>"),
    ],
)
def test_what_a_slash_command_says(entered: str, text: str) -> None:
    assert typed(entered, IDS.get, {"prod": "C0PROD"}.get) == text
