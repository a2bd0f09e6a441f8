"""Tests of the touchscreen: real widgets, drawn off screen, touched for real."""
