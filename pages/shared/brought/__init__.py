"""Tables that visitors bring: whose they are, how links have them, and what becomes of them."""
