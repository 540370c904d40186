"""What is counted for whoever runs the bot, besides what prometheus_client counts of any process.

https://prometheus.io/docs/practices/naming/
"""

from prometheus_client import Counter

JOBS_GIVEN_UP = Counter(
    "aws_access_jobs_given_up", "Work that was parked because it cannot be done, by kind.", ["kind"]
)
ORPHANS = Counter(
    "aws_access_orphans", "Memberships found in Entra that nobody asked for here.", ["access"]
)
APPROVERS_NOT_REACHED = Counter(
    "aws_access_approvers_not_reached", "Cards of approvers whose chat account nothing reaches."
)
