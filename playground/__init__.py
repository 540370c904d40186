"""The world in a box: simulated Slack, Teams connector, login, Graph and AWS, and a page to play in."""
