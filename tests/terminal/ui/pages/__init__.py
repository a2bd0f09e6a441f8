"""Each page, word for word, in both languages."""
