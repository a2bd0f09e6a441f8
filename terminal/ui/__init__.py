"""What people see and touch: a pure view-model (`screen.py`, `view.py`) and what draws it.

The view-model holds every word and number; Kivy and the console only draw it and post the events
that its buttons carry. No drawing adapter may decide anything.
"""
