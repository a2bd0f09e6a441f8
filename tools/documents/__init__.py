"""What in `docs/` is written by the code that it describes: tables between two marks."""
