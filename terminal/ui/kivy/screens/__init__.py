"""One file for each family of screens: a Screen in, a Page of elements out.

`layouts.LAYOUTS` is the table: the class of a screen and the function that lays it out. Guarantee:
a layout reads nothing but its screen, the metrics and the width of texts; same input, same page.
"""
