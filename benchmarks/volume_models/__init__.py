"""Ways to tell an unusual day, and what a planted burst must do to stand out by each of them."""
