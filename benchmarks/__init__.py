"""What the product promises about its speed, measured beside what it is compared with."""
