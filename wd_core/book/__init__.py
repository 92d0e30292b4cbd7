"""The book's example: its recipes, its editions, its two codes."""
