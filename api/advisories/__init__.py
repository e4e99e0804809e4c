"""A vulnerability goes out in the formats that others read, with no more in it than its reader may see."""
