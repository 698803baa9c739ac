"""What one column of a file holds: dates, numbers, money, roles."""
