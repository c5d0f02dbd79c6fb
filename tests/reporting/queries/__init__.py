"""What reports read, and under which rights."""
