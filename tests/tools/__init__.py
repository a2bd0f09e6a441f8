"""Tests of what drives the programs from outside."""
