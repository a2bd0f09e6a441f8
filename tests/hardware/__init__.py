"""Tests of lamp, buzzer and their wiring."""
