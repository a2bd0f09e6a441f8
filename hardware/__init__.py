"""What the till is built from beside its screen and reader: lamp, buzzer, wiring, deployment.

May import `shared`; never terminal or server. Driver packages are imported by one adapter each.
"""
