"""What a report may tell beside everything that was published before it (SC3, SC4; D37)."""
