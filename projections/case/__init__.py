"""What a case was, is and may become: the parts of its row, and what is computed from them."""
