"""The pages for people: each asks this Docket's own routes, as whoever looks, and shows what they answered."""
