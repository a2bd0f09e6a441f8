"""The node: what validates, seals and serves; it never imports the terminal."""

VERSION = "0.1.0"
