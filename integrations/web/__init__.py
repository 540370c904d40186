"""The web server: the chats' front doors are mounted here, and people sign in here."""
