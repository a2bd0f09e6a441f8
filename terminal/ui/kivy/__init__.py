"""The touchscreen: real Kivy widgets that draw a `terminal.ui.screen.Screen`.

How a picture is made, in four steps that each live in one place:

1. `tokens` and `metrics` say which colours and sizes exist; they import nothing.
2. `screens/` turns a Screen and Metrics into a tuple of `elements`: plain frozen values, each with
   its box and, for a target, the event that a touch posts. Pure but for measuring text.
3. `widgets` holds one Kivy widget for each kind of element; it only draws and listens.
4. `window` keeps the widget tree equal to the latest elements and posts what is touched.

Guarantee: nothing here decides anything about money, and nothing here does I/O on Kivy's thread.
This package is the only one that imports kivy; import `environment` before anything of kivy's.
"""
