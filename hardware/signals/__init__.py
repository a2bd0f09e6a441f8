"""Lamp and buzzer: a state told to ears and to the corner of an eye.

`patterns` is the table of what each moment looks and sounds like; `player` plays it on a `Panel`;
`gpio` is the Panel of a Raspberry Pi, `null` the one of a machine without lamp. Guarantee: the lamp
never flashes more than three times a second, and a failing lamp never stops a sale.
"""
