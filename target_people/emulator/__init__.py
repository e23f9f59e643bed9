"""An emulator of the five vendors' people APIs: one server, for trying, testing and demonstrating.

It is written from what the vendors publish, shares no code with the client, and says where it has to guess:
every guess is a named quirk with variants (:mod:`target_people.emulator.quirks`).
"""
