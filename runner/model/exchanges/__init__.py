"""What runner can do at each exchange, one table an exchange; no code of theirs, and none of ours.

The validator refuses by these tables, the door sends by them, the docs are made from them.
"""
