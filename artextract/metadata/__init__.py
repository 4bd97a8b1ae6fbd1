"""What texts say of works: dates as years, and licences."""
