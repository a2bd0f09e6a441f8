"""The node: what validates, seals and serves; it never imports the terminal."""
