"""The till's rules, as dialogues."""
