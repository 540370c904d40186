"""What the product is: its words, rules, ports and assembly; no vendor SDK below this folder."""
