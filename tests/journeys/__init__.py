"""Whole ways through the product, as the people who take them go."""
