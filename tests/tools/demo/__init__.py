"""Tests of the demo's hands, and of the story as a whole."""
